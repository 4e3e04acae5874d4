"""The month's score 质量考核: what a unit's customers said, what was counted, and the coefficient made of both.

The two are kept apart: the objective part comes from scans alone, the subjective from ratings. Every part says what it
was worked out from, so that a page can explain it down to the scans. Pure, exact: no float decides about pay.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct, field

from domain.handoff import Rating

HUNDRED = Decimal(100)
PARTS = frozenset({"reject", "count", "punctual", "closing"})
"""The objective parts."""
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


class Portion(Struct, frozen=True, kw_only=True):
    """So many out of so many: the count behind a part of the score."""

    count: int
    of: int

    @property
    def percent(self) -> Decimal:
        """Return it as a percentage; nothing out of nothing is nothing."""
        return self.count * HUNDRED / self.of if self.of else Decimal(0)


class Counted(Struct, frozen=True, kw_only=True):
    """What one unit's month came to, from scans.

    `rejected`: pieces sent back of those handed over. `miscounted`: handoffs where another number came than was
    declared. `late`: handoffs after their due time. `closing_days`: how long its `closed` tickets took, all together.
    `overdue`: tickets that stood on the exposure list. `escapes`: defects it let pass although it could have seen
    them. `made`, `target`: pieces.
    """

    rejected: Portion
    miscounted: Portion
    late: Portion
    closed: int
    closing_days: Decimal
    overdue: int
    escapes: int
    made: int
    target: int


class ScoreRule(Struct, frozen=True, kw_only=True):
    """The formula a plant declares; these are the defaults.

    `points`: what a rating is worth. `weights`: how much each objective part counts. `cost`: points that one percent
    (of `closing`: one day beyond `closing_days_free`) costs of a part's hundred. `subjective_weight`: the share of
    ratings in the score. `bands`: from which score on which coefficient. `overdue_cost`, `escape_cost`: what one costs
    of the coefficient. `attainment_max`: making more than so many times the target is worth no more. `ratings_min`:
    fewer say nothing; the score is the objective part alone, and says so.
    """

    points: Mapping[Rating, Decimal] = field(
        default_factory=lambda: {
            Rating.A: Decimal(100),
            Rating.B: Decimal(85),
            Rating.C: Decimal(70),
            Rating.D: Decimal(40),
            Rating.E: Decimal(0),
        }
    )
    weights: Mapping[str, Decimal] = field(
        default_factory=lambda: {
            "reject": Decimal("0.4"),
            "count": Decimal("0.2"),
            "punctual": Decimal("0.2"),
            "closing": Decimal("0.2"),
        }
    )
    cost: Mapping[str, Decimal] = field(
        default_factory=lambda: {
            "reject": Decimal(10),
            "count": Decimal(5),
            "punctual": Decimal(2),
            "closing": Decimal(10),
        }
    )
    closing_days_free: Decimal = Decimal(2)
    subjective_weight: Decimal = Decimal("0.3")
    bands: tuple[tuple[Decimal, Decimal], ...] = (
        (Decimal(95), Decimal("1.10")),
        (Decimal(85), Decimal("1.00")),
        (Decimal(75), Decimal("0.90")),
        (Decimal(60), Decimal("0.80")),
        (Decimal(0), Decimal("0.60")),
    )
    overdue_cost: Decimal = Decimal("0.02")
    escape_cost: Decimal = Decimal("0.01")
    attainment_max: Decimal = Decimal("1.1")
    coefficient_max: Decimal = Decimal("1.2")
    ratings_min: int = 5

    def __post_init__(self) -> None:
        """See that every month can be worked out by it. Raises ValueError."""
        if set(self.points) != set(Rating):
            raise ValueError(f"points need one for each of {', '.join(Rating)}")
        for name in ("weights", "cost"):
            if frozenset(getattr(self, name)) != PARTS:
                raise ValueError(f"{name} need one for each of {', '.join(sorted(PARTS))}")
        figures = (*self.points.values(), *self.weights.values(), *self.cost.values(), *map(max, self.bands))
        if not all(one.is_finite() and one >= 0 for one in figures):
            raise ValueError("points, weights, cost and bands are numbers of zero or more")
        if not 0 <= self.subjective_weight <= 1:
            raise ValueError("subjective_weight is 0 to 1")
        begins = [least for least, _ in self.bands]
        if not begins or begins[-1] != 0 or begins != sorted(set(begins), reverse=True):
            raise ValueError("bands go down, each with another score, and end at 0")


class Part(Struct, frozen=True, kw_only=True):
    """One part of the score, 0 to 100, with the count it was worked out from and how much it weighs."""

    name: str
    points: Decimal
    weight: Decimal
    portion: Portion | None = None


class Score(Struct, frozen=True, kw_only=True):
    """A unit's month. `subjective` is None where too few rated; `ratings` is how many did.

    `objective` is None where there was nothing to count: no goods were handed over, no ticket was closed. Where nobody
    rated either there is no `total`, and so no `coefficient`: nothing seen is no hundred points.
    """

    objective: Decimal | None
    subjective: Decimal | None
    ratings: int
    total: Decimal | None
    attainment: Decimal
    coefficient: Decimal | None
    parts: tuple[Part, ...]


def score(counted: Counted, ratings: Mapping[Rating, int], rule: ScoreRule) -> Score:
    """Work out a unit's month by the plant's rule."""
    parts = _parts(counted, rule)
    weighs = sum((part.weight for part in parts), Decimal(0))
    objective = sum((part.points * part.weight for part in parts), Decimal(0)) / weighs if weighs else None
    rated = sum(ratings.values())
    said = sum((rule.points[rating] * count for rating, count in ratings.items()), Decimal(0))
    subjective = said / rated if rated and rated >= rule.ratings_min else None
    total = _weighed(objective, subjective, rule)
    attainment = Decimal(counted.made) / counted.target if counted.target else Decimal(1)
    return Score(
        objective=_rounded(objective, _TENTH) if objective is not None else None,
        subjective=_rounded(subjective, _TENTH) if subjective is not None else None,
        ratings=rated,
        total=total,
        attainment=_rounded(attainment, _HUNDREDTH),
        coefficient=_coefficient(total, attainment, counted, rule) if total is not None else None,
        parts=parts,
    )


def _weighed(objective: Decimal | None, subjective: Decimal | None, rule: ScoreRule) -> Decimal | None:
    """Return what was counted and what was rated together; where there is but one of them, it alone."""
    if objective is None or subjective is None:
        one = objective if objective is not None else subjective
        return None if one is None else _rounded(one, _TENTH)
    share = rule.subjective_weight
    return _rounded(objective * (1 - share) + subjective * share, _TENTH)


def _parts(counted: Counted, rule: ScoreRule) -> tuple[Part, ...]:
    """Return the objective parts; one of which there was nothing to count weighs nothing."""
    portions = {"reject": counted.rejected, "count": counted.miscounted, "punctual": counted.late}
    parts = [
        Part(
            name=name,
            points=_left(portion.percent * rule.cost[name]),
            weight=rule.weights[name] if portion.of else Decimal(0),
            portion=portion,
        )
        for name, portion in portions.items()
    ]
    days = counted.closing_days / counted.closed if counted.closed else Decimal(0)
    beyond = max(days - rule.closing_days_free, Decimal(0))
    weight = rule.weights["closing"] if counted.closed else Decimal(0)
    return (*parts, Part(name="closing", points=_left(beyond * rule.cost["closing"]), weight=weight))


def _left(cost: Decimal) -> Decimal:
    return _rounded(max(HUNDRED - cost, Decimal(0)), _TENTH)


def _coefficient(total: Decimal, attainment: Decimal, counted: Counted, rule: ScoreRule) -> Decimal:
    band = next((worth for least, worth in rule.bands if total >= least), Decimal(0))
    lost = rule.overdue_cost * counted.overdue + rule.escape_cost * counted.escapes
    earned = band * min(attainment, rule.attainment_max) - lost
    return _rounded(min(max(earned, Decimal(0)), rule.coefficient_max), _HUNDREDTH)


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    """Round as people do on paper: half goes up."""
    return value.quantize(step, rounding=ROUND_HALF_UP)
