"""What one plant sent to another is made known there: each plant has its own ledger, and the hub carries plans over.

An allocation (DB) leaves a plan in the plant that sends. The hub writes it as reference data of the plant it goes to,
whose kiosks take the goods in against it (DBI). Each plant knows every other one as a place on the road to or from it.
Writing again what stands there changes nothing, so it is begun anew at each start and a hub may be killed anywhere.
What was taken back after goods of it had arrived stays known over there, and is a discrepancy of the plant that sent.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, select

from domain.barcodes.house import house_body
from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole
from domain.plan import Plan, PlanLine
from hub.discrepancies import DiscrepancyRow
from hub.exception import first_owner
from hub.known import read_plan
from hub.reference import ReferenceData
from hub.store.bulk import bulk_for
from hub.store.database import reading, writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import discrepancies, events, left_plans, plan_progress

KIND = "allocation"
"""The kind of plan that goes to another plant."""
TOO_LATE = "taken_back_too_late"
"""The kind of discrepancy where it was taken back though goods of it had arrived."""
LOOK_EVERY_S = 30.0
"""How often it looks for itself: what could not be carried must not wait until something else is booked."""
REST_S = 1.0
"""On a busy day something is booked many times a second; goods on the road between plants have time."""
PLANS_MAX = 500
"""Plans carried in one go; what is beyond follows at once."""

_log = logging.getLogger(__name__)


class Allocations:
    """Carries plans between the plants of one hub, in a thread of its own that is woken by what was booked."""

    def __init__(self, engine: Engine, log: EventLog, plants: Sequence[str]) -> None:
        self._engine, self._log, self._plants = engine, log, tuple(plants)
        self._through = dict.fromkeys(plants, 0)
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to carry; a hub of one plant has nothing to carry."""
        if len(self._plants) > 1:
            self._thread = threading.Thread(target=self._run, name="allocations", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the plans in hand."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(5)

    def booked(self, _plant: str, _position: int) -> None:
        """Hear that something was booked."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.carry()
            except Exception:  # noqa: BLE001 the thread must live: what was not carried is tried again before long
                _log.exception("allocations were not carried over")
            self._stopping.wait(REST_S)
            self._wake.wait(LOOK_EVERY_S)

    def introduce(self) -> None:
        """Let every plant know the others as places."""
        for plant in self._plants:
            with writing(self._engine) as connection:
                known = ReferenceData(connection, plant)
                others = [_road(one) for one in self._plants if one != plant and not known.place(one)]
                records = [Record(kind="place", key=one.code, body=one) for one in others]
                write_records(connection, self._log, plant, records)

    def carry(self) -> None:
        """Make known what was sent since the last time, and what was taken back."""
        for plant in self._plants:
            while self._carry_some(plant):
                pass

    def _carry_some(self, plant: str) -> bool:
        column = left_plans.c
        query = (
            select(column.number, column.document, column.body_json, column.position)
            .where(column.plant == plant, column.kind == KIND, column.position > self._through[plant])
            .order_by(column.position)
            .limit(PLANS_MAX)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        for other in self._plants if rows else ():
            if other != plant:
                with writing(self._engine) as connection:
                    here, there = ReferenceData(connection, plant), ReferenceData(connection, other)
                    gone = {row.number: row.position for row in rows if not row.body_json}
                    too_late = _arrived(connection, other, [*gone])
                    for number in too_late:
                        _tell_too_late(connection, plant, other, number, gone[number])
                    plans = [
                        (row.number, read_plan(row.body_json) if row.body_json else None)
                        for row in rows
                        if row.number not in too_late
                    ]
                    records = [*_records(plans, plant, other, here, there)]
                    write_records(connection, self._log, other, records)
        if rows:
            self._through[plant] = rows[-1].position
        return len(rows) == PLANS_MAX


def _records(
    plans: Sequence[tuple[str, Plan | None]],
    plant: str,
    other: str,
    here: ReferenceData,
    there: ReferenceData,
) -> Iterator[Record]:
    """Yield what the other plant is to know: plans that go to it, and that one it knew is gone."""
    held = there.records("plan")
    for number, plan in plans:
        if plan is not None and plan.partner == other:
            carried = replace(
                plan,
                partner=PlaceId(plant),
                lines=tuple(_line(one, plant, here, there) for one in plan.lines),
            )
            yield Record(kind="plan", key=number, body=carried)
        elif plan is None and number in held:
            yield Record(kind="plan", key=number, body=None)


def _arrived(connection: Connection, other: str, numbers: Sequence[str]) -> frozenset[str]:
    """Return of which plans a plant has taken in something."""
    held = plan_progress.c
    asked = select(held.number).where(held.plant == other, held.number.in_(numbers), held.done > 0)
    return frozenset(connection.execute(asked).scalars())


def _tell_too_late(connection: Connection, plant: str, other: str, number: str, position: int) -> None:
    """Give the sending plant's warehouse what it took back after it had arrived; once, whatever became of it."""
    held, at = discrepancies.c, events.c
    is_told = select(held.id).where(held.plant == plant, held.kind == TOO_LATE, held.key == number)
    if connection.execute(is_told).first() is not None:
        return
    taken_back = select(at.received_at).where(at.plant == plant, at.position == position)
    named = hashlib.sha256(f"{TOO_LATE}\n{number}\n{position}".encode()).hexdigest()[:16]
    row = DiscrepancyRow(
        plant=plant,
        id=named,
        kind=TOO_LATE,
        key=number,
        is_projected=False,
        opened_position=position,
        position=position,
        owner=first_owner(TOO_LATE, operator="", device=""),
        opened_at=connection.execute(taken_back).scalar_one(),
        closed_at=None,
        amount=0,
        unit="",
        detail_json=msgspec.json.encode({"plan": number, "other_plant": other}).decode(),
    )
    bulk_for(connection).insert(connection, discrepancies, [msgspec.structs.astuple(row)])


def _line(line: PlanLine, plant: str, here: ReferenceData, there: ReferenceData) -> PlanLine:
    """Return a line in the other plant's terms: the item it knows by the same number, on the road from us."""
    item = here.item(line.item)
    same = there.item_by_number(item.number) if item else None
    return replace(line, item=same.id if same else line.item, place=PlaceId(plant))


def _road(plant: str) -> Place:
    """Return another plant as a place: goods that go to it or come from it are on the road."""
    names = Names(zh=f"{plant} 厂区", en=f"Plant {plant}")
    return Place(
        code=PlaceId(plant),
        names=names,
        role=PlaceRole.IN_TRANSIT,
        plant=plant,
        barcode=house_body(plant),
    )
