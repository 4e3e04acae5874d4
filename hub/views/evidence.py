"""What explains a discrepancy: the event, who and where, what the kiosk knew, what stood around it, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from domain.events.desk import OFFICE
from domain.log import Seen
from domain.stock import Movement
from hub.store import tables
from hub.store.database import generation_of
from hub.store.values import instant_of
from hub.views.desk import DeskRow
from hub.views.events import EventRow, EventView, event_view
from hub.views.page import POSITION_MAX
from hub.views.stock import MovementRow, StockQuery, StockRow, movements_of_event, stock_page

NEIGHBOURS = 3
"""Entries shown before and after."""
CONCERNED_SHOWN = 10
ACTS_SHOWN = 50
SAYS_SHOWN = 20
_REFERENCE_KINDS = {
    "unknown_item": "item",
    "unknown_place": "place",
    "unknown_person": "person",
    "unknown_plan": "plan",
}


class _Moves(msgspec.Struct, frozen=True):
    movements: tuple[Movement, ...] = ()


class _Claim(msgspec.Struct, frozen=True):
    """As much of an envelope as says what moved."""

    fact: _Moves = _Moves()


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the kiosk knew when it decided: the books as of `position`, `behind` what had happened by then."""

    position: int
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One act at the desk; `outcome` is `done` or says why it had no effect."""

    position: int
    act: str
    person: str
    at: datetime | None
    reason: str
    note: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An entry of the same log, nearby. `type` is what its sender calls it, believed or not; `gist`: what it moves."""

    row: EventRow
    type: str
    gist: MovementRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that explains one discrepancy. `event` is None for what no single event shows.

    `type` and `says` are what the event says of itself, `moved` what was booked of it.
    `registered`: whether a name nobody knew is known by now; None where that is not the question.
    """

    event: EventView | None
    type: str
    says: Sequence[MovementRow]
    moved: Sequence[MovementRow]
    neighbours: Sequence[Neighbour]
    belief: Belief | None
    concerned: Sequence[int]
    registered: bool | None
    stock: Sequence[StockRow]
    done: Sequence[Done]


def evidence_of(connection: Connection, plant: str, row: DeskRow) -> Evidence:
    """Gather what explains a discrepancy."""
    position = row.opened_position
    event = event_view(connection, plant, position) if position and row.kind != "backup" else None
    return Evidence(
        event=event,
        type=_type_of(event) if event else "",
        says=_says(event) if event else (),
        moved=movements_of_event(connection, plant, position) if event else (),
        neighbours=_neighbours(connection, plant, event) if event else (),
        belief=_belief(connection, event) if event else None,
        concerned=_concerned(connection, plant, row),
        registered=_registered(connection, plant, row),
        stock=_stock(connection, plant, row),
        done=_done(connection, plant, row),
    )


def _type_of(view: EventView) -> str:
    return str((view.envelope or {}).get("type", "")) or view.event.type


def _says(view: EventView) -> Sequence[MovementRow]:
    """Return the movements an event claims; nothing where it cannot be read."""
    try:
        fact = msgspec.convert(view.envelope or {}, type=_Claim).fact
    except (msgspec.ValidationError, ValueError):
        return ()
    return [
        MovementRow(
            position=view.event.position,
            source=one.source,
            target=one.target,
            item=one.goods.item,
            quantity=one.quantity,
            lot=one.goods.lot,
            handling_unit=one.goods.handling_unit,
            second=one.second,
        )
        for one in fact.movements[:SAYS_SHOWN]
    ]


def _neighbours(connection: Connection, plant: str, view: EventView) -> Sequence[Neighbour]:
    held, event = tables.events.c, view.event
    asked = select(held.position).where(
        held.plant == plant,
        held.device == event.device,
        held.epoch == event.epoch,
        held.sequence.between(event.sequence - NEIGHBOURS, event.sequence + NEIGHBOURS),
    )
    positions = list(connection.execute(asked.order_by(held.sequence)).scalars())
    views = (event_view(connection, plant, position) for position in positions)
    return [
        Neighbour(row=one.event, type=_type_of(one), gist=next(reversed(_says(one)), None))
        for one in views
        if one
    ]


def _belief(connection: Connection, view: EventView) -> Belief | None:
    """Return what `seen` says: the feed's cursor names the position the kiosk's picture stood at."""
    try:
        seen = msgspec.convert((view.envelope or {}).get("seen") or {}, type=Seen)
    except msgspec.ValidationError:
        return None
    _, mark, position = seen.cursor.rpartition("p")
    if not mark or not position.isdecimal() or len(position) >= len(str(POSITION_MAX)):
        return None
    if view.event.device == OFFICE or seen.generation not in (0, generation_of(connection)):
        return None
    return Belief(position=int(position), behind=max(0, view.event.position - 1 - int(position)))


def _concerned(connection: Connection, plant: str, row: DeskRow) -> Sequence[int]:
    """Return the newest events that one cause was counted for."""
    if not row.declared.counts_events:
        return ()
    held = tables.dispositions.c
    asked = (
        select(held.position)
        .where(
            held.plant == plant,
            held.position.between(row.opened_position, row.position),
            held.state == "booked_with_exception",
            func.instr(held.detail, f"{row.kind} {row.key}") > 0
            if connection.dialect.name == "sqlite"
            else func.strpos(held.detail, f"{row.kind} {row.key}") > 0,
        )
        .order_by(held.position.desc())
        .limit(CONCERNED_SHOWN)
    )
    return list(connection.execute(asked).scalars())


def _registered(connection: Connection, plant: str, row: DeskRow) -> bool | None:
    kind = _REFERENCE_KINDS.get(row.kind)
    if kind is None:
        return None
    held = tables.reference.c
    asked = select(held.key).where(
        held.plant == plant, held.kind == kind, held.key == row.key, held.body_json.is_not(None)
    )
    return connection.execute(asked).first() is not None


def _stock(connection: Connection, plant: str, row: DeskRow) -> Sequence[StockRow]:
    """Return what a short place holds now by the books."""
    if row.kind != "shortage":
        return ()
    names = {name: row.detail.get(name, "") for name in ("place", "item", "lot", "handling_unit")}
    return stock_page(connection, plant, replace(StockQuery(limit=5), **names)).rows


def _done(connection: Connection, plant: str, row: DeskRow) -> Sequence[Done]:
    held = tables.desk_acts.c
    asked = (
        select(tables.desk_acts)
        .where(held.plant == plant, held.discrepancy == row.id)
        .order_by(held.position.desc())
        .limit(ACTS_SHOWN)
    )
    rows: Sequence[Any] = connection.execute(asked).all()
    return [
        Done(
            position=one.position,
            act=one.act,
            person=one.person,
            at=instant_of(one.at),
            reason=one.reason,
            note=one.note,
            outcome=one.outcome,
        )
        for one in rows
    ]
