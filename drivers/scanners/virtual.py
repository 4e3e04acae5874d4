"""A scanner that is no device: codes come from the program, a script, or a loopback socket; it can misbehave.

Line protocol: one JSON object per line, answered by one line `{"ok": true}` or `{"ok": false, "error": "…"}`:

    {"scan": "ZPA01…", "symbology": "]C1", "fault": "double", "times": 3}   all but "scan" may be left out
    {"do": "unplug"}   {"do": "replug"}                  scans in between are refused
    {"do": "fault", "fault": "qwertz"}   {"do": "fault"}   this fault for every scan; none again
    {"wait_ms": 500}                                     be still, for scripts
"""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, cast

import msgspec

from drivers.clock import Clock
from drivers.code_buffer import QUIET_GAP_MS
from drivers.scanner import (
    CODE_CHARS_MAX,
    Emit,
    Garbled,
    Scan,
    Scanner,
    ScannerOutput,
    ScannerSettings,
    ScannerState,
    ScannerStatus,
)
from drivers.scanners.virtual_faults import Fault, arriving

HOST = "127.0.0.1"
LINE_BYTES_MAX = 8 * CODE_CHARS_MAX
TIMES_MAX = 10_000
WAIT_MS_MAX = 60_000
CONNECTIONS_MAX = 16
SHUTDOWN_LOOK_S = 0.05


class Settings(ScannerSettings, frozen=True, kw_only=True):
    """`kind = "virtual"`: `port` to listen on (0: a free one, None: none), `script` to play at start."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    script: Path | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the protocol."""

    scan: Annotated[str, msgspec.Meta(max_length=CODE_CHARS_MAX)] | None = None
    symbology: Annotated[str, msgspec.Meta(max_length=8)] | None = None
    fault: Fault | None = None
    times: Annotated[int, msgspec.Meta(ge=1, le=TIMES_MAX)] = 1
    do: Literal["unplug", "replug", "fault"] | None = None
    wait_ms: Annotated[int, msgspec.Meta(ge=0, le=WAIT_MS_MAX)] = 0


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a line was answered."""

    ok: bool
    error: str = ""


class VirtualScanner:
    """A scanner without hardware."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._emit: Emit | None = None
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._plugged_in = True
        self._fault: Fault | None = None
        self._unterminated = ""
        self._gap: threading.Timer | None = None
        self._server: _Server | None = None
        self._threads: list[threading.Thread] = []

    @property
    def name(self) -> str:
        """The scanner's name from the settings."""
        return self._settings.name

    @property
    def port(self) -> int | None:
        """The port it listens on; None before `start`, and without a socket."""
        return self._server.server_address[1] if self._server else None

    def start(self, emit: Emit) -> None:
        """Be ready; listen and play the script where the settings say so."""
        self._emit = emit
        if self._settings.port is not None:
            try:
                self._server = _Server((HOST, self._settings.port), self)
            except OSError as error:
                self._tell("error", f"{HOST}:{self._settings.port}: {error.strerror}")
                return
            server = self._server
            self._begin(lambda: server.serve_forever(SHUTDOWN_LOOK_S))
        self._tell_ready()
        if self._settings.script is not None:
            self._begin(self._play_script)

    def stop(self) -> None:
        """End the threads and close the socket."""
        self._stopping.set()
        with self._lock:
            self._cancel_gap()
            self._emit = None
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
        for thread in self._threads:
            thread.join(5)

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

    def unplug(self) -> None:
        """Pull the cable; a code that waits for its terminator is lost."""
        with self._lock:
            self._cancel_gap()
            if self._unterminated:
                self._unterminated = ""
                self._send(Garbled(device=self.name, reason="unplugged"))
            if self._plugged_in:
                self._plugged_in = False
                self._tell("lost", "unplugged")

    def replug(self) -> None:
        """Put the cable back."""
        with self._lock:
            if not self._plugged_in:
                self._plugged_in = True
                self._tell_ready()

    def misbehave(self, fault: Fault | None) -> None:
        """Have every scan from now on suffer this fault; None: behave again."""
        with self._lock:
            self._fault = fault

    def obey(self, line: bytes) -> Answer:
        """Do what one line of the protocol says; whatever it is, the answer is an Answer."""
        try:
            command = msgspec.json.decode(line, type=Command)
        except msgspec.DecodeError as error:  # ValidationError is one too
            return Answer(ok=False, error=str(error))
        except UnicodeDecodeError:
            return Answer(ok=False, error="the line is not UTF-8")
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

    def _scan_or_wait(self, command: Command) -> Answer:
        if command.wait_ms:
            self._stopping.wait(command.wait_ms / 1000)
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

    def _play_script(self) -> None:
        script = self._settings.script
        try:
            for line in _script_lines(script):
                if self._stopping.is_set():
                    return
                answer = self.obey(line)
                if not answer.ok:
                    self._tell("error", f"script {script}: {answer.error}: {line[:80]!r}")
                    return
        except OSError as error:
            self._tell("error", f"script {script}: {error.strerror}")

    def _begin(self, work: Callable[[], object]) -> None:
        thread = threading.Thread(target=work, name=f"scanner-{self.name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tell_ready(self) -> None:
        self._tell("ready", f"{HOST}:{self.port}" if self.port else "")

    def _tell(self, state: ScannerState, detail: str) -> None:
        self._send(ScannerStatus(device=self.name, state=state, detail=detail))

    def _send(self, output: ScannerOutput) -> None:
        if self._emit is not None:
            self._emit(output)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], scanner: VirtualScanner) -> None:
        self.scanner = scanner
        self.connections: set[socket.socket] = set()
        super().__init__(address, _Lines)

    def verify_request(self, request: object, client_address: object) -> bool:
        return len(self.connections) < CONNECTIONS_MAX

    def hang_up(self) -> None:
        for connection in tuple(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Lines(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("_Server", self.server)
        server.connections.add(self.request)
        try:
            for line in _bounded(iter(lambda: self.rfile.readline(LINE_BYTES_MAX + 1), b"")):
                answer = (
                    Answer(ok=False, error="the line is too long")
                    if line is None
                    else server.scanner.obey(line)
                )
                self.wfile.write(msgspec.json.encode(answer) + b"\n")
                if line is None:
                    return
        except OSError:
            return  # the other side is gone; there is nobody left to tell
        finally:
            server.connections.discard(self.request)


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes | None]:
    """The lines; None in place of one that is too long."""
    for line in lines:
        yield line if len(line) <= LINE_BYTES_MAX else None


def _script_lines(script: Path | None) -> Iterator[bytes]:
    if script is None:
        return
    with script.open("rb") as file:
        for line in file:
            if line.strip():
                yield line[:LINE_BYTES_MAX]


def open(settings: ScannerSettings, clock: Clock) -> Scanner:  # noqa: A001  the folder's contract
    """The scanner for these settings."""
    return VirtualScanner(cast("Settings", settings), clock)
