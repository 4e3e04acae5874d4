"""Safe mode: the kiosk did not start three times in a row, so it does the one thing that needs next to nothing.

It keeps every scan as it came and says so. It needs neither the settings nor the data file nor reference data: scanners
and page are those of the last good start. Nothing is decided here; the next good start takes the scans in.
"""

import contextlib
import fcntl
import logging
import os
import queue
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from domain.events.kept import KeptReason
from domain.names import Language, Names
from domain.paper import slip_number
from domain.problem import fault
from drivers.clock import Clock
from drivers.errors import DriverError
from drivers.scanner import Garbled, Scan, Scanner, ScannerStatus, open_scanner
from kiosk.answers import shown
from kiosk.kept import KeptScan, keep
from kiosk.line_view import clock_time
from kiosk.page import PagePort, Touch
from kiosk.scanner_tables import without_duties
from kiosk.screen import Answer, FaultView, Frame, SafeModeView, Screen, Tone, View, Words
from kiosk.settings import Identity, KioskSettings
from kiosk.sound import SoundPort, SoundSettings
from kiosk.store.connection import LOCK_NAME

LAST_GOOD_NAME = "last-good.json"
CAUSE_CHARS_MAX = 300
INBOX_MAX = 1_000
REPEAT_WINDOW_MS = 400
_LOG = logging.getLogger(__name__)


class LastGood(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What safe mode must know, kept at each good start. It holds no key."""

    plant: str
    device: str
    port: int
    page: bool
    language: Language
    station: str = ""
    station_names: Names = Names()
    number_code: str = ""
    sound: SoundSettings = SoundSettings()
    scanner: tuple[dict[str, Any], ...] = ()


def keep_last_good(folder: Path, settings: KioskSettings, identity: Identity, port: int) -> None:
    """Keep what this good start knew, for a start that knows less. Raises OSError."""
    station = identity.station
    good = LastGood(
        plant=identity.plant,
        device=identity.device,
        port=port,
        page=settings.page,
        language=settings.language,
        station=station.place if station else "",
        station_names=station.names if station else Names(),
        number_code=station.number_code if station else "",
        sound=settings.sound,
        scanner=without_duties(settings.scanner),
    )
    encoded = msgspec.json.encode(good)
    path = folder / LAST_GOOD_NAME
    if path.exists() and path.read_bytes() == encoded:
        return
    written = path.with_suffix(".new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, encoded)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    written.replace(path)


def last_good(folder: Path) -> LastGood | None:
    """Return what the last good start left; None where there was none."""
    try:
        return msgspec.json.decode((folder / LAST_GOOD_NAME).read_bytes(), type=LastGood)
    except (OSError, msgspec.MsgspecError):
        return None


class SafeMode:
    """Takes scans and keeps them. `step` takes one input; `run` takes them until it is told to end."""

    def __init__(
        self,
        good: LastGood,
        folder: Path,
        *,
        reason: KeptReason,
        cause: str,
        clock: Clock,
        page: PagePort,
        sound: SoundPort,
        new_id: Callable[[], str],
    ) -> None:
        """`cause` is what kept the kiosk from starting, in its own words."""
        self._good = good
        self._folder = folder
        self._reason: KeptReason = reason
        self._cause = cause[:CAUSE_CHARS_MAX]
        self._clock = clock
        self._page = page
        self._sound = sound
        self._new_id = new_id
        self._inbox: queue.Queue[Scan | Garbled | ScannerStatus | Touch] = queue.Queue(INBOX_MAX)
        self._last: tuple[str, int] = ("", 0)
        self._last_shown = ""
        self._count = 0
        self._turn = 0
        self.wants_restart = False

    def offer(self, given: Scan | Garbled | ScannerStatus | Touch) -> None:
        """Put an input into the inbox, from any thread."""
        self._inbox.put(given)

    def run(self, is_over: Callable[[], bool], alive: Callable[[], None], tick_s: float = 1.0) -> None:
        """Take inputs until `is_over`, or somebody wants to try again."""
        self.show()
        while not is_over() and not self.wants_restart:
            with contextlib.suppress(queue.Empty):
                self.step(self._inbox.get(timeout=tick_s))
            alive()

    def finish(self) -> None:
        """Keep what still waits, once the scanners have stopped: what was handed over is not dropped."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.step(self._inbox.get_nowait())

    def step(self, given: Scan | Garbled | ScannerStatus | Touch) -> None:
        """Take one input."""
        match given:
            case Scan():
                self._keep(given)
            case Touch(action="retry"):
                self.wants_restart = True
            case _:
                return

    def _keep(self, scan: Scan) -> None:
        last_text, last_ms = self._last
        self._last = (scan.text, scan.monotonic_ms)
        if scan.text == last_text and scan.monotonic_ms - last_ms < REPEAT_WINDOW_MS:
            self._sound.play(Tone.TICK)
            return
        kept = KeptScan(
            event_id=self._new_id(),
            text=scan.text,
            device=scan.device,
            symbology=scan.symbology,
            event_time=scan.event_time,
            monotonic_ms=scan.monotonic_ms,
            reason=self._reason,
            detail=self._cause,
        )
        self._turn += 1
        try:
            keep(self._folder, kept)
        except OSError as error:
            _LOG.error("a scan was not kept: %s", error)
            self._last = ("", 0)
            self._sound.play(Tone.FAULT)
            self._show(self._paper(), None)
            return
        self._count += 1
        self._last_shown = f"{shown(scan.text)}  {clock_time(scan.event_time)}"
        self._sound.play(Tone.LOOK)
        self.show(Answer(tone=Tone.LOOK, says=Words(key="said.scan_kept"), scanned=shown(scan.text)))

    def show(self, answer: Answer | None = None) -> None:
        """Show how many scans were kept, and why nothing more is done with them."""
        view = SafeModeView(
            says=Words(key=f"screen.safe_mode.{self._reason}"),
            cause=self._cause,
            count=self._count,
            last=self._last_shown,
        )
        self._show(view, answer)

    def _paper(self) -> FaultView:
        good = self._good
        problem = fault("card_kept_nothing", device=good.device)
        return FaultView(problem=problem, slip=slip_number(good.number_code, 1) if good.number_code else "")

    def _show(self, view: View, answer: Answer | None) -> None:
        good = self._good
        frame = Frame(language=good.language, station=good.station, station_names=good.station_names)
        try:
            self._page.show(Screen(turn=self._turn, frame=frame, view=view, answer=answer))
        except Exception:  # noqa: BLE001 a page that fails must not stop the keeping: the sound says what happened
            _LOG.exception("safe mode cannot be shown")


def open_scanners(good: LastGood, clock: Clock) -> list[Scanner]:
    """Open the scanners of the last good start; one that cannot be opened must not cost the others."""
    opened: list[Scanner] = []
    for table in good.scanner:
        try:
            opened.append(open_scanner(table, clock))
        except (DriverError, ValueError) as error:
            _LOG.error("scanner %s cannot be opened: %s", table.get("name"), error)
    return opened


def claim(folder: Path) -> int:
    """Take the lock of the data folder; returns its descriptor. Raises OSError while another kiosk works there."""
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
