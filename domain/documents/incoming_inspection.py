"""JY incoming inspection 来料检验: receiving → storage for what is accepted, quarantine for what is rejected.

What arrived lies in receiving and cannot be used until it is accepted here, against the material's standard. It follows
the receipt: accepted and rejected together are never more than arrived. Each line is a verdict of its own: no place
stays in force.
"""

from decimal import Decimal

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Form, never
from domain.line import GOODS_FIELDS, goods_of, moves, place_of, quantity_of
from domain.place import PlaceId, PlaceRole
from domain.plan import PlanLine
from domain.problem import Problem, refusal
from domain.quantity import Quantity
from domain.stock import Movement

REASONS = ("defective", "shade", "wet", "torn", "wrong_goods", "count", "other")
"""Why goods are rejected."""


def _is_rejected(form: Form) -> bool:
    place = form.facts.place(form.text("target"))
    return place is not None and place.role is PlaceRole.QUARANTINE


def _standard_of(form: Form) -> str:
    item = form.item()
    return item.inspection_standard if item else ""


def _arrived(posted: Posted, line: RecordedLine, facts: Facts) -> list[PlanLine]:
    """Return the receipt's lines of these goods that still had to be put away when it was finished."""
    quantity, goods = quantity_of(line), goods_of(line)
    found: list[PlanLine] = []
    for one in posted.plan.lines if posted.plan else ():
        place = facts.place(one.place)
        is_waiting = place is not None and place.role is PlaceRole.RECEIVING
        if is_waiting and one.asks_for(goods) and quantity and one.quantity.unit == quantity.unit:
            found.append(one)
    return found


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(problem for line in posted.lines for problem in _check_line(posted, line, facts))


def _check_line(posted: Posted, line: RecordedLine, facts: Facts) -> tuple[Problem, ...]:
    quantity, goods = quantity_of(line), goods_of(line)
    arrived = _arrived(posted, line, facts)
    item = facts.item(goods.item)
    number, receipt = item.number if item else goods.item, posted.plan.number if posted.plan else ""
    if not arrived or quantity is None:
        return (refusal("not_waiting", item=number, document=receipt),)
    before = [
        one
        for one in facts.lines(posted.document)
        if not one.is_reversed and any(planned.asks_for(goods_of(one)) for planned in arrived)
    ]
    done = sum((held.value for one in before if (held := quantity_of(one))), Decimal(0))
    here = sum((one.quantity.value for one in facts.balances(arrived[0].place, goods)), Decimal(0))
    left = min(sum((one.quantity.value for one in arrived), Decimal(0)) - done, here)
    if quantity.value > left:
        known = Quantity(max(left, Decimal(0)), quantity.unit)
        return (refusal("more_than_arrived", item=number, document=receipt, known=known, moved=quantity),)
    return ()


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    moved: list[Movement] = []
    for line in posted.lines:
        arrived = _arrived(posted, line, facts)
        source = arrived[0].place if arrived else PlaceId("")
        moved += moves(line, source, place_of(line, "target"))
    return tuple(moved)


TYPE = DocumentType(
    code="JY",
    prefix="JY",
    biz_step="inspecting",
    header=(Field(name="plan", kind=FieldKind.PLAN, plan_kind="receipt"),),
    line=(
        *GOODS_FIELDS,
        Field(name="standard", kind=FieldKind.TEXT, required=never, default=_standard_of),
        Field(
            name="target",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.QUARANTINE}),
        ),
        Field(name="reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS), required=_is_rejected),
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    counts=False,
    check=_check,
)
