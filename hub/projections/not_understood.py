"""Labels the plant wrote itself that a kiosk's version cannot print by: it prints the shipped ones meanwhile."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.terminal import RecordsNotUnderstood
from hub.projection import Fact, Handler, Projection


class NotUnderstood(Projection):
    """Opens a discrepancy for each kiosk and label. Has no table.

    Records of a kind that an older kiosk does not know at all wait there for its update, and are no discrepancy.
    """

    name = "not_understood"

    def handlers(self) -> Mapping[type[Event], Handler]:
        return {RecordsNotUnderstood: self._said}

    def _said(self, fact: Fact, event: RecordsNotUnderstood) -> None:
        if event.kind != "label_template":
            return
        device = fact.envelope.device
        about = {"device": device, "label": f"label.template.{event.key}", "detail": event.detail}
        self.desk.discrepancies.open(fact, "own_label_unprinted", f"{device}/{event.key}", detail=about)


PROJECTION = NotUnderstood
