"""What scanners, scales, lamps and printers say of themselves: kept for the screen, and a fact where it changed."""

from collections.abc import Callable

from domain.document import Happened
from domain.events.labels import LabelReported
from domain.events.terminal import DeviceChanged
from drivers.job import PrinterHealth, PrinterReport
from drivers.lamp import LampStatus
from drivers.scale import ScaleStatus
from drivers.scanner import ScannerStatus
from kiosk.screen import DeviceKind, Tone
from kiosk.status import KINDS, ReaderStatus, Status
from kiosk.store.jobs import reportable

DETAIL_CHARS_MAX = 200


class DeviceNotes:
    """Takes what a device says. `note` records a fact that changes no screen's state, `play` sounds a tone."""

    def __init__(
        self, status: Status, note: Callable[[Happened], None], play: Callable[[Tone], None]
    ) -> None:
        self._status = status
        self._note = note
        self._play = play

    def take(self, given: ReaderStatus | PrinterHealth | PrinterReport) -> None:
        """Take one word of one device. Raises StoreError where it should be kept and cannot."""
        match given:
            case ScannerStatus() | ScaleStatus() | LampStatus():
                if self._status.take(given) and given.state != "searching":
                    self._changed(given.device, KINDS[type(given)], given.state, given.detail)
                    self._play(Tone.NEUTRAL if given.state == "ready" else Tone.FAULT)
            case PrinterHealth():
                self._status.take_printer(given)
                self._changed(given.printer, "printer", given.state, given.detail)
            case PrinterReport():
                self._label(given)

    def _changed(self, device: str, kind: DeviceKind, state: str, detail: str) -> None:
        event = DeviceChanged(device=device, kind=kind, state=state, detail=detail[:DETAIL_CHARS_MAX])
        self._note(Happened(event=event))

    def _label(self, report: PrinterReport) -> None:
        state = reportable(report.state)
        if state is not None and not (state == "sent" and report.detail):
            detail = report.detail[:DETAIL_CHARS_MAX]
            self._note(Happened(event=LabelReported(job=report.job_id, state=state, detail=detail)))
