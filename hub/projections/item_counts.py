"""When each item was last counted at a place: what is overdue for a stocktake is asked by it."""

from collections.abc import Mapping
from functools import cache

import msgspec

from domain.document import document_types
from domain.event import Event
from domain.events.documents import LineRecorded
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import DocumentRow
from hub.store.tables import documents, item_counts


class ItemCountRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `item_counts`."""

    plant: str
    item: str
    place: str
    counted_at: str
    document: str
    position: int


class _Header(msgspec.Struct, frozen=True):
    """What is asked of a stocktake's header here."""

    place: str = ""


@cache
def is_count(document_type: str) -> bool:
    """Tell whether documents of this type count what lies somewhere (EPCIS business step `cycle_counting`)."""
    declared = document_types().get(document_type)
    return declared is not None and declared.biz_step == "cycle_counting"


class ItemCounts(Projection):
    """Remembers the newest line of a stocktake for each item and place."""

    name = "item_counts"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.rows(item_counts, ItemCountRow)
        self._documents = self.desk.rows(documents, DocumentRow)
        return {LineRecorded: self._recorded}

    def _recorded(self, fact: Fact, event: LineRecorded) -> None:
        item = event.values.get("item")
        if not is_count(event.document_type) or not isinstance(item, str):
            return
        document = self._documents.get((fact.plant, event.document, fact.envelope.device))
        place = msgspec.json.decode(document.header_json, type=_Header).place if document else ""
        key = (fact.plant, item, place)
        held = self._rows.get(key)
        if held is None or held.counted_at <= fact.happened_at:
            self._rows.save(ItemCountRow(*key, fact.happened_at, event.document, fact.position))


PROJECTION = ItemCounts
