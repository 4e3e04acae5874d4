"""Somebody accepted their own work: nobody is their own customer, so it is no verdict."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="own_handoff",
    owner="supervisor",
    acts=("accept",),
    late_h=8,
    reasons=("checked",),
)
