"""Somebody checked in by a ticket that had been printed anew: none of it counts until it is looked at."""

from hub.exception import ExceptionKind

EXCEPTION = ExceptionKind(
    name="ticket_void",
    owner="supervisor",
    acts=("accept",),
    late_h=4,
    reasons=("checked", "ticket_found"),
    closes_itself=True,
)
