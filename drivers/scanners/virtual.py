"""A scanner that is no device: codes come from the program, a script, or a loopback socket; it can misbehave.

Lines (`drivers/virtual_device.py` says how they are carried):

    {"scan": "ZPA01…", "symbology": "]C1", "fault": "double", "times": 3}   all but "scan" may be left out
    {"scan": "LOT{n}", "per_s": 200, "for_s": 60}        a stuck trigger; {n} counts, and is not needed
    {"do": "unplug"}   {"do": "replug"}                  scans in between are refused
    {"do": "fault", "fault": "qwertz"}   {"do": "fault"}   this fault for every scan; none again
    {"wait_ms": 500}                                     be still, for scripts
"""

import threading
from typing import Annotated, Literal, cast

import msgspec

from drivers.clock import Clock
from drivers.code_buffer import QUIET_GAP_MS
from drivers.device import DeviceSettings, DeviceState
from drivers.scanner import CODE_CHARS_MAX, Garbled, Scan, Scanner, ScannerOutput, ScannerStatus
from drivers.scanners.virtual_faults import Fault, arriving
from drivers.virtual_device import Answer, VirtualDevice, VirtualSettings, WaitMs, decode_command

TIMES_MAX = 10_000
PER_S_MAX, FOR_S_MAX = 1_000, 3_600
COUNTED = "{n}"
"""In the text of a stuck trigger: the number of the pull, from 1, so that every code is another one."""


class Settings(VirtualSettings, frozen=True, kw_only=True):
    """`kind = "virtual"`: `port` to listen on (0: a free one, None: none), `script` to play at start."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the protocol."""

    scan: Annotated[str, msgspec.Meta(max_length=CODE_CHARS_MAX)] | None = None
    symbology: Annotated[str, msgspec.Meta(max_length=8)] | None = None
    fault: Fault | None = None
    times: Annotated[int, msgspec.Meta(ge=1, le=TIMES_MAX)] = 1
    per_s: Annotated[int, msgspec.Meta(ge=1, le=PER_S_MAX)] = 0
    for_s: Annotated[float, msgspec.Meta(gt=0, le=FOR_S_MAX)] = 1.0
    do: Literal["unplug", "replug", "fault"] | None = None
    wait_ms: WaitMs = 0


_COMMANDS = msgspec.json.Decoder(Command)


class VirtualScanner(VirtualDevice[ScannerOutput]):
    """A scanner without hardware."""

    NOUN = "scanner"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings, clock)
        self._fault: Fault | None = None
        self._unterminated = ""
        self._gap: threading.Timer | None = None

    def scan(
        self, text: str, *, symbology: str | None = None, fault: Fault | None = None, times: int = 1
    ) -> Answer:
        """Pull the trigger on a code `times` times."""
        with self._lock:
            if not self._plugged_in:
                return Answer(ok=False, error="the scanner is unplugged")
            fault = fault or self._fault
            for _ in range(times):
                self._pull(text, symbology, fault)
        return Answer(ok=True)

    def flood(self, text: str, *, per_s: int, for_s: float, symbology: str | None = None) -> Answer:
        """Hold the trigger: so many codes a second, for so long; ends early when unplugged or stopped."""
        began_ms = self._clock.monotonic_ms()
        for number in range(1, int(per_s * for_s) + 1):
            due_ms = began_ms + (number - 1) * 1000 // per_s
            if self._stopping.wait(max(0, due_ms - self._clock.monotonic_ms()) / 1000):
                return Answer(ok=False, error="the scanner is stopped")
            answer = self.scan(text.replace(COUNTED, str(number)), symbology=symbology)
            if not answer.ok:
                return answer
        return Answer(ok=True)

    def misbehave(self, fault: Fault | None) -> None:
        """Have every scan from now on suffer this fault; None: behave again."""
        with self._lock:
            self._fault = fault

    def obey(self, line: bytes) -> Answer:
        """Do what one line of the protocol says; whatever it is, the answer is an Answer."""
        command = decode_command(line, _COMMANDS)
        if isinstance(command, Answer):
            return command
        match command.do:
            case "unplug":
                self.unplug()
            case "replug":
                self.replug()
            case "fault":
                self.misbehave(command.fault)
            case None:
                return self._scan_or_wait(command)
        return Answer(ok=True)

    def _status_of(self, state: DeviceState, detail: str) -> ScannerStatus:
        return ScannerStatus(device=self.name, state=state, detail=detail)

    def _forget(self) -> None:
        self._cancel_gap()
        if self._unterminated:
            self._unterminated = ""
            self._send(Garbled(device=self.name, reason="unplugged"))

    def _scan_or_wait(self, command: Command) -> Answer:
        if command.wait_ms:
            self._stopping.wait(command.wait_ms / 1000)
        if command.scan is not None and command.per_s:
            return self.flood(
                command.scan, per_s=command.per_s, for_s=command.for_s, symbology=command.symbology
            )
        if command.scan is not None:
            return self.scan(
                command.scan, symbology=command.symbology, fault=command.fault, times=command.times
            )
        if command.wait_ms:
            return Answer(ok=True)
        return Answer(ok=False, error="neither scan nor do")

    def _pull(self, text: str, symbology: str | None, fault: Fault | None) -> None:
        if fault == "garbled":
            self._send(Garbled(device=self.name, reason="events_dropped"))
        if fault == "unplug":
            self._unterminated = text[: len(text) // 2 + 1]
            self.unplug()
        for code in arriving(text, fault):
            self._unterminated += code
            self._cancel_gap()
            if fault == "no_terminator":
                self._gap = threading.Timer(QUIET_GAP_MS / 1000, self._close_by_gap)
                self._gap.daemon = True
                self._gap.start()
            else:
                self._close(symbology)

    def _close_by_gap(self) -> None:
        with self._lock:
            self._close(None)

    def _close(self, symbology: str | None) -> None:
        text, self._unterminated = self._unterminated, ""
        if len(text) > CODE_CHARS_MAX:
            self._send(Garbled(device=self.name, reason="too_long"))
        elif text:
            now, monotonic_ms = self._clock.now(), self._clock.monotonic_ms()
            self._send(
                Scan(
                    text=text,
                    symbology=symbology,
                    device=self.name,
                    event_time=now,
                    monotonic_ms=monotonic_ms,
                )
            )

    def _cancel_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None


def open(settings: DeviceSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return VirtualScanner(cast("Settings", settings), clock)
