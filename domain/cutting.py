"""Cutting 裁床: a lay becomes bundles, each of one size, one dye lot, one run of plies and one component. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from domain.bundle import Bundle, BundleSerial
from domain.events.production import RollSpread
from domain.problem import Problem, question, refusal
from domain.work_order import WorkOrder

PLIES_MAX = 500
"""The highest lay: no knife cuts more."""
BUNDLES_MAX = 2000
"""Bundles of one lay: more is a mistake in typing."""


class MarkerSize(Struct, frozen=True, kw_only=True):
    """How often a size lies in the marker 排料图, side by side."""

    size: str
    times: int


class Lay(Struct, frozen=True, kw_only=True):
    """A lay as it was spread: which rolls from the bottom up, which sizes side by side, and how it is bundled.

    `components` are cut from each size's place in the marker; one empty name where the pieces are whole.
    `pieces_max`: so many plies at most go into a bundle.
    """

    lay: str
    order: str
    style: str
    colour: str
    rolls: tuple[RollSpread, ...]
    marker: tuple[MarkerSize, ...]
    components: tuple[str, ...]
    pieces_max: int

    @property
    def plies(self) -> int:
        """Return how high it is."""
        return sum(roll.plies for roll in self.rolls)

    def pieces(self, size: str) -> int:
        """Return how many garments of a size it makes."""
        return self.plies * sum(one.times for one in self.marker if one.size == size)


class Run(Struct, frozen=True, kw_only=True):
    """Plies one above the other that are of one dye lot: from which through which, counted from 1."""

    first: int
    last: int
    shade: str

    @property
    def plies(self) -> int:
        """Return how many they are."""
        return self.last - self.first + 1


def runs(rolls: Sequence[RollSpread], plies_max: int) -> Iterator[Run]:
    """Return the runs a lay is parted into: never over two dye lots, never more than `plies_max`, as even as can be."""
    height = 0
    shades: list[Run] = []
    for roll in rolls:
        if shades and shades[-1].shade == roll.shade:
            shades[-1] = Run(first=shades[-1].first, last=height + roll.plies, shade=roll.shade)
        else:
            shades.append(Run(first=height + 1, last=height + roll.plies, shade=roll.shade))
        height += roll.plies
    for one in shades:
        parts = -(-one.plies // plies_max)
        least, more = divmod(one.plies, parts)
        first = one.first
        for part in range(parts):
            last = first + least + (part < more) - 1
            yield Run(first=first, last=last, shade=one.shade)
            first = last + 1


def why_not(lay: Lay, order: WorkOrder, cut_before: Mapping[str, int]) -> tuple[Problem, ...]:
    """Say what is wrong with a lay, or asked about it; nothing where it can be cut.

    `cut_before`: the pieces of each size of this colour that were cut for the order already.
    """
    if not (lay.plies and lay.marker and lay.components):
        return (refusal("lay_empty", lay=lay.lay),)
    if _is_miscounted(lay):
        return (refusal("lay_count", lay=lay.lay, plies=PLIES_MAX, bundles=BUNDLES_MAX),)
    if strange := [one.size for one in lay.marker if not order.ordered(lay.colour, one.size)]:
        sizes = ", ".join(strange)
        return (refusal("lay_not_ordered", order=order.number, colour=lay.colour, sizes=sizes),)
    return tuple(
        question("lay_over_ordered", order=order.number, size=size, cut=total, ordered=ordered)
        for size in dict.fromkeys(one.size for one in lay.marker)
        if (total := cut_before.get(size, 0) + lay.pieces(size))
        > (ordered := order.ordered(lay.colour, size))
    )


def _is_miscounted(lay: Lay) -> bool:
    if lay.pieces_max <= 0 or any(roll.plies <= 0 for roll in lay.rolls) or lay.plies > PLIES_MAX:
        return True
    if any(one.times <= 0 for one in lay.marker):
        return True
    places = sum(one.times for one in lay.marker) * len(lay.components)
    return places * sum(1 for _ in runs(lay.rolls, lay.pieces_max)) > BUNDLES_MAX


def bundles(lay: Lay, serials: Iterable[BundleSerial]) -> tuple[Bundle, ...]:
    """Return the bundles of a lay, each under a fresh serial: size after size, from the bottom up.

    Components of the same plies stand together, for they will be sewn to each other. Raises ValueError where the
    serials do not reach.
    """
    fresh = iter(serials)
    cut: list[Bundle] = []
    for one in lay.marker:
        for _ in range(one.times):
            for run in runs(lay.rolls, lay.pieces_max):
                for component in lay.components:
                    serial = next(fresh, None)
                    if serial is None:
                        message = "a lay makes more bundles than there are serials"
                        raise ValueError(message)
                    cut.append(
                        Bundle(
                            serial=serial,
                            order=lay.order,
                            style=lay.style,
                            colour=lay.colour,
                            size=one.size,
                            pieces=run.plies,
                            component=component,
                            shade=run.shade,
                            lay=lay.lay,
                            plies=(run.first, run.last),
                        )
                    )
    return tuple(cut)
