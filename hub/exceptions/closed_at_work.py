"""A bundle was split or joined while somebody was at work on it."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="closed_at_work",
    owner="supervisor",
    acts=("accept",),
    late_h=4,
    reasons=("checked", "counted_again"),
)
