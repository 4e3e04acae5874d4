"""Lays: from which rolls and dye lots each was spread, so that what is wrong with a roll leads to its bundles."""

from collections.abc import Mapping

from msgspec import Struct

from domain.event import Event
from domain.events.production import LaySpread
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.store.production_tables import lay_rolls, lays
from hub.store.values import micros


class LayRow(Struct, frozen=True, gc=False):
    """A row of `lays`."""

    plant: str
    lay: str
    work_order: str
    style: str
    colour: str
    marker: str
    plies: int
    spread_at: str
    operator: str
    position: int


class Lays(Projection):
    """Keeps each lay and its rolls. A number given twice is kept and looked at."""

    name = "lays"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._lays = self.desk.rows(lays, LayRow)
        self._rolls = self.desk.journal(lay_rolls)
        return {LaySpread: self._spread}

    def _spread(self, fact: Fact, event: LaySpread) -> None:
        if self._lays.get((fact.plant, event.lay)):
            raise NotBookableError("lay_known", event.lay)
        row = LayRow(
            fact.plant,
            event.lay,
            event.order,
            event.style,
            event.colour,
            event.marker,
            sum(one.plies for one in event.rolls),
            fact.happened_at,
            fact.envelope.operator,
            fact.position,
        )
        self._lays.save(row)
        for number, one in enumerate(event.rolls, 1):
            remnant = micros(one.remnant.value) if one.remnant else 0
            self._rolls.add(
                (
                    fact.plant,
                    event.lay,
                    number,
                    one.roll,
                    one.shade,
                    one.plies,
                    micros(one.used.value),
                    remnant,
                    one.used.unit,
                    fact.position,
                )
            )


PROJECTION = Lays
