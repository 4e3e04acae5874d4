"""What was sent to another plant was taken back here, though goods of it had arrived over there."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="taken_back_too_late",
    owner="warehouse",
    acts=("correct", "accept"),
    late_h=4,
    is_register=True,
)
