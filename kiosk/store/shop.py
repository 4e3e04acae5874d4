"""The answers to the questions of production, from the kiosk's file: the hub's records with our own work on top."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

import msgspec

from domain.bundle import Bundle, BundleSerial
from domain.check_in import route_of
from domain.code_list import DefectCode, ReasonCode, ReasonUse
from domain.event import Event, decode_event
from domain.events.production import BundlesCut, BundlesRemade
from domain.events.quality import HoldScope
from domain.handoff import RequirementList
from domain.job import Job
from domain.progress import Progress
from domain.progress_fold import Told, WorkEvent, after, cut
from domain.questionnaire import SurveyQuestion
from domain.remade import remade
from domain.route import Operation, OperationCode, Route
from domain.shift_slip import Shift
from domain.shop import Hold, Voice
from domain.staff import Person
from domain.work_order import STOPPED, WorkOrder
from domain.work_unit import UnitRecord, WorkUnit, units_by_code
from kiosk.floor import StationAct
from kiosk.store.connection import Connection, Row
from kiosk.store.facts import SqliteFacts
from kiosk.store.own_records import standing, standing_on

T = TypeVar("T")
REQUIREMENT_LISTS_MAX = 100
"""Versions and pairs of operations looked through for one operation."""
CODES_MAX = 200
RECORDS_REMEMBERED_MAX = 300

_bundles = msgspec.json.Decoder(Progress)
_holds = msgspec.json.Decoder(Hold)
_routes = msgspec.json.Decoder(Route)
_operations = msgspec.json.Decoder(Operation)
_orders = msgspec.json.Decoder(WorkOrder)
_lists = msgspec.json.Decoder(RequirementList)
_defects = msgspec.json.Decoder(DefectCode)
_reasons = msgspec.json.Decoder(ReasonCode)
_units = msgspec.json.Decoder(UnitRecord)
_voices = msgspec.json.Decoder(Voice)
_shifts = msgspec.json.Decoder(Shift)
_questions = msgspec.json.Decoder(SurveyQuestion)

Place = tuple[int, int]
"""Where an event of ours stands: epoch and sequence."""
_END: Place = (2**62, 0)


class SqliteShop:
    """Fulfils `kiosk.floor.Floor`; every answer is an indexed look-up."""

    def __init__(self, connection: Connection, facts: SqliteFacts) -> None:
        self._connection = connection
        self._facts = facts
        self._remembered: dict[tuple[str, str], object] = {}
        self._remembered_turn = 0

    def progress(self, serial: BundleSerial) -> Progress | None:
        return self._progress(serial, _END)

    def _progress(self, serial: BundleSerial, end: Place) -> Progress | None:
        """Fold our own events before `end` onto what the hub tells of a bundle, or onto its birth."""
        row = self._connection.row("SELECT body FROM reference WHERE kind = 'bundle' AND key = ?", (serial,))
        known = _bundles.decode(row[0]) if row else None
        is_told = known is not None
        route = route_of(known.bundle, self) if known else None
        for told in self._own(serial, end):
            event = decode_event(told[5], told[6], told[7])
            if known is None:
                known = self._born(serial, event, told)
                route = route_of(known.bundle, self) if known else None
            elif isinstance(event, WorkEvent) and not _is_birth(serial, event):
                known = after(known, event, _told(told), route).progress
        return known if is_told or known else None

    def _own(self, serial: BundleSerial, end: Place) -> Sequence[Row]:
        return self._connection.rows(
            "SELECT epoch, sequence, event_id, event_time, operator, type, schema, fact, station FROM own_work"
            " WHERE bundle = ? AND (epoch, sequence) < (?, ?) ORDER BY epoch, sequence",
            (serial, *end),
        )

    def _born(self, serial: BundleSerial, event: Event, told: Row) -> Progress | None:
        match event:
            case BundlesCut():
                return next((cut(one) for one in event.bundles if one.serial == serial), None)
            case BundlesRemade():
                known = [self._progress(one, (told[0], told[1])) for one in event.parents]
                parents = [one for one in known if one]
                route = route_of(parents[0].bundle, self) if parents else None
                made = remade(parents, event, _told(told), route)
                return next((one for one in made.bundles if one.bundle.serial == serial), None)
            case _:
                return None

    def order(self, number: str) -> WorkOrder | None:
        return self._kept("work_order", number, _orders.decode)

    def route(self, code: str, version: int) -> Route | None:
        return self._kept("route", f"{code}/{version}", _routes.decode)

    def operation(self, code: OperationCode) -> Operation | None:
        return self._kept("operation", code, _operations.decode)

    def hold(self, bundle: Bundle, operation: OperationCode) -> Hold | None:
        held: Sequence[tuple[HoldScope, str]] = (
            ("bundle", bundle.serial),
            ("shade", bundle.shade),
            ("order", bundle.order),
            ("operation", operation),
        )
        found = (self.held(scope, key) for scope, key in held if key)
        return next((one for one in found if one), None)

    def held(self, scope: HoldScope, key: str) -> Hold | None:
        """Return what holds one thing."""
        found = standing_on(self._connection, "hold", f"hold.{scope}", key, _holds.decode, 1)
        return found[0] if found else None

    def holds(self, limit: int) -> Sequence[Hold]:
        """Return what stands still."""
        return standing(self._connection, "hold", _holds.decode, limit)

    def voices(self, limit: int) -> Sequence[Voice]:
        """Return what was said to this station's unit and is not answered yet, the most urgent first."""
        found = standing(self._connection, "voice", _voices.decode, CODES_MAX)
        return sorted(found, key=lambda one: (one.due, one.name))[:limit]

    def survey(self, unit: str) -> Sequence[SurveyQuestion]:
        """Return what a unit's customers are asked, by code."""
        known = self._all("survey_question", _questions.decode)
        return [one for one in known if not one.disabled and (unit in one.units or not one.units)]

    def units(self) -> Mapping[str, WorkUnit]:
        """Return the plant's lines and workshops by their code."""
        return units_by_code(self._by_key("workshop"), self._by_key("line"))

    def shifts(self) -> Mapping[str, Shift]:
        """Return the plant's shifts by their code."""
        rows = self._connection.rows(
            "SELECT key, body FROM reference WHERE kind = 'shift' ORDER BY key LIMIT ?", (CODES_MAX,)
        )
        return {key: _shifts.decode(body) for key, body in rows}

    def _by_key(self, kind: str) -> Mapping[str, UnitRecord]:
        rows = self._connection.rows(
            "SELECT key, body FROM reference WHERE kind = ? ORDER BY key LIMIT ?", (kind, CODES_MAX)
        )
        return {key: _units.decode(body) for key, body in rows}

    def person(self, number: str) -> Person | None:
        return self._facts.person(number)

    def locked_period(self) -> str:
        return self._facts.locked_period()

    def orders_open(self, limit: int) -> Sequence[WorkOrder]:
        """Return the work orders on which work may be begun, by number."""
        known = (one for one in self._all("work_order", _orders.decode) if one.state not in STOPPED)
        return list(islice(known, limit))

    def operations(self, limit: int) -> Sequence[Operation]:
        """Return the plant's operations, by code."""
        return self._all("operation", _operations.decode)[:limit]

    def jobs_here(self, limit: int) -> Sequence[Job]:
        """Return the jobs at work that were checked in at this station, the newest first."""
        rows = self._connection.rows(
            "SELECT job, bundle FROM station_job WHERE act = 'start' ORDER BY id DESC LIMIT ?", (limit,)
        )
        known = ((job, self.progress(BundleSerial(bundle))) for job, bundle in rows)
        jobs = (progress.job(job) for job, progress in known if progress and not progress.became)
        return [job for job in jobs if job and job.is_at_work]

    def last_act(self) -> StationAct | None:
        """Return the newest check-in or finish at this station that was not taken back."""
        row = self._connection.row(
            "SELECT job, bundle, operation, act, event_id FROM station_job WHERE event_id <> ''"
            " ORDER BY id DESC LIMIT 1"
        )
        if row is None:
            return None
        return StationAct(job=row[0], bundle=row[1], operation=row[2], act=row[3], event_id=row[4])

    def requirements_of(self, operation: OperationCode) -> Sequence[RequirementList]:
        """Return what an operation asks of each one before it."""
        return _newest(self._lists("requirements_of", operation))

    def requirements_after(self, before: OperationCode) -> Sequence[RequirementList]:
        """Return what each next operation asks of one."""
        return _newest(self._lists("requirements_after", before))

    def _lists(self, name: str, operation: OperationCode) -> Sequence[RequirementList]:
        return self._found(name, operation, _lists.decode, REQUIREMENT_LISTS_MAX)

    def defects(self, operation: OperationCode) -> Sequence[DefectCode]:
        """Return the kinds of defect that are found at an operation, those that name it first."""
        known = [one for one in self._all("defect_code", _defects.decode) if not one.disabled]
        own = [one for one in known if operation in one.operations]
        return [*own, *(one for one in known if not one.operations)]

    def reasons(self, use: ReasonUse) -> Sequence[ReasonCode]:
        """Return the factory's reasons for something; none where it keeps no list."""
        known = self._all("reason_code", _reasons.decode)
        return [one for one in known if not one.disabled and (use in one.uses or not one.uses)]

    def _all(self, kind: str, decode: Callable[[bytes], T]) -> Sequence[T]:
        rows = self._connection.rows(
            "SELECT body FROM reference WHERE kind = ? ORDER BY key LIMIT ?", (kind, CODES_MAX)
        )
        return [decode(row[0]) for row in rows]

    def _found(self, name: str, code: str, decode: Callable[[bytes], T], limit: int) -> Sequence[T]:
        rows = self._connection.rows(
            "SELECT reference.body FROM lookup JOIN reference USING (kind, key)"
            " WHERE name = ? AND code = ? ORDER BY key LIMIT ?",
            (name, code, limit),
        )
        return [decode(row[0]) for row in rows]

    def _kept(self, kind: str, key: str, decode: Callable[[bytes], T]) -> T | None:
        """Return a record by its key, remembered: orders, routes and operations are asked for at every scan."""
        asked = (kind, key)
        with self._connection.lock:  # so that nothing read before a change is remembered after it
            turn = self._connection.reference_turn
            if turn != self._remembered_turn or len(self._remembered) >= RECORDS_REMEMBERED_MAX:
                self._remembered, self._remembered_turn = {}, turn
            if asked not in self._remembered:
                row = self._connection.row("SELECT body FROM reference WHERE kind = ? AND key = ?", asked)
                self._remembered[asked] = decode(row[0]) if row else None
            return self._remembered[asked]  # type: ignore[return-value] what `decode` made of that kind


def _is_birth(serial: BundleSerial, event: WorkEvent) -> bool:
    return isinstance(event, BundlesRemade) and serial not in event.parents


def _told(row: Row) -> Told:
    return Told(event_id=row[2], at=datetime.fromisoformat(row[3]), operator=row[4], station=row[8])


def _newest(lists: Iterable[RequirementList]) -> Sequence[RequirementList]:
    """Return of each pair of operations the newest version that both agreed on."""
    newest: dict[tuple[str, str], RequirementList] = {}
    for one in sorted(lists, key=lambda each: each.version):
        if one.is_agreed:
            newest[one.before, one.operation] = one
    return list(newest.values())
