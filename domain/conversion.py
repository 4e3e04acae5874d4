"""Documents that make goods from others: lines that go in, lines that come out, and what is lost on the way.

Both sides post at once, through the station's place of conversion.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from domain.document import Posted
from domain.facts import Facts, RecordedLine
from domain.line import INPUT, OUTPUT, SIDES, goods_of, moves, place_of, quantity_of, text_of
from domain.place import PlaceRole
from domain.problem import Problem, refusal
from domain.stock import Derivation, Movement


def on_side(posted: Posted, side: str) -> list[RecordedLine]:
    """Return the lines of one side."""
    return [line for line in posted.lines if text_of(line.values.get("side")) == side]


def losses(posted: Posted) -> Mapping[str, Decimal]:
    """Return the share that is lost, by each unit that both sides are counted in."""
    totals: dict[str, dict[str, Decimal]] = {side: defaultdict(Decimal) for side in SIDES}
    for side, sums in totals.items():
        for line in on_side(posted, side):
            if quantity := quantity_of(line):
                sums[quantity.unit] += quantity.value
    went_in, came_out = totals[INPUT], totals[OUTPUT]
    return {unit: 1 - came_out[unit] / went_in[unit] for unit in went_in if unit in came_out}


def out_of_balance(posted: Posted) -> tuple[Problem, ...]:
    """Refuse where a side is missing, or more comes out than went in."""
    if missing := [side for side in SIDES if not on_side(posted, side)]:
        return (refusal("side_missing", side=f"choice.side.{missing[0]}"),)
    if gain := next((-share for share in losses(posted).values() if share < 0), None):
        return (refusal("more_out_than_in", share=f"{gain:.1%}"),)
    return ()


def converted(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    """Return what moves: everything that goes in to the place of conversion, everything that comes out from there."""
    conversion = facts.station().account(PlaceRole.CONVERSION)
    went_in = [
        one for line in on_side(posted, INPUT) for one in moves(line, place_of(line, "place"), conversion)
    ]
    came_out = [
        one for line in on_side(posted, OUTPUT) for one in moves(line, conversion, place_of(line, "place"))
    ]
    return (*went_in, *came_out)


def derived(posted: Posted, _facts: Facts) -> tuple[Derivation, ...]:
    """Return which goods came from which: everything that came out from everything that went in."""
    parents, children = (tuple(dict.fromkeys(map(goods_of, on_side(posted, side)))) for side in SIDES)
    return (Derivation(parents=parents, children=children),)
