"""Names nobody knows: the goods moved anyhow, so the event is booked, with an exception that says which name."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentOpened,
    DocumentUnapproved,
    LineRecorded,
    LineReversed,
)
from domain.events.terminal import SignedOn
from hub.projection import Fact, Handler, Projection


class Names(Projection):
    """Compares items, places and people with the reference data as it was at the event's position. Has no table."""

    name = "names"

    def handlers(self) -> Mapping[type[Event], Handler]:
        return {
            DocumentOpened: self._person_only,
            LineRecorded: self._with_movements,
            LineReversed: self._with_movements,
            DocumentCompleted: self._with_movements,
            DocumentApproved: self._with_movements,
            DocumentUnapproved: self._with_movements,
            SignedOn: self._person_only,
        }

    def _person_only(self, fact: Fact, event: Event) -> None:
        operator = event.person if isinstance(event, SignedOn) else fact.envelope.operator
        if operator and not self.desk.known.has("person", operator, fact.position):
            self.desk.note("unknown_person", operator)

    def _with_movements(
        self,
        fact: Fact,
        event: LineRecorded | LineReversed | DocumentCompleted | DocumentApproved | DocumentUnapproved,
    ) -> None:
        self._person_only(fact, event)
        has, position = self.desk.known.has, fact.position
        # What was asked last is not asked again: a receipt's two movements share the item and the place between.
        item = place = None
        for one in event.movements:
            if one.goods.item != item:
                item = one.goods.item
                if not has("item", item, position):
                    self.desk.note("unknown_item", item)
            for named in (one.source, one.target):
                if named != place:
                    place = named
                    if not has("place", place, position):
                        self.desk.note("unknown_place", place)


PROJECTION = Names
