"""Something was said of a job that was over by then: it changed nothing."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="not_at_work",
    owner="who_scanned",
    acts=("accept",),
    late_h=8,
    reasons=("checked", "recorded_anew"),
)
