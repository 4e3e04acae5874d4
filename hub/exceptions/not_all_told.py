"""A job was finished, and some of its pieces were not accounted for."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="not_all_told",
    owner="who_scanned",
    acts=("accept",),
    late_h=8,
    reasons=("checked", "counted_again"),
    closes_itself=True,
)
