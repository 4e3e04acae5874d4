"""A line was taken back that had been taken back before; the goods moved twice."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="reversed_twice",
    owner="warehouse",
    acts=("count", "accept"),
    late_h=8,
    reasons=("checked", "counted"),
    counts_events=True,
)
