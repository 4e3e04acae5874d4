"""An event is kept and moved nothing: it cannot be booked as it stands, or must be looked at first."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="parked",
    owner="supervisor",
    acts=("release", "set_aside"),
    late_h=8,
    reasons=("checked", "sent_by_stranger", "recorded_anew", "cannot_be_read"),
)
