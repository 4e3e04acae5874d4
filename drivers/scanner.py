"""What every scanner is to the kiosk: a name, start, stop, and a stream of what it saw.

A scanner reads in a thread of its own and decides nothing. Its kinds are the files of `scanners/`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol, cast

import msgspec

from domain.settings import convert_settings
from drivers import registry, scanners
from drivers.clock import Clock, SystemClock
from drivers.device import DeviceSettings, DeviceState

CODE_CHARS_MAX = 4096
"""Longest code a scanner hands over; a longer one is reported as `Garbled`, never cut short."""

GarbledReason = Literal[
    "events_dropped",
    "unplugged",
    "too_long",
    "unterminated",
    "prefix_missing",
    "suffix_missing",
    "bad_record",
    "other_layout",
]


Ended = Literal["enter", "tab", "gap"]
"""What closed a code: a key, or nothing more coming."""


class Scan(msgspec.Struct, frozen=True, kw_only=True, tag="scan"):
    """One code that one trigger pull delivered, exactly as the device sent it.

    `device` is the scanner's name from the settings; `symbology` the AIM identifier where the device tells it
    apart from the text (in the text it stays where it is); `ended` what closed the code, where that is known;
    `event_time` (aware, UTC) and `monotonic_ms` are the moment it was closed.
    """

    text: str
    symbology: str | None = None
    ended: Ended | None = None
    device: str
    event_time: datetime
    monotonic_ms: int


class ScannerStatus(msgspec.Struct, frozen=True, kw_only=True, tag="scanner_status"):
    """Whether a scanner can be used now; `detail` says more in English, for the log and the service page."""

    device: str
    state: DeviceState
    detail: str = ""


class Garbled(msgspec.Struct, frozen=True, kw_only=True, tag="garbled"):
    """Something was scanned and did not arrive whole; it was thrown away and must be scanned again."""

    device: str
    reason: GarbledReason


ScannerOutput = Scan | ScannerStatus | Garbled
Emit = Callable[[ScannerOutput], None]


class Scanner(Protocol):
    """A source of codes. `start` once, `stop` once; `emit` is called from the scanner's own thread."""

    @property
    def name(self) -> str:
        """The scanner's name from the settings, unique on this kiosk."""
        ...

    def start(self, emit: Emit) -> None:
        """Begin to read and to look for the device; returns at once, absence is a status, not an error."""
        ...

    def stop(self) -> None:
        """Let go of the device and end the thread; nothing is emitted after this returns."""
        ...


class _ScannerKind(Protocol):
    Settings: type[DeviceSettings]

    def open(self, settings: DeviceSettings, clock: Clock) -> Scanner: ...


def scanner_kinds() -> tuple[str, ...]:
    """Names of the kinds of scanner this build knows, sorted."""
    return registry.kinds(scanners)


def open_scanner(settings: Mapping[str, Any], clock: Clock | None = None) -> Scanner:
    """Build the scanner that one `[[scanner]]` table describes; it touches no device before `start`.

    Raises SettingsError for an unknown kind, an unknown key or a bad value.
    """
    source = f"scanner {settings.get('name', '(without name)')!r}"
    kind = cast("_ScannerKind", registry.load(scanners, settings.get("kind"), key="kind", source=source))
    return kind.open(convert_settings(settings, kind.Settings, source=source), clock or SystemClock())
