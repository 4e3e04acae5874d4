"""Somebody typed one wrong PIN after the other for a person."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="pin_guessed",
    owner="supervisor",
    acts=("accept",),
    late_h=4,
    reasons=("known_in_person", "checked"),
    counts_events=True,
)
