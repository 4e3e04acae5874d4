"""Somebody did something about a quality ticket that was not its next step, or not theirs: it changed nothing."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="ticket_contradiction",
    owner="supervisor",
    acts=("accept",),
    late_h=24,
    reasons=("checked",),
    counts_events=True,
)
