"""Somebody worked under a number no person is registered with."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="unknown_person",
    owner="supervisor",
    acts=("correct", "accept"),
    late_h=24,
    reasons=("registered", "known_in_person"),
    counts_events=True,
)
