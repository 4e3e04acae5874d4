"""Less arrived than was sent: the rest is still on the road, and somebody has to find it."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="transit_difference",
    owner="warehouse",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("checked",),
    closes_itself=True,
)
