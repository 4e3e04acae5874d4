"""What every device that is no device has in common: a cable to pull, a script to play, a loopback socket to obey.

Line protocol: one JSON object per line, answered by one line `{"ok": true}` or `{"ok": false, "error": "…"}`.
"""

import contextlib
import socket
import socketserver
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Generic, TypeVar, cast

import msgspec

from drivers.clock import Clock
from drivers.device import DeviceSettings, DeviceState, Output

HOST = "127.0.0.1"
LINE_BYTES_MAX = 32_768
WAIT_MS_MAX = 60_000
CONNECTIONS_MAX = 16
SHUTDOWN_LOOK_S = 0.05

Command = TypeVar("Command")
WaitMs = Annotated[int, msgspec.Meta(ge=0, le=WAIT_MS_MAX)]


class VirtualSettings(DeviceSettings, frozen=True, kw_only=True):
    """`kind = "virtual"`: `port` to listen on (0: a free one, None: none), `script` to play at start."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    script: Path | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a line was answered."""

    ok: bool
    error: str = ""


class VirtualDevice(ABC, Generic[Output]):
    """A device without hardware."""

    NOUN: ClassVar[str]
    """What it is called in its threads' names and in answers."""

    def __init__(self, settings: VirtualSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._emit: Callable[[Output], None] | None = None
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._plugged_in = True
        self._server: _Server | None = None
        self._threads: list[threading.Thread] = []

    @property
    def name(self) -> str:
        """The device's name from the settings."""
        return self._settings.name

    @property
    def port(self) -> int | None:
        """The port it listens on; None before `start`, and without a socket."""
        return self._server.server_address[1] if self._server else None

    def start(self, emit: Callable[[Output], None]) -> None:
        """Be ready; listen and play the script where the settings say so."""
        self._emit = emit
        if self._settings.port is not None:
            try:
                self._server = _Server((HOST, self._settings.port), self.obey)
            except OSError as error:
                self._tell("error", f"{HOST}:{self._settings.port}: {error.strerror}")
                return
            server = self._server
            self._begin(lambda: server.serve_forever(SHUTDOWN_LOOK_S))
        self._tell_ready()
        self._began()
        if self._settings.script is not None:
            self._begin(self._play_script)

    def stop(self) -> None:
        """End the threads and close the socket."""
        self._stopping.set()
        with self._lock:
            self._emit = None
            self._forget()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
        for thread in self._threads:
            thread.join(5)

    def unplug(self) -> None:
        """Pull the cable; what had begun is lost."""
        with self._lock:
            self._forget()
            if self._plugged_in:
                self._plugged_in = False
                self._tell("lost", "unplugged")

    def replug(self) -> None:
        """Put the cable back."""
        with self._lock:
            if not self._plugged_in:
                self._plugged_in = True
                self._tell_ready()

    @abstractmethod
    def obey(self, line: bytes) -> Answer:
        """Do what one line of the protocol says; whatever it is, the answer is an Answer."""

    @abstractmethod
    def _status_of(self, state: DeviceState, detail: str) -> Output:
        """How the device says how it is."""

    def _began(self) -> None:
        """It is ready: begin whatever goes on by itself."""

    def _forget(self) -> None:
        """The cable is out: nothing that had begun will be completed. Called with the lock held."""

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
        thread = threading.Thread(target=work, name=f"{self.NOUN}-{self.name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tell_ready(self) -> None:
        self._tell("ready", f"{HOST}:{self.port}" if self.port else "")

    def _tell(self, state: DeviceState, detail: str) -> None:
        self._send(self._status_of(state, detail))

    def _send(self, output: Output) -> None:
        if self._emit is not None:
            self._emit(output)


def decode_command(line: bytes, decoder: "msgspec.json.Decoder[Command]") -> "Command | Answer":
    """Read one line of the protocol; an Answer that says why where it cannot be read."""
    try:
        return decoder.decode(line)
    except msgspec.DecodeError as error:  # ValidationError is one too
        return Answer(ok=False, error=str(error))
    except UnicodeDecodeError:
        return Answer(ok=False, error="the line is not UTF-8")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], obey: Callable[[bytes], Answer]) -> None:
        self.obey = obey
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
                answer = Answer(ok=False, error="the line is too long") if line is None else server.obey(line)
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
