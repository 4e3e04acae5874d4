"""How people come to write a type of document: what they look for, what they scan. The folder `jobs/` is the registry.

A filling (`tests/filling.py`) fills one document of each type with known goods; a job finds its goods in whatever a
kiosk knows at the moment, again and again.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import tests.month.jobs
from domain.field import Input
from domain.item import Item
from domain.place import PlaceId, PlaceRole, Store
from domain.plan import Plan, PlanLine, PlanRef
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Balance, Goods
from tests.filling import scans
from tests.month.kiosk import Kiosk
from tests.month.things import Bin, Things, Warehouse
from tests.world import order_code, place_code, unit_code

PLANS_LOOKED_AT = 40
PIECES_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One document to be written: its header's inputs, and those of one line after the other.

    A line is worked out when its turn comes, from what the kiosk knows then.
    """

    lines: Iterator[Sequence[Input]]
    header: Sequence[Input] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who looks for work: at which kiosk, and what their luck is."""

    kiosk: Kiosk
    person: Person
    things: Things
    some: random.Random
    lines_max: int

    # places

    def bins(self, *stores: Store) -> Sequence[Bin]:
        """The bins of this warehouse, those for something only where `stores` says so."""
        return [one for one in self.things.bins(self.kiosk.warehouse) if not stores or one.store in stores]

    def bin(self, *stores: Store) -> PlaceId:
        """One of them."""
        return self.some.choice(self.bins(*stores)).code

    def partner(self, role: PlaceRole) -> PlaceId:
        """An outside party."""
        return self.some.choice(self.things.partners(role))

    def quarantine(self) -> PlaceId:
        return PlaceId(f"{self.kiosk.warehouse}-Q")

    # goods

    def item(self, goods: Goods) -> Item:
        found = self.kiosk.facts.item(goods.item)
        assert found is not None, goods
        return found

    def held(self, place: PlaceId) -> Sequence[Balance]:
        """What this kiosk believes to lie at a place, in an order of its own."""
        here = [one for one in self.kiosk.facts.balances(place) if one.quantity.value > 0]
        self.some.shuffle(here)
        return here

    def goods(self, *stores: Store, bins_max: int = 3) -> Iterator[Balance]:
        """Goods from a few bins, as many lines as this document shall have."""
        found: list[Balance] = []
        bins = list(self.bins(*stores))
        self.some.shuffle(bins)
        for one in bins[:bins_max]:
            found += self.held(one.code)
        count = self.some.randint(1, self.lines_max)
        yield from _whole_cartons(found)[:count]

    def plan(self, kind: str, fits: Callable[[Plan], bool] = lambda _plan: True) -> Plan | None:
        """An open plan that this kiosk knows and that leaves something to do."""
        known = list(self.kiosk.facts.open_plans(kind, PLANS_LOOKED_AT * 5))
        self.some.shuffle(known)
        return next(
            (
                one
                for one in known[:PLANS_LOOKED_AT]
                if fits(one) and any(self.left(one, line) for line in one.lines)
            ),
            None,
        )

    def left(self, plan: Plan, line: PlanLine) -> Decimal:
        """How much of a plan's line is still to do, as this kiosk knows it."""
        done = self.kiosk.facts.plan_done(PlanRef(number=plan.number, line=line.line), line.quantity.unit)
        return max(line.quantity.value - done.value, Decimal(0))

    def part(self, quantity: Quantity) -> Quantity:
        """Some of a quantity, mostly not all; never nothing."""
        if self.some.random() < 0.25:
            return quantity
        if quantity.unit == "C62":
            most = min(int(quantity.value), PIECES_AT_ONCE)
            return Quantity(Decimal(self.some.randint(1, max(1, most))), "C62")
        grams = max(1, int(quantity.value * 100 * Decimal(str(round(self.some.uniform(0.05, 0.5), 2)))))
        return min(Quantity(Decimal(grams) / 100, quantity.unit), quantity)


def _whole_cartons(found: Iterable[Balance]) -> list[Balance]:
    """Each handling unit once: a carton with several goods is one scan."""
    seen: set[str] = set()
    kept: list[Balance] = []
    for one in found:
        serial = one.goods.handling_unit
        if serial and serial in seen:
            continue
        seen.add(serial)
        kept.append(one)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One type of document as people come to it.

    `share`: how many of all lines are of this type, beside those of the others. `warehouses`: where it is written.
    `begins`: the work there is for it now; None where there is none.
    """

    share: int
    warehouses: frozenset[Warehouse]
    begins: Callable[[Hand], Work | None]


@cache
def jobs() -> Mapping[str, Job]:
    """Return the job of each type, by its code."""
    names = [one.name for one in pkgutil.iter_modules(tests.month.jobs.__path__)]
    found = {name.upper(): importlib.import_module(f"tests.month.jobs.{name}").JOB for name in names}
    return dict(sorted(found.items()))


# what is scanned


def of_plan(plan: Plan) -> tuple[Input, ...]:
    """The order is scanned."""
    return scans(order_code(plan))


def at(place: str) -> tuple[Input, ...]:
    """A place is scanned."""
    return scans(place_code(place))


def says(**fields: str) -> tuple[Input, ...]:
    """Something is chosen or typed for a field."""
    return tuple(Input(text=text, field=name) for name, text in fields.items() if text)


def goods_scan(
    item: Item, goods: Goods, quantity: Quantity, second: Quantity | None = None
) -> tuple[Input, ...]:
    """The label of loose goods is scanned: item, lot, how much; grade and owner are said by hand."""
    code = f"(240){item.number}" + (f"(10){goods.lot}" if goods.lot else "") + _measure(quantity)
    if second is not None and second.value > 0:
        code += _measure(second)
    return (*scans(code), *says(grade=goods.grade, owner=goods.owner))


def held_scan(held: Balance, hand: Hand, *, is_part: bool = True) -> tuple[Input, ...]:
    """What lies there is scanned: a roll or carton by its label, loose goods by theirs."""
    goods = held.goods
    if goods.handling_unit:
        return scans(unit_code(goods.handling_unit))
    quantity = hand.part(held.quantity) if is_part else held.quantity
    return goods_scan(hand.item(goods), goods, quantity, _share(held, quantity))


def _share(held: Balance, quantity: Quantity) -> Quantity | None:
    """The second quantity goes along in proportion, to a tenth."""
    if held.second is None or held.second.value <= 0:
        return None
    part = (held.second.value * quantity.value / held.quantity.value).quantize(Decimal("0.1"))
    return Quantity(max(part, Decimal("0.1")), held.second.unit)


_WEIGHT, _LENGTH = "310", "311"
"""GS1 General Specifications 3.6.2: net weight in kilograms, length in metres; the next digit counts decimals."""


def _measure(quantity: Quantity) -> str:
    if quantity.unit == "C62":
        return f"(30){int(quantity.value)}"
    kind = _WEIGHT if quantity.unit == "KGM" else _LENGTH
    decimals = 2 if quantity.value < 10_000 else 0
    return f"({kind}{decimals}){int(quantity.value.scaleb(decimals)):06d}"
