"""A printer reported on a label nobody asked for here."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="unknown_label",
    owner="who_scanned",
    acts=("accept",),
    late_h=24,
    reasons=("checked", "not_needed"),
    counts_events=True,
)
