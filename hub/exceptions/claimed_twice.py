"""Two stations that did not hear of each other began on the same pieces: they count once, and are paid once."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="claimed_twice",
    owner="supervisor",
    acts=("accept",),
    late_h=4,
    reasons=("checked", "counted_again"),
    closes_itself=True,
)
