"""Two answered for the same goods at a subcontractor's gate; the first one counts."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="outside_twice",
    owner="warehouse",
    acts=("correct", "accept"),
    late_h=48,
    reasons=("checked",),
    counts_events=True,
)
