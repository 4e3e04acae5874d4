"""Somebody took back what others had worked on since: it stands."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="undone_too_late",
    owner="supervisor",
    acts=("accept",),
    late_h=8,
    reasons=("checked",),
)
