"""Starts the kiosk; where that fails three times in a row, scans are at least kept.

The program itself is imported in here, so that an update that cannot even be imported is a failed start like any other.
"""

import logging
import os
import re
import signal
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from uuid_utils import uuid7

from domain.events.kept import KeptReason
from domain.settings import SettingsError
from drivers.clock import SystemClock
from kiosk.boot import StartError, boot_id
from kiosk.heartbeat import Heartbeat
from kiosk.page import NoPage, PagePort
from kiosk.safe_mode import LastGood, SafeMode, claim, keep_last_good, last_good, open_scanners
from kiosk.settings import KioskSettings, identity_of, read_settings
from kiosk.sound import Player
from kiosk.starts import FAILED_MAX, SETTLED_S, Starts, keep_starts, read_starts
from updates.trial import OwnRelease

HOST = "127.0.0.1"
SETTINGS_READ_CHARS_MAX = 1_000_000
_DATA_LINE = re.compile(r"""^\s*data\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)
_LOG = logging.getLogger(__name__)


def start(config: Path, adjust: Callable[[KioskSettings], KioskSettings]) -> None:
    """Run the kiosk of a settings file until it is told to stop. Raises StartError, SettingsError.

    `adjust` is what the command line says otherwise.
    """
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    heartbeat = Heartbeat.of_the_service()
    try:
        Start(config, adjust, heartbeat, stopping).run()
    finally:
        heartbeat.stopping()
        heartbeat.close()


class Start:
    """One start: counted, tried, and turned into safe mode when there were too many like it."""

    def __init__(
        self,
        config: Path,
        adjust: Callable[[KioskSettings], KioskSettings],
        heartbeat: Heartbeat,
        stopping: threading.Event,
    ) -> None:
        self._config = config
        self._adjust = adjust
        self._heartbeat = heartbeat
        self._stopping = stopping
        self._folder: Path | None = None
        self._starts = Starts()
        self._is_ready = False
        self._release = OwnRelease.of_this_program()

    def run(self) -> None:
        """Start, or keep scans instead. Raises StartError, SettingsError, or whatever a broken program raises."""
        try:
            settings = self._adjust(read_settings(self._config))
            self._count(settings.data)
            self._run_kiosk(settings)
        except Exception as error:
            if self._is_ready or self._stopping.is_set():
                raise
            if self._folder is None:
                self._count(find_data(self._config))
            self._keep_scans_instead(error)

    def _count(self, folder: Path | None) -> None:
        if folder is None:
            return
        self._folder = folder
        self._starts = read_starts(folder).begun(boot_id())
        keep_starts(folder, self._starts)
        if self._starts.pause_s:
            _LOG.warning(
                "%d boots in a row did not last: waiting %.0f s", self._starts.boots, self._starts.pause_s
            )
            self._stopping.wait(self._starts.pause_s)

    def _run_kiosk(self, settings: KioskSettings) -> None:
        from kiosk.app import run  # noqa: PLC0415 a program that cannot be imported is a start that failed

        identity = identity_of(settings, str(self._config))

        def ready(port: int) -> None:
            self._is_ready = True
            self._starts = self._starts.ready()
            keep_starts(settings.data, self._starts)
            if not settings.practice:
                _keep_last_good(settings, port)

        def settled() -> None:
            keep_starts(settings.data, self._starts.settled())

        def _keep_last_good(settings: KioskSettings, port: int) -> None:
            try:
                keep_last_good(settings.data, settings, identity, port)
            except OSError as error:
                _LOG.warning("what safe mode would need cannot be kept: %s", error)

        run(
            settings,
            identity,
            heartbeat=self._heartbeat,
            stopping=self._stopping,
            starts=self._starts.unsettled - 1,
            on_ready=ready,
            on_settled=settled,
            settled_s=SETTLED_S,
            release=self._release,
        )

    def _keep_scans_instead(self, error: Exception) -> None:
        good = last_good(self._folder) if self._folder else None
        if self._folder is None or good is None or self._starts.failed < FAILED_MAX:
            raise error
        if self._release.is_taken_back:
            raise error  # better than keeping scans: the release before comes back and works
        try:
            lock = claim(self._folder)
        except OSError:
            raise error from None  # another kiosk works there: nothing is missing
        try:
            _LOG.error("%d starts failed; scans are kept until it works: %s", self._starts.failed, error)
            keep_scans(
                good,
                self._folder,
                error,
                is_over=_until(self._stopping, self._config),
                heartbeat=self._heartbeat,
            )
        finally:
            os.close(lock)


def keep_scans(
    good: LastGood, folder: Path, error: Exception, *, is_over: Callable[[], bool], heartbeat: Heartbeat
) -> None:
    """Run safe mode with the scanners and the page of the last good start."""
    clock, page, sound = SystemClock(), _page(good), Player(good.sound)
    safe = SafeMode(
        good,
        folder,
        reason=_reason(error),
        cause=str(error),
        clock=clock,
        page=page,
        sound=sound,
        new_id=lambda: uuid7().hex,
    )
    scanners = open_scanners(good, clock)
    try:
        page = _served(page, good, safe)
        for scanner in scanners:
            scanner.start(safe.offer)
        heartbeat.ready("safe mode")
        print(f"noac kiosk {good.plant}/{good.device} safe mode: {page.address or 'no page'}", flush=True)  # noqa: T201 the one line it says
        safe.run(is_over, heartbeat.alive)
    finally:
        for scanner in scanners:
            scanner.stop()
        safe.finish()
        page.stop()
        sound.stop()


def _page(good: LastGood) -> PagePort:
    if not good.page:
        return NoPage()
    try:
        from kiosk.web import Page  # noqa: PLC0415 the page itself may be what cannot be imported
    except ImportError:
        _LOG.exception("no page in safe mode")
        return NoPage()
    return Page(default_language=good.language)


def _served(page: PagePort, good: LastGood, safe: SafeMode) -> PagePort:
    try:
        page.start(HOST, good.port, safe.offer)
    except OSError as error:
        _LOG.error("the page of safe mode cannot be served: %s", error)
    return page


def _reason(error: Exception) -> KeptReason:
    match error:
        case SettingsError():
            return "settings"
        case StartError():
            return "start"
        case _:
            return "program"


def _until(stopping: threading.Event, config: Path) -> Callable[[], bool]:
    """Return whether it is over: somebody stops the kiosk, or has changed its settings."""
    before = _changed_ns(config)
    return lambda: stopping.is_set() or _changed_ns(config) != before


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def find_data(config: Path) -> Path | None:
    """Return the data folder of settings that cannot be read: as they say, as they nearly say, or as systemd says."""
    candidates: list[Path] = []
    try:
        text = config.read_text(encoding="utf-8", errors="replace")[:SETTINGS_READ_CHARS_MAX]
    except OSError:
        text = ""
    try:
        told = tomllib.loads(text).get("data")
    except tomllib.TOMLDecodeError:
        told = None
    found = _DATA_LINE.search(text)
    candidates += [config.parent / one for one in (told, found and found[1]) if isinstance(one, str) and one]
    state = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if state:
        candidates += [Path(state), *sorted(one for one in Path(state).glob("*") if one.is_dir())]
    return next((one for one in candidates if last_good(one) is not None), None)
