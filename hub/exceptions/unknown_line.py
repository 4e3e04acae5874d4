"""A line was taken back that nobody recorded here."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="unknown_line",
    owner="who_scanned",
    acts=("accept",),
    late_h=24,
    reasons=("checked", "recorded_anew"),
    counts_events=True,
)
