"""Who answers for a defect that was found late: its maker, and every step and inspector that let it pass 漏检. Pure.

Each step that took goods over accepted them; where the defect could be seen there it is an escape, and shared. A step
at which it could not be seen has no share, and neither has whoever found it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from domain.route import OperationCode

_HUNDREDTH = Decimal("0.01")
_WHOLE = 10_000
"""A hundred percent, in hundredths of one."""


class Role(StrEnum):
    """What somebody had to do with a defect."""

    MAKER = "maker"
    STEP = "step"
    INSPECTOR = "inspector"


class LiabilityRule(Struct, frozen=True, kw_only=True):
    """What a plant declares; these are the defaults.

    `weights`: how much each role counts beside the others. `hidden`: by defect code, the operations at which it cannot
    be seen.
    """

    weights: Mapping[Role, Decimal] = field(
        default_factory=lambda: {Role.MAKER: Decimal(5), Role.STEP: Decimal(1), Role.INSPECTOR: Decimal(2)}
    )
    hidden: Mapping[str, tuple[OperationCode, ...]] = field(
        default_factory=dict[str, tuple[OperationCode, ...]]
    )

    def is_seen(self, defects: Iterable[str], operation: OperationCode) -> bool:
        """Tell whether any of some kinds of defect can be seen at an operation."""
        return any(operation not in self.hidden.get(code, ()) for code in defects)


class Passage(Struct, frozen=True, kw_only=True):
    """Goods that an operation took over from the one before, on whose word, and for which unit."""

    before: OperationCode
    operation: OperationCode
    unit: str
    people: tuple[str, ...] = ()
    is_inspection: bool = False


class Answerable(Struct, frozen=True, kw_only=True):
    """Somebody's part of a defect. `share`: in percent, of all of them exactly 100."""

    role: Role
    operation: OperationCode
    unit: str
    people: tuple[str, ...]
    share: Decimal


def passed_through(
    origin: OperationCode, found: OperationCode, passages: Sequence[Passage]
) -> tuple[Passage, ...]:
    """Return the passages by which a defect came from its origin to where it was found, each operation's first.

    The finder's own is not among them: it took the goods over too, and then looked; or it looked before it took them.
    """
    onward: dict[OperationCode, list[Passage]] = {}
    for one in passages:
        onward.setdefault(one.before, []).append(one)
    reached: dict[OperationCode, Passage] = {}
    waiting = [origin]
    while waiting:
        for one in onward.get(waiting.pop(0), ()):
            if one.operation not in (origin, found) and one.operation not in reached:
                reached[one.operation] = one
                waiting.append(one.operation)
    is_taken = any(one.operation == found for one in passages)
    return tuple(one for code, one in reached.items() if not is_taken or _leads_to(found, code, onward))


def _leads_to(
    found: OperationCode, operation: OperationCode, onward: Mapping[OperationCode, Sequence[Passage]]
) -> bool:
    """Tell whether goods went on from an operation to where the defect was found: not those of a side branch."""
    seen, waiting = {operation}, [operation]
    while waiting:
        for one in onward.get(waiting.pop(), ()):
            if one.operation == found:
                return True
            if one.operation not in seen:
                seen.add(one.operation)
                waiting.append(one.operation)
    return False


def answerable(
    defects: Sequence[str], maker: Passage, passed: Sequence[Passage], rule: LiabilityRule
) -> tuple[Answerable, ...]:
    """Share a defect between its maker and whoever let it pass although it could be seen.

    Hundredths of a percent that are left over go to the largest remainders; among equals to whoever was first.
    """
    seen = [one for one in passed if rule.is_seen(defects, one.operation)]
    parts = [(Role.MAKER, maker), *((_role(one), one) for one in seen)]
    weights = [rule.weights.get(role, Decimal(0)) for role, _ in parts]
    whole = sum(weights, Decimal(0))
    if not whole:
        return ()
    exact = [weight * _WHOLE / whole for weight in weights]
    counts = [int(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda index: (counts[index] - exact[index], index))
    for index in order[: _WHOLE - sum(counts)]:
        counts[index] += 1
    return tuple(
        Answerable(
            role=role,
            operation=one.operation,
            unit=one.unit,
            people=one.people,
            share=count * _HUNDREDTH,
        )
        for (role, one), count in zip(parts, counts, strict=True)
    )


def _role(passage: Passage) -> Role:
    return Role.INSPECTOR if passage.is_inspection else Role.STEP
