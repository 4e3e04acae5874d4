"""Where goods come from: which went in for which, document by document."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.documents import GoodsDerived
from hub.projection import Fact, Handler, Projection
from hub.projections.documents import see_that_it_took_effect
from hub.store.tables import derivations


class Derivations(Projection):
    """Keeps parents and children of every document that makes goods from others."""

    name = "derivations"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._rows = self.desk.journal(derivations)
        return {GoodsDerived: self._derived}

    def _derived(self, fact: Fact, event: GoodsDerived) -> None:
        see_that_it_took_effect(self.desk, fact, event.document)
        for group, one in enumerate(event.derivations, 1):
            sides = [*((goods, True) for goods in one.parents), *((goods, False) for goods in one.children)]
            for number, (goods, is_parent) in enumerate(sides, 1):
                self._rows.add(
                    (
                        fact.plant,
                        fact.position,
                        group,
                        number,
                        is_parent,
                        event.document,
                        goods.item,
                        goods.lot,
                        goods.handling_unit,
                        goods.grade,
                        goods.owner,
                    )
                )


PROJECTION = Derivations
