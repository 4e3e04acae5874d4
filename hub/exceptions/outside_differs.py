"""Goods came otherwise than they were sent: the subcontractor said so at the gate."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="outside_differs",
    owner="warehouse",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("checked",),
)
