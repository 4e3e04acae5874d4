"""What units said of each other's goods, added up while a batch is booked; what is replaced is taken off again."""

from msgspec import Struct
from msgspec.structs import replace

from domain.handoff import Handoff
from domain.month import day_of
from hub.desk import Desk
from hub.production_rows import HandoffRow
from hub.store.quality_tables import unit_verdicts


class UnitVerdictRow(Struct, frozen=True, gc=False):
    """A row of `unit_verdicts`."""

    plant: str
    month: str
    day: str
    unit_judged: str
    unit_judging: str
    work_order: str
    verdict: str
    rating: str
    handoffs: int = 0
    received: int = 0
    refused: int = 0
    miscounted: int = 0
    position: int = 0


class VerdictTally:
    """The sums of one plant."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rows = desk.rows(unit_verdicts, UnitVerdictRow)

    def add(self, row: HandoffRow, said: Handoff | None) -> None:
        """Count a verdict; `said`: what was said beside the check-in."""
        self._count(row, refused_of(row, said), 1, row.position)

    def take_off(self, row: HandoffRow, said: Handoff | None, position: int) -> None:
        """Count a verdict no more: it was withdrawn, or another stands instead of it."""
        self._count(row, refused_of(row, said), -1, position)

    def _count(self, row: HandoffRow, refused: int, times: int, position: int) -> None:
        if row.is_silent or not row.unit_judged or row.unit_judged == row.unit_judging:
            return
        day = day_of(row.at, self._desk.known.zone(row.position))
        key = (
            row.plant,
            row.month,
            day,
            row.unit_judged,
            row.unit_judging,
            row.work_order,
            row.verdict,
            row.rating,
        )
        held = self._rows.get(key) or UnitVerdictRow(*key)
        self._rows.save(
            replace(
                held,
                handoffs=held.handoffs + times,
                received=held.received + times * row.received,
                refused=held.refused + times * refused,
                miscounted=held.miscounted + times * (row.declared != row.received),
                position=position,
            )
        )


def refused_of(row: HandoffRow, said: Handoff | None) -> int:
    """Return how many pieces of a verdict the sender has to answer for: not those that broke on the way."""
    is_carriers = said is not None and said.leg is not None and said.leg.is_damaged
    return 0 if is_carriers else max(0, row.received - row.pieces)
