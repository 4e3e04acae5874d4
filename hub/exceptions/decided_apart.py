"""A document was approved by one and sent back by another, neither of whom knew of the other: it stays approved."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="decided_apart",
    owner="supervisor",
    acts=("accept", "correct"),
    late_h=8,
    reasons=("checked",),
)
