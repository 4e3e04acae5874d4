"""What subcontractors have and what became of it: per card and dye lot, sent = good + seconds + scrap + loss + open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from domain.events.documents import Value
from domain.in_force import newest_in_force
from domain.line import GRADES, counted, text_of
from domain.plan import Plan
from domain.quantity import Quantity
from hub.calendar import zone_of
from hub.plan_register import plans_named
from hub.reference import ReferenceData
from hub.store.tables import document_lines, documents
from hub.store.values import instant_of
from hub.views.page import Asked, Word
from hub.views.plans import PlanQuery, PlanRow, plan_page
from hub.views.stock import Plant

KIND = "subcontract"
_CENT, _THOUSANDTH = Decimal("0.01"), Decimal("0.001")
_values = msgspec.json.Decoder(dict[str, Value])


class SubcontractQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which goods sent out are asked for, what is due first standing first."""

    plant: Plant = ""
    state: Literal["open", "overdue", "done", "all"] = "open"
    partner: Word = ""
    item: Word = ""
    number: Word = ""


class SubcontractRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of what a document sent, in the unit it was sent in.

    `loss_share`: the part of what is settled that was lost. `fee`: what the good work costs, concessions included; None
    where nobody said a price, or for whom prices are not to see. `operation` is empty for a whole task.
    """

    number: str
    line: int
    partner: str
    card: str
    operation: str
    item: str
    lot: str
    sent: Quantity
    good: Quantity
    concession: Quantity
    seconds: Quantity
    scrap: Quantity
    lost: Quantity
    open: Quantity
    loss_share: Decimal | None = None
    fee: Decimal | None = None
    due: str = ""
    overdue_days: int | None = None


class SubcontractPage(Struct, frozen=True, kw_only=True):
    """A page of goods sent to subcontractors as of `position`."""

    plant: str
    position: int
    rows: tuple[SubcontractRow, ...]
    next: str = ""


class _Header(Struct, frozen=True):
    """As much of what a document sent with as is told."""

    card: Value = ""
    operation: Value = ""


class _Fee(Struct, frozen=True):
    """As much of a fee's record as the sum needs."""

    subcontractor: str
    unit: str
    valid_from: date
    fee: Decimal | None = None
    operation: str = ""
    disabled: bool = False


class _Sending(Struct, frozen=True):
    """The document that sent: its card, its operation, and the day in the plant."""

    card: str
    operation: str
    day: date


_header = msgspec.json.Decoder(_Header)


def subcontract_page(
    connection: Connection, plant: str, query: SubcontractQuery, now: datetime
) -> SubcontractPage:
    """Return a page of what was sent to subcontractors, with what became of each line. Raises CursorError."""
    asked = PlanQuery(
        kind=KIND,
        state=query.state,
        partner=query.partner,
        item=query.item,
        number=query.number,
        after=query.after,
        limit=query.limit,
    )
    page = plan_page(connection, plant, asked, now)
    found = [(row, row.ordered) for row in page.rows if row.ordered]
    numbers = list(dict.fromkeys(row.number for row, _ in found))
    plans = plans_named(connection, plant, numbers)
    sendings = _sendings(connection, plant, numbers)
    settled = _settled(connection, plant, numbers)
    fees = ReferenceData(connection, plant).all_of("processing_fee", _Fee).values()
    rows = [
        _row(row, sent, plans[row.number], sendings[row.number], settled[row.number, row.line], fees)
        for row, sent in found
        if row.number in plans and row.number in sendings
    ]
    return SubcontractPage(plant=plant, position=page.position, rows=tuple(rows), next=page.next)


def _sendings(connection: Connection, plant: str, numbers: Sequence[str]) -> Mapping[str, _Sending]:
    held, zone = documents.c, ZoneInfo(zone_of(connection, plant))
    asked = select(held.number, held.header_json, held.opened_at).where(
        held.plant == plant, held.number.in_(numbers)
    )
    found: dict[str, _Sending] = {}
    for row in connection.execute(asked):
        header, opened = _header.decode(row.header_json), instant_of(row.opened_at)
        found[row.number] = _Sending(
            card=text_of(header.card),
            operation=text_of(header.operation),
            day=opened.astimezone(zone).date() if opened else date.max,
        )
    return found


_Amounts = Mapping[str, Mapping[str, Decimal]]
"""By what became of it (`good`, `seconds` …) and unit."""


def _settled(
    connection: Connection, plant: str, numbers: Sequence[str]
) -> defaultdict[tuple[str, int], _Amounts]:
    """Return what came back or is gone, by the plan's number and line; lines that were taken back are not counted."""
    line, of = document_lines.c, documents.c
    building = select(of.number).where(of.plant == plant, of.plan.in_(numbers), of.status == "closed")
    asked = select(line.plan, line.plan_line, line.values_json).where(
        line.plant == plant,
        line.plan.in_(numbers),
        line.number.in_(building),
        line.reversed_position == 0,
    )
    found: defaultdict[tuple[str, int], dict[str, dict[str, Decimal]]] = defaultdict(dict)
    for row in connection.execute(asked):
        values = _values.decode(row.values_json)
        amounts = found[row.plan, row.plan_line].setdefault(_became(values), {})
        for quantity in counted(values):
            amounts[quantity.unit] = amounts.get(quantity.unit, Decimal(0)) + quantity.value
    return defaultdict(dict, found)


def _became(values: Mapping[str, Value]) -> str:
    """Return what became of a line: seconds are good work of another grade."""
    result = text_of(values.get("result")) or "good"
    return "seconds" if result == "good" and text_of(values.get("grade")) in GRADES[1:] else result


def _row(  # noqa: PLR0917 (what one row is made of)
    row: PlanRow, sent: Quantity, plan: Plan, sending: _Sending, settled: _Amounts, fees: Iterable[_Fee]
) -> SubcontractRow:
    amounts = {
        name: settled.get(name, {}).get(sent.unit, Decimal(0))
        for name in ("good", "concession", "seconds", "scrap", "loss")
    }
    total = sum(amounts.values(), Decimal(0))
    worked = [settled.get(name, {}) for name in ("good", "concession")]
    quantities = {name: Quantity(value, sent.unit) for name, value in amounts.items()}
    return SubcontractRow(
        number=row.number,
        line=row.line,
        partner=row.partner,
        card=sending.card,
        operation=sending.operation,
        item=row.item,
        lot=next((one.lot for one in plan.lines if one.line == row.line), ""),
        sent=sent,
        good=quantities["good"],
        concession=quantities["concession"],
        seconds=quantities["seconds"],
        scrap=quantities["scrap"],
        lost=quantities["loss"],
        open=row.open or Quantity.zero(sent.unit),
        loss_share=(amounts["loss"] / total).quantize(_THOUSANDTH, ROUND_HALF_UP) if total else None,
        fee=_fee_of(row.partner, sending, worked, fees),
        due=row.due,
        overdue_days=row.overdue_days,
    )


def _fee_of(
    partner: str, sending: _Sending, worked: Sequence[Mapping[str, Decimal]], fees: Iterable[_Fee]
) -> Decimal | None:
    """Return what good work costs, by the newest fee in force on the day it was sent; None where there is none."""
    fitting = (
        one
        for one in fees
        if (one.subcontractor, one.operation) == (partner, sending.operation)
        and one.fee is not None
        and not one.disabled
    )
    best = newest_in_force(fitting, sending.day)
    if best is None:
        return None
    done = sum((amounts.get(best.unit, Decimal(0)) for amounts in worked), Decimal(0))
    return (done * (best.fee or Decimal(0))).quantize(_CENT, ROUND_HALF_UP)
