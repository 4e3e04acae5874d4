"""How far a work order is, by colour, size and component: what was cut is in process, finished, lost or joined (L6).

Everything is of the one order that is asked for: its sums, its bundles, and what of them stands at operations now.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, and_, case, func, select

from domain.quantity import Quantity
from domain.work_order import WorkOrder
from hub.month_counts import records
from hub.reference import ReferenceData
from hub.store.production_tables import (
    IS_STANDING,
    bundle_at,
    bundle_links,
    bundles,
    lay_rolls,
    lays,
    order_tally,
)
from hub.store.reference import KEYS_ASKED_MAX
from hub.store.values import amount
from hub.tallies import CUT

ORDERS_SHOWN = 200


class Part(Struct, frozen=True, kw_only=True):
    """What became of one component of a colour and size.

    `cut`, `joined_in` (made by joining others) and `replaced` (cut anew) came in; `in_process` and `finished` live,
    `joined_away` became a part of something else, `seconds`, `scrap` and `missing` are lost.
    """

    component: str
    cut: int = 0
    joined_in: int = 0
    replaced: int = 0
    in_process: int = 0
    finished: int = 0
    joined_away: int = 0
    seconds: int = 0
    scrap: int = 0
    missing: int = 0

    @property
    def unaccounted(self) -> int:
        """Return the pieces that came in and are nowhere: 0, by law L6."""
        came = self.cut + self.joined_in + self.replaced
        return came - self.in_process - self.finished - self.joined_away - self.lost

    @property
    def lost(self) -> int:
        """Return how many pieces are not good any more."""
        return self.seconds + self.scrap + self.missing


class Cell(Struct, frozen=True, kw_only=True):
    """One colour and size of an order: what was ordered, and what became of each component."""

    colour: str
    size: str
    planned: int
    parts: tuple[Part, ...]

    @property
    def cut(self) -> int:
        """Return how many whole pieces the cut components come to: as many as there are of the fewest."""
        return min((one.cut for one in self.parts if one.cut), default=0)

    @property
    def over(self) -> int:
        """Return how many more were cut of some component than were ordered."""
        return max((one.cut - self.planned for one in self.parts), default=0) if self.is_over else 0

    @property
    def is_over(self) -> bool:
        """Tell whether more was cut than ordered."""
        return any(one.cut > self.planned for one in self.parts)

    @property
    def whole(self) -> Sequence[Part]:
        """Return what leaves the order: what was joined from others, else the components as they were cut."""
        return [one for one in self.parts if one.joined_in] or self.parts

    @property
    def finished(self) -> int:
        """Return how many whole pieces are finished."""
        return min((one.finished for one in self.whole), default=0)

    def total(self, name: str) -> int:
        """Return a count of all components together."""
        return sum(getattr(one, name) for one in self.parts)


class Progress(Struct, frozen=True, kw_only=True):
    """A work order with its cells, colours down and sizes across in the order's own order."""

    order: WorkOrder
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    used: tuple[tuple[str, Quantity, int], ...]
    """What was spread for it by dye lot, and in how many rolls."""


class OrderLook(Struct, frozen=True, kw_only=True):
    """An order in the list: pieces of all components that were cut, and of those lost so far."""

    order: WorkOrder
    cut: int
    lost: int


class _Record(WorkOrder, frozen=True, kw_only=True):
    """As much of an order's record as is asked for."""

    disabled: bool = False


def orders_at_work(connection: Connection, plant: str, *, is_all: bool) -> tuple[OrderLook, ...]:
    """Return the orders that are not over, what is due first standing first; `is_all`: the others too."""
    known = ReferenceData(connection, plant).all_of("work_order", _Record).values()
    over = ("finished", "cancelled")
    wanted = [one for one in known if not one.disabled and (is_all or one.state not in over)]
    wanted.sort(key=lambda one: (one.due is None, one.due, one.number))
    shown = wanted[:ORDERS_SHOWN]
    numbers = [one.number for one in shown]
    tally = order_tally.c
    asked = (
        select(
            tally.work_order,
            func.sum(case((tally.operation == CUT, tally.good), else_=0)),
            func.sum(tally.seconds + tally.scrap + tally.missing + tally.short - tally.replaced),
        )
        .where(tally.plant == plant, tally.work_order.in_(numbers))
        .group_by(tally.work_order)
    )
    sums = {number: (int(cut), int(lost)) for number, cut, lost in connection.execute(asked)}
    looks: list[OrderLook] = []
    for one in shown:
        cut, lost = sums.get(one.number, (0, 0))
        looks.append(OrderLook(order=one, cut=cut, lost=lost))
    return tuple(looks)


def order_progress(connection: Connection, plant: str, number: str) -> Progress | None:
    """Return how far an order is; None where there is no such order."""
    order: WorkOrder | None = records(connection, plant, "work_order", [number], WorkOrder).get(number)
    if order is None:
        return None
    counted = _counted(connection, plant, number)
    lines = {(one.colour, one.size): 0 for one in order.lines}
    found = sorted({(colour, size) for colour, size, _ in counted} - set(lines))
    cells = {
        (colour, size): Cell(
            colour=colour,
            size=size,
            planned=order.ordered(colour, size),
            parts=tuple(
                Part(component=component, **counts)
                for (a_colour, a_size, component), counts in sorted(counted.items())
                if (a_colour, a_size) == (colour, size)
            ),
        )
        for colour, size in (*lines, *found)
    }
    return Progress(
        order=order,
        colours=tuple(dict.fromkeys(colour for colour, _ in cells)),
        sizes=tuple(dict.fromkeys(size for _, size in cells)),
        cells=cells,
        used=_used(connection, plant, number),
    )


_Key = tuple[str, str, str]
"""Colour, size, component."""


def _counted(connection: Connection, plant: str, number: str) -> Mapping[_Key, Counter[str]]:
    found: defaultdict[_Key, Counter[str]] = defaultdict(Counter[str])
    for row in _tallies(connection, plant, number):
        counts = found[row.colour, row.size, row.component]
        if row.operation == CUT:
            counts["cut"] += int(row.good)
            continue
        counts["seconds"] += int(row.seconds)
        counts["scrap"] += int(row.scrap)
        counts["missing"] += int(row.missing) + int(row.short)
        counts["replaced"] += int(row.replaced)
    held = bundles.c
    columns = (held.serial, held.colour, held.size, held.component, held.closed, held.live, held.pieces)
    asked = select(*columns).where(held.plant == plant, held.work_order == number)
    rows = connection.execute(asked).all()
    standing = _standing(connection, plant, number)
    away, into = _joined(connection, plant, [row.serial for row in rows])
    for row in rows:
        counts = found[row.colour, row.size, row.component]
        if not row.closed:
            counts["in_process" if row.serial in standing else "finished"] += row.live
        elif row.serial in away:
            counts["joined_away"] += row.live
        if row.serial in into:
            counts["joined_in"] += row.pieces
    return found


def _standing(connection: Connection, plant: str, number: str) -> frozenset[str]:
    """Return the bundles of an order that stand at operations now."""
    at = bundle_at.c
    asked = select(at.serial).where(at.plant == plant, at.work_order == number, IS_STANDING)
    return frozenset(connection.execute(asked).scalars())


def _joined(connection: Connection, plant: str, serials: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return which of some bundles became a part of others, and which were made of such."""
    link = bundle_links.c
    away, into = set[str](), set[str]()
    for start in range(0, len(serials), KEYS_ASKED_MAX):
        some = serials[start : start + KEYS_ASKED_MAX]
        for own, found in ((link.parent, away), (link.child, into)):
            asked = select(own).where(link.plant == plant, own.in_(some), link.act == "joined")
            found.update(connection.execute(asked).scalars())
    return away, into


def _tallies(connection: Connection, plant: str, number: str) -> Sequence[Row[Any]]:
    held = order_tally.c
    asked = select(order_tally).where(held.plant == plant, held.work_order == number)
    return connection.execute(asked).all()


def _used(connection: Connection, plant: str, number: str) -> tuple[tuple[str, Quantity, int], ...]:
    """Return what was spread for an order, by dye lot and unit."""
    lay, roll = lays.c, lay_rolls.c
    asked = (
        select(roll.shade, roll.unit, func.sum(roll.used), func.count())
        .join(lays, and_(lay.plant == roll.plant, lay.lay == roll.lay))
        .where(lay.plant == plant, lay.work_order == number)
        .group_by(roll.shade, roll.unit)
        .order_by(roll.shade, roll.unit)
    )
    return tuple(
        (shade, Quantity(amount(int(used)), unit), rolls)
        for shade, unit, used, rolls in connection.execute(asked)
    )
