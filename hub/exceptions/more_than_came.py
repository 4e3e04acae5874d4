"""Somebody told of more pieces than had come: what is too much is not counted."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="more_than_came",
    owner="supervisor",
    acts=("accept",),
    late_h=8,
    reasons=("checked", "counted_again"),
    closes_itself=True,
)
