"""The packing list of an order: which cartons it asks for, and which of those scanned are among them.

A solid pack holds one kind of goods, a ratio pack several sizes in a ratio. What tells cartons apart is how much of
which item they hold; which lot, grade and owner the order takes its lines say.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from domain.facts import HandlingUnit, RecordedLine
from domain.line import goods_of, quantity_of
from domain.plan import Plan, PlanLine

Contents = frozenset[tuple[str, str, Decimal]]
"""What one carton holds: item, unit and value, for each item in it."""


def _contents(amounts: Iterable[tuple[str, str, Decimal]]) -> Contents:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item, unit, value in amounts:
        sums[item, unit] += value
    return frozenset((item, unit, value) for (item, unit), value in sums.items())


def cartons_of(plan: Plan) -> Mapping[Contents, int]:
    """Return how many cartons of which contents a plan asks for; empty where it has no packing list."""
    packed: dict[tuple[str, object], list[PlanLine]] = defaultdict(list)
    for one in plan.lines:
        if one.packs:
            packed[("pack", one.pack) if one.pack else ("line", one.line)].append(one)
    found: Counter[Contents] = Counter()
    for lines in packed.values():
        contents = _contents((one.item, one.quantity.unit, one.quantity.value / one.packs) for one in lines)
        found[contents] += lines[0].packs
    return found


def is_listed(unit: HandlingUnit, plan: Plan) -> bool:
    """Tell whether a carton as it stands here is one of those the plan asks for; any is where it lists none."""
    cartons = cartons_of(plan)
    held = _contents((one.goods.item, one.quantity.unit, one.quantity.value) for one in unit.contents)
    return not cartons or held in cartons


def differs(lines: Sequence[RecordedLine], plan: Plan) -> bool:
    """Tell whether what was scanned are other cartons than listed, more of them, or loose goods instead of cartons."""
    cartons = cartons_of(plan)
    if not cartons:
        return False
    packed_items = {one.item for one in plan.lines if one.packs}
    scanned: dict[str, list[tuple[str, str, Decimal]]] = defaultdict(list)
    for line in lines:
        goods, quantity = goods_of(line), quantity_of(line)
        if quantity is None:
            continue
        if goods.handling_unit:
            scanned[goods.handling_unit].append((goods.item, quantity.unit, quantity.value))
        elif goods.item in packed_items:
            return True
    found = Counter(_contents(amounts) for amounts in scanned.values())
    return any(count > cartons.get(contents, 0) for contents, count in found.items())
