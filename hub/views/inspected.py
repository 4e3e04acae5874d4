"""Inspections one by one, what they come to by unit, operation or day, and which defects there are most of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, select, tuple_

from domain.handoff import Defect
from domain.inspection import dhu, right_first_time
from domain.place import Station
from domain.score import Portion
from hub.projections.inspections import UNDONE
from hub.reference import ReferenceData
from hub.store.production_tables import IS_REMARKED, handoffs
from hub.store.quality_tables import inspections
from hub.store.values import instant_of
from hub.views.days import Day, days_of
from hub.views.handoffs import GIVEN, between, defects_of, names_defect
from hub.views.page import Asked, CursorError, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position

_defects = msgspec.json.Decoder(tuple[Defect, ...])


class _Days(Asked, frozen=True, kw_only=True):
    """Which days, of which unit and operation. Without `since`: the last 30 days; no more than 400 at once."""

    plant: Plant = ""
    unit: Word = ""
    operation: Word = ""
    since: Day = ""
    until: Day = ""


class InspectionQuery(_Days, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which inspections are asked for, the newest first. `unit`: of the station; `defect`: that was found.

    What was taken back is shown where `undone` is asked for, and counts nowhere.
    """

    kind: Literal["", "patrol", "end_line", "first_piece", "final", "fabric", "needle"] = ""
    result: Literal["", "green", "yellow", "red", "passed", "failed", "undone"] = ""
    bundle: Word = ""
    defect: Word = ""


class InspectionRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One inspection."""

    kind: str
    unit: str
    operation: str
    bundle: str
    work_order: str
    subject: str
    checked: int
    defective: int
    defects: int
    result: str
    found: tuple[Defect, ...]
    person: str
    at: datetime | None
    position: int


class InspectionPage(Struct, frozen=True, kw_only=True):
    """A page of inspections as of `position`."""

    plant: str
    position: int
    rows: tuple[InspectionRow, ...]
    next: str = ""


class FirstPassQuery(_Days, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What inspections are added up by."""

    by: Literal["unit", "operation", "day"] = "operation"


class FirstPassRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What inspections of one unit, operation or day come to. RFT and DHU are None where nothing was checked."""

    looks: int
    checked: int
    defective: int
    defects: int
    rft: Decimal | None
    dhu: Decimal | None
    unit: str = ""
    operation: str = ""
    day: str = ""


class FirstPassPage(Struct, frozen=True, kw_only=True):
    """A page of sums as of `position`, for the days from `since` to `until`."""

    plant: str
    position: int
    since: str
    until: str
    rows: tuple[FirstPassRow, ...]
    next: str = ""


class DefectQuery(_Days, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which defects are counted: those of inspections, and those for which goods were sent back.

    `unit`: where they were found; `operation`: where the pieces were looked at, or whose work came back.
    """


class DefectRow(Struct, frozen=True, kw_only=True):
    """How often a defect was found. `share` of all, `up_to_here` with all that are more frequent, in percent."""

    defect: str
    pieces: int
    inspected: int
    sent_back: int
    share: Decimal
    up_to_here: Decimal


class DefectPage(Struct, frozen=True, kw_only=True):
    """Defects as of `position`, the most frequent first."""

    plant: str
    position: int
    since: str
    until: str
    rows: tuple[DefectRow, ...]
    next: str = ""


def inspection_page(
    connection: Connection, plant: str, query: InspectionQuery, now: datetime
) -> InspectionPage:
    """Return a page of inspections. Raises CursorError."""
    held, units = inspections.c, _units(connection, plant)
    where = list(_where(connection, plant, query, now, units))
    where += [
        held[name] == getattr(query, name) for name in ("kind", "result", "bundle") if getattr(query, name)
    ]
    if query.defect:
        where.append(names_defect(held.defects_json, query.defect))
    key = (held.on_day, held.position)
    asked = select(inspections).where(*where)
    if query.after:
        asked = asked.where(tuple_(*key) < tuple_(*decode_key(query.after, tuple[str, int])))
    asked = asked.order_by(held.on_day.desc(), held.position.desc()).limit(query.limit + 1)
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return InspectionPage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_inspection(row, units) for row in rows),
        next=encode_key([rows[-1].on_day, rows[-1].position]) if more else "",
    )


def first_pass_page(
    connection: Connection, plant: str, query: FirstPassQuery, now: datetime
) -> FirstPassPage:
    """Return what inspections of some days come to. Raises CursorError."""
    held, units = inspections.c, _units(connection, plant)
    column = held.device if query.by == "unit" else held.operation if query.by == "operation" else held.on_day
    sums = (func.count(), *(func.sum(one) for one in (held.checked, held.defective, held.defects)))
    asked = select(column, *sums).where(*_where(connection, plant, query, now, units)).group_by(column)
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for named, *counts in connection.execute(asked):
        tally = found[units.get(named, "") if query.by == "unit" else named]
        for place, count in enumerate(counts):
            tally[place] += int(count)
    after = decode_key(query.after, tuple[str])[0] if query.after else None
    names = [name for name in sorted(found) if after is None or name > after]
    shown, more = cut(names, query.limit)
    first, last = days_of(connection, plant, query, now)
    return FirstPassPage(
        plant=plant,
        position=booked_position(connection, plant),
        since=first.isoformat(),
        until=last.isoformat(),
        rows=tuple(_first_pass(query.by, name, found[name]) for name in shown),
        next=encode_key([shown[-1]]) if more else "",
    )


def _first_pass(by: str, name: str, counts: Sequence[int]) -> FirstPassRow:
    looks, checked, defective, defects = counts
    named = {by: name}
    return FirstPassRow(
        looks=looks,
        checked=checked,
        defective=defective,
        defects=defects,
        rft=right_first_time(defective, checked),
        dhu=dhu(defects, checked),
        **named,
    )


def defect_page(connection: Connection, plant: str, query: DefectQuery, now: datetime) -> DefectPage:
    """Return which defects there are most of. Raises CursorError."""
    if query.after:
        raise CursorError("this list has one page")
    inspected = _found_by_inspections(connection, plant, query, now)
    sent_back = _sent_back(connection, plant, query, now)
    counted = inspected + sent_back
    whole, up_to_here = counted.total(), 0
    rows: list[DefectRow] = []
    for code, pieces in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        up_to_here += pieces
        rows.append(
            DefectRow(
                defect=code,
                pieces=pieces,
                inspected=inspected[code],
                sent_back=sent_back[code],
                share=_percent(pieces, whole),
                up_to_here=_percent(up_to_here, whole),
            )
        )
    first, last = days_of(connection, plant, query, now)
    return DefectPage(
        plant=plant,
        position=booked_position(connection, plant),
        since=first.isoformat(),
        until=last.isoformat(),
        rows=tuple(rows),
    )


def _percent(count: int, of: int) -> Decimal:
    return Portion(count=count, of=of).percent.quantize(Decimal("0.1"))


def _found_by_inspections(
    connection: Connection, plant: str, query: DefectQuery, now: datetime
) -> Counter[str]:
    """Count the defects of inspections: what reads the same is added up by the database."""
    held = inspections.c
    asked = (
        select(held.defects_json, func.count())
        .where(*_where(connection, plant, query, now, _units(connection, plant)), held.defects > 0)
        .group_by(held.defects_json)
    )
    found: Counter[str] = Counter()
    for told, times in connection.execute(asked):
        _add(found, _defects.decode(told), times)
    return found


def _sent_back(connection: Connection, plant: str, query: DefectQuery, now: datetime) -> Counter[str]:
    """Count the defects for which goods were sent back, or taken with a remark."""
    held = handoffs.c
    where = [
        held.plant == plant,
        IS_REMARKED,
        held.verdict.in_(GIVEN),
        held.handoff_json != "",
        *between(connection, plant, *days_of(connection, plant, query, now)),
    ]
    if query.unit:
        where.append(held.unit_judging == query.unit)
    if query.operation:
        where.append(held.before == query.operation)
    found: Counter[str] = Counter()
    for told in connection.execute(select(held.handoff_json).where(*where)).scalars():
        _add(found, defects_of(told), 1)
    return found


def _add(found: Counter[str], defects: Iterable[Defect], times: int) -> None:
    for one in defects:
        found[one.code] += one.pieces * times


def _units(connection: Connection, plant: str) -> dict[str, str]:
    """Return the unit each station belongs to."""
    stations = ReferenceData(connection, plant).all_of("station", Station)
    return {device: one.unit for device, one in stations.items()}


def _where(
    connection: Connection, plant: str, query: Any, now: datetime, units: dict[str, str]
) -> Sequence[Any]:
    held, (first, last) = inspections.c, days_of(connection, plant, query, now)
    where: list[Any] = [held.plant == plant, held.on_day.between(first.isoformat(), last.isoformat())]
    if getattr(query, "result", "") != UNDONE:
        where.append(held.result != UNDONE)
    if query.operation:
        where.append(held.operation == query.operation)
    if query.unit:
        where.append(held.device.in_([device for device, unit in units.items() if unit == query.unit]))
    return where


def _inspection(row: Row[Any], units: dict[str, str]) -> InspectionRow:
    return InspectionRow(
        kind=row.kind,
        unit=units.get(row.device, ""),
        operation=row.operation,
        bundle=row.bundle,
        work_order=row.work_order,
        subject=row.subject,
        checked=row.checked,
        defective=row.defective,
        defects=row.defects,
        result=row.result,
        found=_defects.decode(row.defects_json),
        person=row.person,
        at=instant_of(row.at),
        position=row.position,
    )
