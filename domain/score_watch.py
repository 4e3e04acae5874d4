"""What in a month's verdicts cannot be chance: mutual praise, stations that never reject, ratings for revenge.

Each is a claim about people, so it is tested as one: how likely are these numbers if the station judged like everybody
else? Only what is rarer than `FALSE_MAX` over all the questions of the month together is listed (Bonferroni).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import exp, lgamma, log, log1p

from msgspec import Struct

from domain.handoff import BAD, Rating

FALSE_MAX = 0.01
"""How likely it may be that a month's whole list holds one entry that was mere chance."""
TOP = Rating.A
ENOUGH = 30
"""How mild a judge is who rated others less often than this, nobody can say: all judges' habit fills it up."""
BLIND_SHARE = 0.5
"""Who finds less than so much of what others find does not look; people's eyes differ, and that is no offence."""


class Said(Struct, frozen=True, kw_only=True):
    """One verdict of a month: who judged whom, how, and how many of the pieces that were taken proved bad later.

    `after_blame`: it was given soon after the one judged had rejected, or rated D or E, something of the judge's.
    """

    judge: str
    judged: str
    pieces: int
    rejected: int = 0
    proved_bad: int = 0
    rating: Rating | None = None
    after_blame: bool = False


class Oddity(StrEnum):
    """What is listed."""

    PRAISE = "praise"
    NEVER_REJECTS = "never_rejects"
    REVENGE = "revenge"


class Listed(Struct, frozen=True, kw_only=True):
    """One entry: who, the counts that speak, and how likely they are by chance."""

    oddity: Oddity
    units: tuple[str, ...]
    chance: float
    count: int
    of: int


def watch(said: Sequence[Said], false_max: float = FALSE_MAX) -> tuple[Listed, ...]:
    """Return everything of a month that cannot be chance, the least likely first."""
    found = [
        *_praise(said, false_max / 3),
        *_never_rejects(said, false_max / 3),
        *_revenge(said, false_max / 3),
    ]
    return tuple(sorted(found, key=lambda one: (one.chance, one.units)))


def _praise(said: Sequence[Said], false_max: float) -> list[Listed]:
    """List rings of units that rate each other better than all others rate them, and than they rate all others.

    Who is mild with everybody praises nobody in particular.
    """
    rated = [one for one in said if one.rating is not None]
    pairs: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    units: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    judges: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in rated:
        for tally in (pairs[one.judge, one.judged], units[one.judged], judges[one.judge]):
            tally[0] += one.rating is TOP
            tally[1] += 1
    limit = false_max / max(len(pairs), 1)
    better: dict[tuple[str, str], float] = {}
    for (judge, judged), (top, count) in pairs.items():
        chance = max(
            at_least(top, count, units[judged][0] - top, units[judged][1] - count),
            at_least(top, count, *_elsewhere(judges, judge, top, count)),
        )
        if chance < limit and (judged, judge) in pairs:
            better[judge, judged] = chance
    found: list[Listed] = []
    for ring in _rings(better):
        edges = [edge for edge in better if set(edge) <= set(ring)]
        found.append(
            Listed(
                oddity=Oddity.PRAISE,
                units=ring,
                chance=max(better[edge] for edge in edges),
                count=sum(pairs[edge][0] for edge in edges),
                of=sum(pairs[edge][1] for edge in edges),
            )
        )
    return found


def _elsewhere(judges: Mapping[str, list[int]], judge: str, top: int, count: int) -> tuple[int, int]:
    """Return how often a judge gave the best rating to all others, and how many ratings these are."""
    tops, ratings = judges[judge]
    tops, ratings = tops - top, ratings - count
    others = [tally for one, tally in judges.items() if one != judge]
    if (missing := ENOUGH - ratings) > 0 and others:
        usual = sum(tally[0] for tally in others) / sum(tally[1] for tally in others)
        tops, ratings = tops + round(missing * usual), ENOUGH
    return tops, ratings


def _rings(edges: Mapping[tuple[str, str], float]) -> list[tuple[str, ...]]:
    """Return the groups in which everybody reaches everybody else, of two or more."""
    onward: dict[str, set[str]] = defaultdict(set)
    for judge, judged in edges:
        onward[judge].add(judged)

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for one in onward.get(waiting.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return seen

    reach = {one: reached(one) for one in list(onward)}
    rings = {
        tuple(sorted({one, *(other for other in reach[one] if one in reach.get(other, ()))})) for one in reach
    }
    return [ring for ring in sorted(rings) if len(ring) > 1]


def _never_rejects(said: Sequence[Said], false_max: float) -> list[Listed]:
    """List judges who reject nothing, or next to nothing, of goods of which others would have.

    What others would have found is their own rate of finding: rejected, of all that was bad. Both must be beyond
    chance: that it finds as much as the others do, and that it finds BLIND_SHARE of that.
    """
    bad: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for one in said:
        rejected[one.judge] += one.rejected
        bad[one.judge] += one.rejected + one.proved_bad
    all_rejected, all_bad = rejected.total(), bad.total()
    limit = false_max / max(len(bad), 1)
    found: list[Listed] = []
    for judge, count in bad.items():
        others_missed = (all_bad - count) - (all_rejected - rejected[judge])
        chance = at_least(count - rejected[judge], count, others_missed, all_bad - count)
        if all_bad > count:
            others_find = (all_rejected - rejected[judge]) / (all_bad - count)
            chance = max(chance, at_most(rejected[judge], count, BLIND_SHARE * others_find))
        if chance < limit:
            found.append(
                Listed(
                    oddity=Oddity.NEVER_REJECTS,
                    units=(judge,),
                    chance=chance,
                    count=count - rejected[judge],
                    of=count,
                )
            )
    return found


def _revenge(said: Sequence[Said], false_max: float) -> list[Listed]:
    """List judges who rate somebody badly far more often just after he found fault with theirs."""
    after: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    otherwise: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in said:
        if one.rating is not None:
            tally = (after if one.after_blame else otherwise)[one.judge, one.judged]
            tally[0] += one.rating in BAD
            tally[1] += 1
    limit = false_max / max(len(after), 1)
    found: list[Listed] = []
    for pair, (bad, count) in after.items():
        chance = at_least(bad, count, *otherwise[pair])
        if chance < limit:
            found.append(Listed(oddity=Oddity.REVENGE, units=pair, chance=chance, count=bad, of=count))
    return found


def at_least(hits: int, of: int, others_hits: int, others: int) -> float:
    """Return how likely so many hits or more are, if these and the others come from one urn (Fisher's exact test)."""
    total, total_hits = of + others, hits + others_hits
    if not of or not others:
        return 1.0
    most = min(of, total_hits)
    ways = _log_choose(total, of)
    return min(
        1.0,
        sum(
            exp(_log_choose(total_hits, drawn) + _log_choose(total - total_hits, of - drawn) - ways)
            for drawn in range(hits, most + 1)
            if of - drawn <= total - total_hits
        ),
    )


def at_most(hits: int, of: int, share: float) -> float:
    """Return how likely no more than so many hits are, where each is one with that probability (binomial)."""
    if not 0 < share < 1:
        return 1.0
    yes, no = log(share), log1p(-share)
    return min(
        1.0, sum(exp(_log_choose(of, drawn) + drawn * yes + (of - drawn) * no) for drawn in range(hits + 1))
    )


def _log_choose(of: int, drawn: int) -> float:
    return lgamma(of + 1) - lgamma(drawn + 1) - lgamma(of - drawn + 1)
