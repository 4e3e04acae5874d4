"""Scans that a kiosk in safe mode could only keep: they moved nothing, and somebody must enter what they were."""

from collections.abc import Mapping

from domain.event import Event
from domain.events.kept import ScanKept
from hub.projection import Fact, Handler, Projection

TEXT_CHARS_MAX = 80


class KeptScans(Projection):
    """Puts each kept scan on the discrepancy desk, with the code scanned and when."""

    name = "kept_scans"

    def handlers(self) -> Mapping[type[Event], Handler]:
        return {ScanKept: self._kept}

    def _kept(self, fact: Fact, event: ScanKept) -> None:
        raw = fact.envelope.raw
        about = {
            "device": fact.envelope.device,
            "code": event.reason,
            "text": raw.text[:TEXT_CHARS_MAX] if raw else "",
            "time": fact.event_time,
            "detail": event.detail,
        }
        self.desk.discrepancies.open(fact, "scan_kept", fact.envelope.event_id, detail=about)


PROJECTION = KeptScans
