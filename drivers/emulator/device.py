"""The printer emulator as a device on the network: its port, its power switch, its connections."""

import contextlib
import socket
import struct
import threading
from collections import Counter
from pathlib import Path

from drivers.clock import Clock, SystemClock
from drivers.emulator.answers import answer
from drivers.emulator.mechanism import Mechanism
from drivers.emulator.zpl_stream import LENGTH_DOTS_DEFAULT, Format, Order, Question, ZplStream

HOST = "127.0.0.1"
READ_BYTES = 65_536
CONNECTIONS_MAX = 16
UNKNOWN_COMMANDS_MAX = 200
"""Different unknown commands that are counted by name; more are counted together."""

ANSWER_TIMEOUT_S = 2
"""A peer that does not read its answers for so long is hung up on."""

POWER_OFF_MS_MAX = 600_000


class EmulatedPrinter:
    """A ZPL printer on 127.0.0.1 that prints to a folder; faults are methods."""

    def __init__(
        self, *, folder: Path, port: int = 0, ms_per_label: int = 200, clock: Clock | None = None
    ) -> None:
        self.mechanism = Mechanism(folder, clock or SystemClock(), ms_per_label=ms_per_label)
        self.folder = folder
        self.port = port
        self.unknown: Counter[str] = Counter()
        self.received_bytes = 0
        self.is_mute = False
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._links: dict[socket.socket, ZplStream] = {}
        self._power_off_at: int | None = None
        self._power_timer: threading.Timer | None = None
        self._last_length = LENGTH_DOTS_DEFAULT

    @property
    def address(self) -> str:
        """The address a kiosk's settings would name."""
        return f"tcp://{HOST}:{self.port}"

    @property
    def is_on(self) -> bool:
        """The power switch."""
        return self._listener is not None

    def start(self) -> None:
        """Switch on; OSError when the port is taken."""
        self.power_on()
        self.mechanism.start()

    def stop(self) -> None:
        """Switch off and end all threads."""
        self.power_off()
        self.mechanism.stop()

    def power_on(self) -> None:
        """Press the switch; nothing happens when it is on."""
        with self._lock:
            if self._listener is not None:
                return
            listener = socket.create_server((HOST, self.port), backlog=CONNECTIONS_MAX)
            self.port = listener.getsockname()[1]
            self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), name="printer-port", daemon=True).start()

    def power_off(self) -> None:
        """Press the switch: connections drop, whatever was not printed is gone."""
        with self._lock:
            if self._power_timer is not None:
                self._power_timer.cancel()
                self._power_timer = None
            listener, self._listener = self._listener, None
            self._power_off_at = None
            if listener is not None:
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                listener.close()
            for link in tuple(self._links):
                _cut(link)
            self._links.clear()
            self.mechanism.forget()

    def power_cycle(self, *, off_ms: int = 500) -> None:
        """Off and on again: connections drop, whatever was not printed is gone."""
        with self._lock:
            self.power_off()
            self._power_timer = threading.Timer(min(off_ms, POWER_OFF_MS_MAX) / 1000, self.power_on)
            self._power_timer.daemon = True
            self._power_timer.start()

    def power_off_after(self, received_bytes: int) -> None:
        """The power goes when this many more bytes have arrived; it stays off until `power_on`."""
        with self._lock:
            self._power_off_at = self.received_bytes + received_bytes

    def mute(self, *, on: bool) -> None:
        """Answers are lost on the way back."""
        self.is_mute = on

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return  # switched off
            with self._lock:
                if self._listener is not listener or len(self._links) >= CONNECTIONS_MAX:
                    _cut(link)
                    continue
                link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", ANSWER_TIMEOUT_S, 0))
                self._links[link] = ZplStream()
            threading.Thread(target=self._serve, args=(link,), name="printer-link", daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        try:
            while data := link.recv(READ_BYTES):
                if not self._receive(link, data):
                    return
        except OSError:
            return  # the other side is gone, or the power
        finally:
            with self._lock:
                self._links.pop(link, None)
            with contextlib.suppress(OSError):
                link.close()

    def _receive(self, link: socket.socket, data: bytes) -> bool:
        """Take bytes in; False when the power went."""
        with self._lock:
            stream = self._links.get(link)
            if stream is None:
                return False
            room = None if self._power_off_at is None else self._power_off_at - self.received_bytes
            self.received_bytes += len(data)
            for item in stream.feed(data if room is None else data[:room]):
                self._do(link, stream, item)
            self._count_unknown(stream)
            if room is not None and len(data) >= room:
                self.power_off()
                return False
            return True

    def _do(self, link: socket.socket, stream: ZplStream, item: Format | Question | Order) -> None:
        if isinstance(item, Format):
            self._last_length = item.image.height
            if not self.mechanism.take(item):
                self.unknown["(buffer full, format lost)"] += 1
        elif isinstance(item, Question):
            if not self.is_mute:
                state = self.mechanism.state()
                inside = stream.is_inside_format
                link.sendall(
                    answer(item.about, state, label_length_dots=self._last_length, inside_format=inside)
                )
        else:
            self.mechanism.obey(item)

    def _count_unknown(self, stream: ZplStream) -> None:
        for name, times in stream.unknown.items():
            known = name in self.unknown or len(self.unknown) < UNKNOWN_COMMANDS_MAX
            self.unknown[name if known else "(others)"] += times
        stream.unknown.clear()


def _cut(link: socket.socket) -> None:
    """End a connection as a power cut does for the other side: by reset, without good-bye."""
    with contextlib.suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        link.close()
