"""What each kiosk is doing now: who stands there, on which document, and how its scanners and printers are."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.events.desk import OFFICE
from domain.events.documents import (
    DocumentApproved,
    DocumentCompleted,
    DocumentJoined,
    DocumentOpened,
    DocumentUnapproved,
    DocumentVoided,
    LineRecorded,
    LineReversed,
)
from domain.events.terminal import DeviceChanged, KioskStarted, ScanRefused, SignedOff, SignedOn
from hub.projection import Fact, Handler, Projection
from hub.store.tables import kiosk_parts, kiosks


class KioskRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `kiosks`."""

    plant: str
    device: str
    operator: str
    document: str
    document_type: str
    last_scan_at: str
    last_event_at: str
    started_at: str
    software: str
    refusals: int
    position: int


class KioskPartRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `kiosk_parts`."""

    plant: str
    device: str
    part: str
    kind: str
    state: str
    detail: str
    event_time: str
    position: int


class Kiosks(Projection):
    """Follows each kiosk through its day."""

    name = "kiosks"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._kiosks = self.desk.rows(kiosks, KioskRow)
        self._parts = self.desk.rows(kiosk_parts, KioskPartRow)
        return {
            KioskStarted: self._started,
            SignedOn: self._signed_on,
            SignedOff: self._signed_off,
            ScanRefused: self._refused,
            DeviceChanged: self._part_changed,
            DocumentOpened: self._at_work,
            DocumentJoined: self._at_work,
            LineRecorded: self._at_work,
            LineReversed: self._at_work,
            DocumentCompleted: self._ended,
            DocumentApproved: self._ended,
            DocumentUnapproved: self._ended,
            DocumentVoided: self._ended,
        }

    def _kiosk(self, fact: Fact) -> KioskRow:
        device = fact.envelope.device
        held = self._kiosks.get((fact.plant, device))
        return held or KioskRow(fact.plant, device, "", "", "", "", "", "", "", 0, 0)

    def _save(self, fact: Fact, row: KioskRow, **changes: str | int) -> None:
        self._kiosks.save(replace(row, last_event_at=fact.event_time, position=fact.position, **changes))

    def _started(self, fact: Fact, event: KioskStarted) -> None:
        self._save(fact, self._kiosk(fact), started_at=fact.event_time, software=event.software, operator="")

    def _signed_on(self, fact: Fact, event: SignedOn) -> None:
        self._save(fact, self._kiosk(fact), operator=event.person)

    def _signed_off(self, fact: Fact, event: SignedOff) -> None:
        self._save(fact, self._kiosk(fact), operator="")

    def _refused(self, fact: Fact, event: ScanRefused) -> None:
        row = self._kiosk(fact)
        self._save(fact, row, refusals=row.refusals + 1, last_scan_at=fact.event_time)

    def _part_changed(self, fact: Fact, event: DeviceChanged) -> None:
        device = fact.envelope.device
        self._parts.save(
            KioskPartRow(
                fact.plant,
                device,
                event.device,
                event.kind,
                event.state,
                event.detail,
                fact.event_time,
                fact.position,
            )
        )

    def _at_work(
        self, fact: Fact, event: DocumentOpened | DocumentJoined | LineRecorded | LineReversed
    ) -> None:
        if fact.envelope.device == OFFICE:
            return  # it is no kiosk
        row = self._kiosk(fact)
        self._save(
            fact,
            row,
            operator=fact.envelope.operator or row.operator,
            document=event.document,
            document_type=event.document_type,
            last_scan_at=fact.event_time,
        )

    def _ended(
        self, fact: Fact, event: DocumentCompleted | DocumentApproved | DocumentUnapproved | DocumentVoided
    ) -> None:
        if fact.envelope.device == OFFICE:
            return  # it is no kiosk
        row = self._kiosk(fact)
        if row.document == event.document:
            self._save(fact, row, document="", document_type="")
        else:
            self._save(fact, row)


PROJECTION = Kiosks
