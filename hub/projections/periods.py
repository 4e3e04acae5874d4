"""Months that are closed: nothing that is booked afterwards counts in them (law L14)."""

from collections.abc import Mapping

import msgspec

from domain.event import Event
from domain.events.month import PeriodLocked
from domain.month import is_month, month_after, month_of, months_between
from hub.overlay import Rows
from hub.projection import Fact, Handler, Projection
from hub.projections.office import refuse_others
from hub.store.tables import periods

MONTHS_BACK = 3
"""How far back a clock is believed: no kiosk stays away from its hub for longer."""


class PeriodRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `periods`."""

    plant: str
    period: str
    person: str
    closed_at: str
    position: int


class Periods(Projection):
    """Closes a month with all that could still be booked before it. Closing it again changes nothing."""

    name = "periods"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(periods, PeriodRow)
        return {PeriodLocked: self._locked}

    def _locked(self, fact: Fact, event: PeriodLocked) -> None:
        refuse_others(fact)
        if not is_month(event.period):
            raise ValueError(f"{event.period!r} is no month")
        for period in months_between(month_after(event.period, -MONTHS_BACK), event.period):
            if self._rows.get((fact.plant, period)) is None:
                self._rows.save(
                    PeriodRow(fact.plant, period, fact.envelope.operator, fact.received_at, fact.position)
                )


def period_of(fact: Fact, zone: str, closed: Rows[PeriodRow]) -> str:
    """Return the month a fact counts in: that of its own clock where it is believed, else that of its arrival.

    Where that month is closed it is the next one that is open.
    """
    period = arrived = month_of(fact.received_at, zone)
    if fact.envelope.clock == "synced":
        own = month_of(fact.happened_at, zone)
        period = own if own >= month_after(arrived, -MONTHS_BACK) else arrived
    while closed.get((fact.plant, period)) is not None:
        period = month_after(period)
    return period


PROJECTION = Periods
