"""Goods on their way: which bundles set out for another workshop or plant, with whom and in what."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.production import GoodsSent
from hub.projection import Fact, Handler, Projection
from hub.store.production_tables import goods_sent


class GoodsSentOut(Projection):
    """Keeps each time a bundle set out."""

    name = "goods_sent"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._journal = self.desk.journal(goods_sent)
        return {GoodsSent: self._sent}

    def _sent(self, fact: Fact, event: GoodsSent) -> None:
        for serial in dict.fromkeys(event.bundles):
            self._journal.add(
                (
                    fact.plant,
                    serial,
                    fact.position,
                    event.operation,
                    event.destination,
                    event.leg.carrier,
                    event.leg.container,
                    fact.happened_at,
                    event.leg.protection,
                    event.leg.condition,
                    fact.envelope.operator,
                )
            )


PROJECTION = GoodsSentOut
