"""A split or join has not as many pieces after as before: the difference is missing, or not counted."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="remade_pieces",
    owner="supervisor",
    acts=("accept",),
    late_h=8,
    reasons=("checked", "counted_again"),
)
