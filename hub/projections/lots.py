"""Since when each lot is here: kiosks ask about a newer lot while an older one still lies in the store."""

from collections.abc import Mapping

import msgspec

from domain.event import Event
from domain.events.documents import DocumentApproved, DocumentCompleted, LineRecorded
from hub.projection import Fact, Handler, Projection
from hub.store.tables import lots


class LotRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `lots`."""

    plant: str
    item: str
    lot: str
    since: str
    position: int


class Lots(Projection):
    """Keeps the earliest time at which a lot was moved, in whatever order the kiosks' logs arrive."""

    name = "lots"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._lots = self.desk.rows(lots, LotRow)
        return dict.fromkeys((LineRecorded, DocumentCompleted, DocumentApproved), self._moved)

    def _moved(self, fact: Fact, event: LineRecorded | DocumentCompleted | DocumentApproved) -> None:
        for item, lot in dict.fromkeys((one.goods.item, one.goods.lot) for one in event.movements):
            held = self._lots.get((fact.plant, item, lot)) if lot else None
            if lot and (held is None or fact.happened_at < held.since):
                self._lots.save(LotRow(fact.plant, item, lot, fact.happened_at, fact.position))


PROJECTION = Lots
