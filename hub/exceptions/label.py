"""A label may not have come out of the printer."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="label",
    owner="who_scanned",
    acts=("correct",),
    late_h=2,
    reasons=("label_is_there", "printed_again", "not_needed"),
    closes_itself=True,
)
