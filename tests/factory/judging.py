"""How units judge each other: by what they see and how they are, and some of them not honestly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from domain.handoff import BAD, Rating
from domain.score_watch import Said
from tests.factory.sizes import Sizes
from tests.factory.styles import Section

Made = TypeVar("Made", bound=str)
RATED_SHARE = 0.12
"""Of the goods one unit takes over from another, so many are rated."""
BLAME_TICKS = 40
"""So long somebody who was blamed may want revenge."""
REVENGE_SHARE = 0.8


def unit_name(line: int, section: Section) -> str:
    """Return what a unit is called: the section of a line or of a workshop."""
    return f"L{line:02d}-{section}" if line else str(section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dishonest:
    """Who was told to cheat. `rings` praise each other, `never` reject nothing, `revenge` pay blame back."""

    rings: tuple[tuple[str, str], ...]
    never: tuple[str, ...]
    revenge: tuple[tuple[str, str], ...]


def dishonest(sizes: Sizes) -> Dishonest:
    """Plant a praise ring in every fourth pair of neighbours, revenge in another, a blind eye on two other lines."""
    pairs = [(line, line + 1) for line in range(1, sizes.lines, 2)]

    def assembly(pair: tuple[int, int]) -> tuple[str, str]:
        return (unit_name(pair[0], Section.ASSEMBLY), unit_name(pair[1], Section.ASSEMBLY))

    return Dishonest(
        rings=tuple(map(assembly, pairs[::4])),
        never=tuple(unit_name(pair[0], Section.CHECK) for pair in pairs[1::3]),
        revenge=tuple(map(assembly, pairs[1::4])),
    )


@dataclass(slots=True, kw_only=True)
class Judging:
    """Draws verdicts. `eyes`: how likely a unit sees a defect; `mild`: how much better than others it rates."""

    some: Random
    cheats: Dishonest
    eyes: dict[str, float] = field(default_factory=dict)
    mild: dict[str, float] = field(default_factory=dict)
    skill: dict[str, float] = field(default_factory=dict)

    def finds(self, judge: str, hidden: Counter[Made]) -> Counter[Made]:
        """Return which of the defects a unit sees when it takes goods over, by whatever made them."""
        if judge in self.cheats.never:
            return Counter()
        eye = self.eyes.setdefault(judge, self.some.uniform(0.45, 0.8))
        return Counter({made: found for made, count in hidden.items() if (found := self._of(count, eye))})

    def _of(self, count: int, share: float) -> int:
        return sum(self.some.random() < share for _ in range(count))

    def rates(self, judge: str, judged: str, *, after_blame: bool) -> Rating:
        """Return a rating: by how well the one works and how mild the other is, unless it is not an honest one."""
        if (judge, judged) in self.cheats.revenge and after_blame and self.some.random() < REVENGE_SHARE:
            return self.some.choice((Rating.D, Rating.E))
        if (judge, judged) in self.cheats.rings or (judged, judge) in self.cheats.rings:
            return Rating.A
        skill = self.skill.setdefault(judged, self.some.uniform(-0.1, 0.1))
        mild = self.mild.setdefault(judge, self.some.uniform(-0.1, 0.1))
        better = self.some.random() - skill - mild
        bounds = ((0.5, Rating.A), (0.82, Rating.B), (0.95, Rating.C), (0.985, Rating.D))
        return next((rating for bound, rating in bounds if better < bound), Rating.E)


def edges(sizes: Sizes) -> Iterator[tuple[str, str, float]]:
    """Yield who takes goods over from whom in the factory, and for what share of a line's sets."""
    for line in range(1, sizes.lines + 1):
        neighbour = line + 1 if line % 2 else line - 1
        own = {section: unit_name(line, section) for section in Section}
        room = f"{Section.COLLAR}-{(line - 1) % sizes.collar_rooms + 1}"
        team = f"{Section.FINISHING}-{(line - 1) % sizes.finishing_teams + 1}"
        yield own[Section.ASSEMBLY], own[Section.BODY], 1.0
        yield own[Section.ASSEMBLY], room, 1.0
        yield own[Section.ASSEMBLY], own[Section.SLEEVE], 1.0
        yield own[Section.CHECK], own[Section.ASSEMBLY], 1.0
        yield team, own[Section.CHECK], 1.0
        yield Section.PACKING, team, 1.0
        if neighbour <= sizes.lines:
            other = unit_name(neighbour, Section.ASSEMBLY)
            yield other, own[Section.ASSEMBLY], HELPED_SHARE
            yield own[Section.ASSEMBLY], other, HELPED_SHARE


HELPED_SHARE = 0.15
"""So many of a line's sets its neighbour takes over for one operation, and gives back."""
BAD_SHARE = 0.012
"""So many of the sets that change hands have a defect in them."""


def month_of_verdicts(sizes: Sizes, seed: int) -> tuple[list[Said], Dishonest]:
    """Draw all verdicts of a month of the factory without making a single shirt, and who was not honest."""
    some, cheats = Random(f"{seed}/verdicts"), dishonest(sizes)
    judging = Judging(some=some, cheats=cheats)
    said: list[Said] = []
    flows = list(edges(sizes))
    blamed: dict[tuple[str, str], int] = {}
    for tick in range(sizes.days * sizes.sets):
        for judge, judged, share in flows:
            if share < 1 and some.random() >= share:
                continue
            said += _verdicts(judging, judge, judged, tick, blamed)
    return said, cheats


def _verdicts(
    judging: Judging, judge: str, judged: str, tick: int, blamed: dict[tuple[str, str], int]
) -> Sequence[Said]:
    some = judging.some
    hidden = Counter({judged: 1} if some.random() < BAD_SHARE else ())
    found = judging.finds(judge, hidden).total()
    rated = some.random() < RATED_SHARE
    if not (hidden or rated):
        return ()
    after_blame = tick - blamed.get((judged, judge), -BLAME_TICKS) < BLAME_TICKS
    rating = judging.rates(judge, judged, after_blame=after_blame) if rated and not found else None
    if found or rating in BAD:
        blamed[judge, judged] = tick
    return (
        Said(
            judge=judge,
            judged=judged,
            pieces=4,
            rejected=found,
            proved_bad=hidden.total() - found,
            rating=rating,
            after_blame=after_blame,
        ),
    )
