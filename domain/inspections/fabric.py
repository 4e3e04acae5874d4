"""Fabric inspection 验布: penalty points of a roll by the four-point system (`four_point.py`)."""

from collections.abc import Sequence
from decimal import Decimal

from domain.four_point import per_100_m2, total
from domain.inspection import Entry, Figure, Findings, InspectionType, Judged, Marking, Subject
from domain.problem import Problem

POINTS_LIMIT = 40
"""Points per 100 square metres with which a roll is still taken, unless the buyer agreed otherwise."""
_CENTIMETRES = 100


def _points(found: Findings) -> int:
    return total((one.metre, int(one.code)) for one in found.marks)


def _per_area(found: Findings) -> Decimal | None:
    """Return the points per 100 square metres; nothing before the roll's size is known."""
    length, width = (found.numbers.get(name, Decimal(0)) for name in ("length_m", "width_cm"))
    return per_100_m2(_points(found), length, width / _CENTIMETRES) if length and width else None


def figures(found: Findings) -> Sequence[Figure]:
    """Show the points so far."""
    per_area = _per_area(found)
    return (
        Figure(name="points", value=str(_points(found))),
        *(() if per_area is None else (Figure(name="points_per_area", value=str(per_area)),)),
    )


def judge(found: Findings) -> Judged | Problem:
    """Take or reject the roll: a roll is no pieces, so none are counted."""
    points = _per_area(found) or Decimal(0)
    return Judged(result="passed" if points <= found.numbers["limit"] else "failed", points=points)


TYPE = InspectionType(
    kind="fabric",
    subjects=(Subject.ROLL,),
    entries=(
        Entry(name="length_m", least=1, most=5_000, decimals=1, unit="MTR"),
        Entry(name="width_cm", least=1, most=500, decimals=1, unit="CMT"),
        Entry(name="limit", default=POINTS_LIMIT, least=1, most=1_000),
        Entry(name="metre", most=5_000, decimals=1, unit="MTR", is_of_mark=True),
    ),
    marking=Marking.POINTS,
    figures=figures,
    judge=judge,
)
