"""Labels: what was asked for, and what the printer said became of it."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.labels import LabelReported, LabelRequested
from hub.projection import Fact, Handler, Projection
from hub.store.tables import labels

_TROUBLE = frozenset({"unknown", "failed", "expired"})
_SETTLED = frozenset({"printed", "cancelled"})


class LabelRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `labels`."""

    plant: str
    job: str
    state: str
    device: str
    template: str
    serial: str
    document: str
    printer: str
    copies: int
    reason: str
    detail: str
    requested_at: str
    requested_position: int
    position: int


class Labels(Projection):
    """One row a print job. A label that may not have come out is a discrepancy until it did, or was given up."""

    name = "labels"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._labels = self.desk.rows(labels, LabelRow)
        return {LabelRequested: self._requested, LabelReported: self._reported}

    def _requested(self, fact: Fact, event: LabelRequested) -> None:
        self._labels.save(
            LabelRow(
                fact.plant,
                event.job,
                "requested",
                fact.envelope.device,
                event.template,
                event.serial,
                event.document,
                event.printer,
                event.copies,
                event.reason,
                "",
                fact.event_time,
                fact.position,
                fact.position,
            )
        )

    def _reported(self, fact: Fact, event: LabelReported) -> None:
        row = self._labels.get((fact.plant, event.job))
        if row is None:
            self.desk.note("unknown_label", event.job)
            row = LabelRow(
                fact.plant, event.job, "", fact.envelope.device, "", "", "", "", 0, "", "", "", 0, 0
            )
        self._labels.save(replace(row, state=event.state, detail=event.detail, position=fact.position))
        if event.state in _TROUBLE:
            about = {"state": event.state, "serial": row.serial, "detail": event.detail, "device": row.device}
            self.desk.discrepancies.open(fact, "label", event.job, detail=about)
        elif event.state in _SETTLED:
            self.desk.discrepancies.close(fact, "label", event.job)


PROJECTION = Labels
