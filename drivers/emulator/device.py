"""The printer emulator as a device on the network: its port, its power switch, its connections."""

import contextlib
import socket
import struct
import threading
from collections import Counter
from functools import partial
from pathlib import Path

from drivers.clock import Clock, SystemClock
from drivers.emulator.mechanism import Mechanism
from drivers.emulator.stream import DOTS_PER_MM_DEFAULT, Format, Order, Question, Stream, open_stream
from drivers.language import BLOCKING

HOST = "127.0.0.1"
LANGUAGE_DEFAULT = "zpl"
READ_BYTES = 65_536
CONNECTIONS_MAX = 16
COMMANDS_COUNTED_MAX = 200
"""Different commands that are counted by name; more are counted together."""

ANSWER_TIMEOUT_S = 2
"""A peer that does not read its answers for so long is hung up on."""

POWER_OFF_MS_MAX = 600_000


class EmulatedPrinter:
    """A printer on 127.0.0.1 that prints to a folder; faults are methods."""

    def __init__(
        self,
        *,
        folder: Path,
        language: str = LANGUAGE_DEFAULT,
        dots_per_mm: int = DOTS_PER_MM_DEFAULT,
        port: int = 0,
        ms_per_label: int = 200,
        clock: Clock | None = None,
    ) -> None:
        """SettingsError for a language the emulator does not read."""
        self._open = partial(open_stream, language, dots_per_mm)
        self._says = self._open().says
        self.mechanism = Mechanism(
            folder, clock or SystemClock(), ms_per_label=ms_per_label, tell=self._tell_news
        )
        self.language = language
        self.folder = folder
        self.port = port
        self.commands: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.received_bytes = 0
        self.is_mute = False
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._links: dict[socket.socket, Stream] = {}
        self._power_off_at: int | None = None
        self._power_timer: threading.Timer | None = None

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

    def hang_up(self) -> None:
        """The cable is pulled and put back: connections drop, and the printer goes on with what it has."""
        with self._lock:
            for link in tuple(self._links):
                _cut(link)

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
                self._links[link] = self._open()
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
            self._count(stream)
            if room is not None and len(data) >= room:
                self.power_off()
                return False
            return True

    def _do(self, link: socket.socket, stream: Stream, item: Format | Question | Order) -> None:
        if isinstance(item, Format):
            if not self.mechanism.take(item):
                self.unknown["(buffer full, format lost)"] += 1
        elif isinstance(item, Question):
            if item.in_turn:
                self.mechanism.in_turn(lambda: self._answer_in_turn(link, item))
            else:
                self._answer(link, stream, item)
        else:
            self.mechanism.obey(item)

    def _answer(self, link: socket.socket, stream: Stream, question: Question) -> None:
        """Answer; a printer whose language has no word for what keeps it from printing stays silent."""
        state = self.mechanism.state()
        if not self.is_mute and not (set(state.conditions) & BLOCKING) - self._says:
            link.sendall(stream.answer(question, state))

    def _answer_in_turn(self, link: socket.socket, question: Question) -> None:
        with self._lock, contextlib.suppress(OSError):  # the other side may be gone by now
            stream = self._links.get(link)
            if stream is not None:
                self._answer(link, stream, question)

    def _tell_news(self) -> None:
        """The printer's sensors saw something: tell whoever asked to be told."""
        with self._lock:
            state = self.mechanism.state()
            for link, stream in tuple(self._links.items()):
                with contextlib.suppress(OSError):
                    if not self.is_mute and (news := stream.news(state)):
                        link.sendall(news)

    def _count(self, stream: Stream) -> None:
        for kept, seen in ((self.commands, stream.commands), (self.unknown, stream.unknown)):
            for name, times in seen.items():
                known = name in kept or len(kept) < COMMANDS_COUNTED_MAX
                kept[name if known else "(others)"] += times
            seen.clear()


def _cut(link: socket.socket) -> None:
    """End a connection as a power cut does for the other side: by reset, without good-bye."""
    with contextlib.suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        link.close()
