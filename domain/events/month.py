"""What the office says about a month's books."""

from domain.event import Event


class PeriodLocked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A month (`2026-10`) is closed, and every month before it: whatever is booked from here on counts in a later one.

    It stands in the hub's own log (`domain.events.desk.OFFICE`); the envelope's `operator` closed it.
    """

    period: str
