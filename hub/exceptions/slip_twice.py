"""One paper slip was entered in two documents; both were booked."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="slip_twice",
    owner="warehouse",
    acts=("correct", "count", "accept"),
    late_h=8,
    reasons=("checked", "counted"),
    counts_events=True,
)
