"""A document against its plan: which of its lines goods count towards, and what is said where they differ.

What all lines of a plan ask for of the same goods counts together: goods do not know their plan's lines. Goods with two
quantities count by the one in the plan's unit: fabric ordered in metres by its metres, though it is kept in kilograms.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.document import AbovePlan, BelowPlan, DocumentType, Posted, Values
from domain.facts import Facts, RecordedLine
from domain.field import Form
from domain.line import counted, goods_in, moves, place_of, text_of
from domain.place import PlaceId, PlaceRole
from domain.plan import Plan, PlanLine, PlanRef
from domain.problem import Problem, question, refusal
from domain.quantity import Quantity
from domain.stock import Goods, Movement

ZERO = Decimal(0)


def plan_ref(plan: Plan | None, values: Values, facts: Facts) -> PlanRef | None:
    """Return the plan's line these goods count towards: the first with room for all of them.

    Where none has, the first with room left, else the last; None where the plan does not ask for them.
    """
    if plan is None:
        return None
    asked, quantity = _asked(plan, values)
    if quantity is None:
        return None
    left: dict[PlanRef, Decimal] = {}
    for one in asked:
        ref = PlanRef(number=plan.number, line=one.line)
        left[ref] = one.quantity.value - facts.plan_done(ref, quantity.unit).value
    roomy = [ref for ref, room in left.items() if room >= quantity.value]
    still_open = [ref for ref, room in left.items() if room > 0]
    return next(iter((*roomy, *still_open, *reversed(left))), None)


def _asked(plan: Plan, values: Values) -> tuple[Sequence[PlanLine], Quantity | None]:
    """Return the lines that goods count towards, and which of their quantities does: that in the lines' unit.

    None where the plan asks for them in no unit they are counted in.
    """
    alike = [one for one in plan.lines if one.asks_for(goods_in(values))]
    for quantity in counted(values):
        if same_unit := [one for one in alike if one.quantity.unit == quantity.unit]:
            return same_unit, quantity
    return (), None


def planned_line(plan: Plan | None, ref: PlanRef | None) -> PlanLine | None:
    """Return the line of a plan that a reference points at."""
    if plan is None or ref is None:
        return None
    return next((one for one in plan.lines if one.line == ref.line), None)


def against_plan(
    kind: DocumentType, plan: Plan | None, line: RecordedLine, facts: Facts
) -> tuple[Problem, ...]:
    """Compare a line with the plan: not named at all, more than planned, or above the ceiling."""
    if plan is None or not kind.counts or not isinstance(line.values.get("quantity"), Quantity):
        return ()
    goods = goods_in(line.values)
    asked = [one for one in plan.lines if one.asks_for(goods)]
    if not asked:
        return (_not_on(plan, goods, facts),)
    same_unit, quantity = _asked(plan, line.values)
    if quantity is None:
        unit = f"unit.{asked[0].quantity.unit}"
        return (refusal("order_in_other_unit", order=plan.number, unit=unit),)
    ordered = Quantity(sum((one.quantity.value for one in same_unit), ZERO), quantity.unit)
    total = _done(plan, same_unit, quantity.unit, facts) + quantity
    if total.value <= ordered.value:
        return ()
    if kind.above_plan is AbovePlan.CEILING and total.value > ordered.value * (1 + kind.over_plan):
        ceiling = f"{kind.over_plan:.0%}"
        return (refusal("over_ceiling", order=plan.number, ordered=ordered, total=total, ceiling=ceiling),)
    return (question("over_ordered", order=plan.number, ordered=ordered, total=total),)


def _not_on(plan: Plan, goods: Goods, facts: Facts) -> Problem:
    """Say which part of the goods the plan does not name: the item, or only this lot, unit, grade or owner of it."""
    item = facts.item(goods.item)
    number = item.number if item else goods.item
    if any(one.item == goods.item for one in plan.lines):
        told = " ".join(filter(None, (goods.lot, goods.handling_unit, goods.grade, goods.owner)))
        return refusal("other_goods_on_order", item=number, order=plan.number, what=told)
    return refusal("not_on_order", item=number, order=plan.number)


def _done(plan: Plan, lines: Iterable[PlanLine], unit: str, facts: Facts) -> Quantity:
    total = Quantity(ZERO, unit)
    for one in lines:
        total += facts.plan_done(PlanRef(number=plan.number, line=one.line), unit)
    return total


def at_completion(kind: DocumentType, posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    """Say what a document leaves out of its plan, where its type minds."""
    if kind.below_plan is BelowPlan.ALLOW or posted.plan is None:
        return ()
    short = [(one, left) for one, left in _left(posted.plan, facts) if left.value > 0]
    if not short:
        return ()
    line, left = short[0]
    item = facts.item(line.item)
    order, number, count = posted.plan.number, item.number if item else line.item, len(short)
    if kind.below_plan is BelowPlan.REFUSE:
        return (refusal("below_plan_refused", order=order, item=number, left=left, count=count),)
    return (question("below_plan", order=order, item=number, left=left, count=count),)


def _left(plan: Plan, facts: Facts) -> Sequence[tuple[PlanLine, Quantity]]:
    """Return what of each kind of goods is still to come (below zero: above the plan), at its first line."""
    alike: dict[tuple[Goods, str], list[PlanLine]] = {}
    for one in plan.lines:
        alike.setdefault((one.goods, one.quantity.unit), []).append(one)
    found: list[tuple[PlanLine, Quantity]] = []
    for (_, unit), lines in alike.items():
        ordered = Quantity(sum((one.quantity.value for one in lines), ZERO), unit)
        found.append((lines[0], ordered - _done(plan, lines, unit, facts)))
    return found


def is_above_plan(posted: Posted, facts: Facts) -> bool:
    """Hold where more was done than the plan names. For `approval`."""
    return posted.plan is not None and any(left.value < 0 for _, left in _left(posted.plan, facts))


def is_below_plan(posted: Posted, facts: Facts) -> bool:
    """Hold where less was done than the plan names. For `approval`."""
    return posted.plan is not None and any(left.value > 0 for _, left in _left(posted.plan, facts))


def goes_above_plan(form: Form) -> bool:
    """Hold where the line in hand is more than its plan leaves. For a reason's `required`."""
    plan = form.plan
    if plan is None:
        return False
    asked, quantity = _asked(plan, form.values)
    if quantity is None:
        return False
    ordered = sum((one.quantity.value for one in asked), ZERO)
    return (_done(plan, asked, quantity.unit, form.facts) + quantity).value > ordered


def moves_from_plan(posted: Posted, target: str) -> tuple[Movement, ...]:
    """Return what lines move from where their plan says the goods lie to the place they name as `target`."""
    moved: list[Movement] = []
    for line in posted.lines:
        planned = planned_line(posted.plan, line.plan)
        if planned is not None:
            moved += moves(line, planned.place, place_of(line, target))
    return tuple(moved)


def plan_left(kind: DocumentType, posted: Posted, moved: Iterable[Movement], facts: Facts) -> Plan | None:
    """Return the plan a document leaves that took effect: what it brought where, a line for each kind of goods.

    What stays at the place of conversion has become other goods: nobody builds on it.
    """
    conversion = facts.station().account(PlaceRole.CONVERSION)
    if not kind.leaves or (kind.leaves_if and not kind.leaves_if(posted)):
        return None
    brought: dict[tuple[PlaceId, Goods, str], tuple[Quantity, Quantity | None]] = {}
    for one in moved:
        for place, quantity, second in (
            (one.target, one.quantity, one.second),
            (one.source, -one.quantity, -one.second if one.second else None),
        ):
            key = (place, one.goods, one.quantity.unit)
            held, held_second = brought.get(key, (None, None))
            total = held + quantity if held else quantity
            brought[key] = (total, held_second + second if held_second and second else second or held_second)
    there = [
        (place, goods, held)
        for (place, goods, _), held in brought.items()
        if held[0].value > 0 and place != conversion
    ]
    if not there:
        return None
    return Plan(
        kind=kind.leaves,
        number=posted.document,
        partner=PlaceId(text_of(posted.header.get(kind.leaves_partner))),
        due=text_of(posted.header.get("due")),
        lines=tuple(
            PlanLine(
                line=number,
                item=goods.item,
                quantity=quantity,
                second=second,
                lot=goods.lot,
                handling_unit=goods.handling_unit,
                grade=goods.grade,
                owner=goods.owner,
                place=place,
            )
            for number, (place, goods, (quantity, second)) in enumerate(there, 1)
        ),
    )
