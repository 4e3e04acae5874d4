"""Final inspection 终检: a sample of an order or carton lot by ISO 2859-1 (`aql.py`). One critical piece fails it."""

from collections.abc import Sequence
from decimal import Decimal

from domain.aql import Level, Plan, plan
from domain.inspection import Entry, Figure, Findings, InspectionType, Judged, Marking, Options, Subject
from domain.problem import Problem, refusal

_LOT_LEAST = 2
LIMITS = ("0.65", "1.0", "1.5", "2.5", "4.0", "6.5")
"""The limits that buyers of garments ask for."""
CLASSES = ("critical", "major", "minor")
"""A piece counts once, by the worst it has."""


def _plans(found: Findings) -> tuple[Plan, Plan] | None:
    """Return the plans for major and for minor defects; nothing before the lot is known."""
    lot = found.count("lot_size")
    if lot < _LOT_LEAST:
        return None
    level = Level(found.chosen["level"])
    major, minor = (plan(lot, Decimal(found.chosen[name]), level) for name in ("aql_major", "aql_minor"))
    return major, minor


def figures(found: Findings) -> Sequence[Figure]:
    """Show how many to look at, and with how many the lot is still taken, or not any more."""
    plans = _plans(found)
    if plans is None:
        return ()
    numbers = (f"{one.accept} / {one.reject}" for one in plans)
    taken = zip(("accept_major", "accept_minor"), numbers, strict=True)
    return (
        Figure(name="sample", value=str(_sample(plans))),
        *(Figure(name=name, value=value) for name, value in taken),
    )


def _sample(plans: tuple[Plan, Plan]) -> int:
    return max(one.sample for one in plans)


def judge(found: Findings) -> Judged | Problem:
    """Take or reject the lot."""
    plans = _plans(found)
    if plans is None:
        return refusal("inspection_untold", field="field.lot_size")
    critical, major, minor = (found.count(name) for name in CLASSES)
    sample, defective = _sample(plans), critical + major + minor
    if defective > sample:
        return refusal("inspection_more_defective", defective=defective, checked=sample)
    is_taken = not critical and plans[0].passes(major) and plans[1].passes(minor)
    return Judged(result="passed" if is_taken else "failed", checked=sample, defective=defective)


TYPE = InspectionType(
    kind="final",
    subjects=(Subject.ORDER, Subject.NAMED),
    entries=(
        Entry(name="lot_size", least=_LOT_LEAST),
        *(Entry(name=name, default=0) for name in CLASSES),
    ),
    options=(
        Options(name="level", values=(Level.I, Level.II), default=Level.II),
        Options(name="aql_major", values=LIMITS, default="2.5"),
        Options(name="aql_minor", values=LIMITS, default="4.0"),
    ),
    marking=Marking.DEFECTS,
    figures=figures,
    judge=judge,
)
