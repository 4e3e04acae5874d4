"""Plans as people ask of them: line by line what was ordered, what is done and what is still to come."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, select, text, tuple_

from domain.events.documents import Value
from domain.line import counted
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from hub.calendar import zone_of
from hub.plan_register import (
    BESIDE_CHANGES_MAX,
    NO_DAY,
    PlanLineRow,
    Progress,
    State,
    changed_since,
    plans_named,
    progress_of,
    registered_through,
    rows_of,
    state_of,
)
from hub.store.tables import document_lines, documents, left_plans, plan_lines
from hub.store.values import amount, instant_of, micros
from hub.views.page import Asked, Word, decode_key, encode_key
from hub.views.selection import is_among
from hub.views.stock import Plant, booked_position

SCANS_MAX = 2000
"""A plan's page shows this many scans, the newest; the documents behind it show all."""

Asks = Literal["open", "overdue", "done", "closed", "pending", "returnable", "all"]
_STATES: Mapping[Asks, Sequence[State]] = {
    "open": (State.OPEN,),
    "overdue": (State.OPEN,),
    "done": (State.DONE,),
    "closed": (State.CLOSED,),
    "pending": (State.PENDING,),
    "returnable": (State.RETURNABLE,),
    "all": tuple(State),
}
"""Which lines are looked through for what is asked."""


class PlanQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which plans are asked for, what is due first standing first. `partner`: a supplier, a customer, a workshop."""

    plant: Plant = ""
    state: Annotated[
        Asks,
        Meta(
            description="`overdue`: open after the day it was due; `returnable`: what may come back at most."
        ),
    ] = "open"
    kind: Word = ""
    partner: Word = ""
    item: Word = ""
    number: Word = ""


class PlanRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a plan, in the unit it was ordered in; line 0 is a plan without lines.

    `open` is what is still to come, nothing where more was done. `overdue_days` is None where it is not overdue.
    """

    number: str
    line: int
    kind: str
    partner: str
    state: State
    item: str = ""
    ordered: Quantity | None = None
    done: Quantity | None = None
    open: Quantity | None = None
    due: str = ""
    overdue_days: int | None = None


class PlanPage(Struct, frozen=True, kw_only=True):
    """A page of lines of plans as of `position`."""

    plant: str
    position: int
    rows: tuple[PlanRow, ...]
    next: str = ""


class PlanScan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a document that counted towards a plan; taken back by the event at `reversed_position`, if any."""

    position: int
    document: str
    document_type: str
    document_line: int
    plan_line: int
    device: str
    quantity: Quantity | None = None
    lot: str = ""
    handling_unit: str = ""
    operator: str = ""
    event_time: datetime | None = None
    reversed_position: int = 0


class PlanLineView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a plan with all it names, what is done of it, and the scans that make it up."""

    line: PlanLine
    state: State
    done: Quantity
    open: Quantity
    scans: tuple[PlanScan, ...] = ()


class PlanView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One plan. `document` is the one that left it, where one did."""

    plant: str
    position: int
    number: str
    kind: str
    partner: str
    lines: tuple[PlanLineView, ...]
    due: str = ""
    overdue_days: int | None = None
    closed: bool = False
    pending: bool = False
    work_order: str = ""
    document: str = ""


_NAMED = ("kind", "partner", "item", "number")
_KEY = (plan_lines.c.due, plan_lines.c.number, plan_lines.c.line)
_key_of = attrgetter("due", "number", "line")


def today_of(connection: Connection, plant: str, now: datetime) -> date:
    """Return which day it is in the plant."""
    return now.astimezone(ZoneInfo(zone_of(connection, plant))).date()


def plan_page(connection: Connection, plant: str, query: PlanQuery, now: datetime) -> PlanPage:
    """Return a page of lines, what is due first standing first, and what is due on no day last. Raises CursorError."""
    today = today_of(connection, plant, now)
    after = decode_key(query.after, tuple[str, str, int]) if query.after else ("", "", -1)
    changed = changed_since(connection, plant, registered_through(connection, plant), BESIDE_CHANGES_MAX)
    fresh = [
        row
        for row in rows_of(connection, plant, changed.numbers)
        if _is_asked(row, query, today) and _key_of(row) > after
    ]
    found = [
        *fresh,
        *_registered(connection, plant, query, today, after=after, but=changed.numbers),
    ]
    found.sort(key=_key_of)
    rows, more = found[: query.limit], len(found) > query.limit
    return PlanPage(
        plant=plant,
        position=changed.through.position,
        rows=tuple(_row(row, today) for row in rows),
        next=encode_key(_key_of(rows[-1])) if more else "",
    )


def plan_view(
    connection: Connection, plant: str, number: str, now: datetime, seen: ColumnElement[bool]
) -> PlanView | None:
    """Return one plan with its lines, and the scans behind their figures of the documents that may be `seen`.

    None where there is no plan of this number.
    """
    plan = plans_named(connection, plant, [number]).get(number)
    if plan is None:
        return None
    progress = progress_of(connection, plant, [number])
    scans: dict[int, list[PlanScan]] = {}
    for row in connection.execute(_scans_of(plant, number, seen)):
        scan = _scan(row, plan)
        scans.setdefault(scan.plan_line, []).append(scan)
    lines = tuple(_line_view(plan, one, progress, scans.get(one.line, ())) for one in plan.lines)
    is_open = any(one.state is State.OPEN for one in lines) or not lines
    return PlanView(
        plant=plant,
        position=booked_position(connection, plant),
        number=number,
        kind=plan.kind,
        partner=plan.partner,
        lines=lines,
        due=plan.due,
        overdue_days=_overdue_days(plan.due, today_of(connection, plant, now)) if is_open else None,
        closed=plan.closed,
        pending=plan.pending,
        work_order=plan.work_order,
        document=_left_by(connection, plant, number),
    )


def _registered(
    connection: Connection,
    plant: str,
    query: PlanQuery,
    today: date,
    *,
    after: tuple[str, str, int],
    but: Sequence[str],
) -> Iterable[PlanLineRow]:
    """Yield what the register holds, each state read by itself along its index, without the plans of some numbers."""
    held = plan_lines.c
    where: list[ColumnElement[bool]] = [held.plant == plant, tuple_(*_KEY) > tuple_(*after)]
    where += [held[name] == wanted for name in _NAMED if (wanted := getattr(query, name))]
    if query.state == "overdue":
        where.append(held.due < today.isoformat())
    if but:
        where.append(~is_among(connection, held.number, but))
    order = (
        (held.line,) if query.number else _KEY
    )  # within one plan it is the same, and leads along the primary key
    for state in _STATES[query.state]:
        asked = select(plan_lines).where(*where, held.state == state).order_by(*order).limit(query.limit + 1)
        for row in connection.execute(asked):
            yield msgspec.convert(dict(zip(PlanLineRow.__struct_fields__, row, strict=True)), PlanLineRow)


def _is_asked(row: PlanLineRow, query: PlanQuery, today: date) -> bool:
    return (
        row.state in _STATES[query.state]
        and (query.state != "overdue" or row.due < today.isoformat())
        and all(getattr(query, name) in ("", getattr(row, name)) for name in _NAMED)
    )


def _row(row: PlanLineRow, today: date) -> PlanRow:
    due = "" if row.due == NO_DAY else row.due
    has_quantity = bool(row.unit)
    return PlanRow(
        number=row.number,
        line=row.line,
        kind=row.kind,
        partner=row.partner,
        state=row.state,
        item=row.item,
        ordered=Quantity(amount(row.ordered), row.unit) if has_quantity else None,
        done=Quantity(amount(row.done), row.unit) if has_quantity else None,
        open=Quantity(amount(max(row.ordered - row.done, 0)), row.unit) if has_quantity else None,
        due=due,
        overdue_days=_overdue_days(due, today) if row.state is State.OPEN else None,
    )


def _overdue_days(due: str, today: date) -> int | None:
    """Return since how many days something is overdue; None where it is not, or is due on no day that can be read."""
    try:
        days = (today - date.fromisoformat(due)).days if due else 0
    except ValueError:
        return None
    return days if days > 0 else None


def _line_view(plan: Plan, line: PlanLine, progress: Progress, scans: Sequence[PlanScan]) -> PlanLineView:
    ordered, unit = micros(line.quantity.value), line.quantity.unit
    done = progress.get((plan.number, line.line, unit), 0)
    return PlanLineView(
        line=line,
        state=state_of(plan, is_done=done >= ordered),
        done=Quantity(amount(done), unit),
        open=Quantity(amount(max(ordered - done, 0)), unit),
        scans=tuple(scans),
    )


def _scans_of(plant: str, number: str, seen: ColumnElement[bool]) -> Select[Any]:
    """Ask for the lines of documents that build on a plan, the newest first."""
    line, of = document_lines.c, documents.c
    # said as it stands in the index, so that both databases know it serves
    building = select(of.number).where(of.plant == plant, of.plan == number, text("plan <> ''"), seen)
    kind = select(of.type).where(of.plant == line.plant, of.number == line.number).limit(1).scalar_subquery()
    return (
        select(document_lines, kind.label("document_type"))
        .where(line.plant == plant, line.number.in_(building), line.plan == number)
        .order_by(line.position.desc())
        .limit(SCANS_MAX)
    )


_values = msgspec.json.Decoder(dict[str, Value])


def _scan(row: Row[Any], plan: Plan) -> PlanScan:
    unit = next((one.quantity.unit for one in plan.lines if one.line == row.plan_line), "")
    amounts = counted(_values.decode(row.values_json or "{}"))
    return PlanScan(
        position=row.position,
        document=row.number,
        document_type=row.document_type,
        document_line=row.line,
        plan_line=row.plan_line,
        device=row.device,
        quantity=next((one for one in amounts if one.unit == unit), next(iter(amounts), None)),
        lot=row.lot,
        handling_unit=row.handling_unit,
        operator=row.operator,
        event_time=instant_of(row.event_time),
        reversed_position=row.reversed_position,
    )


def _left_by(connection: Connection, plant: str, number: str) -> str:
    held = left_plans.c
    asked = select(held.document).where(held.plant == plant, held.number == number)
    return connection.execute(asked).scalar() or ""
