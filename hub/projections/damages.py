"""Damages of a kiosk's own log, as the kiosk found them: which kiosk, how many entries, whether anything is lost."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.terminal import DamageFound
from hub.projection import Fact, Handler, Projection


class Damages(Projection):
    """Opens a discrepancy for each damage: a card goes bad, or somebody was at the file. People look and settle it."""

    name = "damages"

    def handlers(self) -> Mapping[type[Event], Handler]:
        return {DamageFound: self._found}

    def _found(self, fact: Fact, event: DamageFound) -> None:
        device = fact.envelope.device
        key = f"{device}/{event.epoch}/{event.first}/{event.reason}"
        about = {
            "device": device,
            "reason": event.reason,
            "epoch": str(event.epoch),
            "first": str(event.first),
            "last": str(event.last),
            "count": str(event.count),
            "at_hub": "yes" if event.at_hub else "no",
            "detail": event.detail,
        }
        self.desk.discrepancies.open(fact, "damage", key, detail=about)


PROJECTION = Damages
