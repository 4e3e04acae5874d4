"""How large the generated group is, and how much happens in its month."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The month as it is kept in a report; a small one for every day has less of everything but plants and people.

    `bins`: in each warehouse. `lots`: opening kinds of goods in each plant. `lines`: recorded in all, the days after
    the month included. `document_lines`: of the longest document. `days`: of work in the month.
    """

    seed: int = 20261001
    people: int = 42
    items: int = 5_000
    bins: int = 24
    lots: int = 6_000
    lines: int = 60_000
    document_lines: int = 24
    days: int = 27


SMALL = Sizes(items=400, bins=6, lots=300, lines=3_000, document_lines=10, days=9)
