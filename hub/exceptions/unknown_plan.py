"""Goods were received against an order that is not registered."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="unknown_plan",
    owner="purchasing",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("registered", "agreed_with_supplier"),
    counts_events=True,
)
