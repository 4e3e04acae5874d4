"""A line was taken back that had been taken back before; the second time moved nothing."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="reversed_twice",
    owner="who_scanned",
    acts=("accept", "count"),
    late_h=8,
    reasons=("checked", "counted"),
    counts_events=True,
)
