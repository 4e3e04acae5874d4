"""A stretch of bad network between a kiosk and its hub: a TCP proxy of one process, told what to do, seeded.

`Weather` says what befalls a connection: it is asked once for each, so a plan may be the same for all, drawn by chance,
or meant for the next one only. Times are short on purpose: what matters is the order in which bytes and ends arrive.
"""

from __future__ import annotations

import contextlib
import random
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal, Self

CHUNK_BYTES = 64 * 1024
HELD_OPEN_S_MAX = 20.0
"""A connection left hanging is let go after this, so that no test leaves one behind."""
LOOK_S = 0.02
SEND_S_MAX = 5.0

PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 60\r\n\r\n"
    b"<html><title>Welcome</title>Please accept the terms.</html>\n "
)

End = Literal["reset", "close", "silence"]
"""How a cut looks from outside: refused bytes, an orderly end, or nothing at all any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What befalls one connection; nothing, as it stands. Byte numbers count from the connection's beginning."""

    delay_s: float = 0.0
    slice_bytes: int = CHUNK_BYTES
    bytes_per_s: int = 0
    """0: as fast as it goes."""
    request_cut_at: int | None = None
    answer_cut_at: int | None = None
    end: End = "reset"
    request_flip: int | None = None
    """The number of the bit to turn."""
    answer_flip: int | None = None
    again: int = 0
    """How often each request is sent once more, on a connection of its own; nobody hears those answers."""
    instead: bytes | None = None
    """An answer given without asking the hub."""


CALM = Plan()


def storm(chance: random.Random) -> Plan:
    """Draw a plan: half of all connections suffer something."""
    kinds: tuple[Callable[[], Plan], ...] = (
        lambda: Plan(request_cut_at=chance.randrange(4000), end=chance.choice(("reset", "close"))),
        lambda: Plan(answer_cut_at=chance.randrange(900), end=chance.choice(("reset", "close"))),
        lambda: Plan(answer_cut_at=0, end="silence"),
        lambda: Plan(request_flip=chance.randrange(20_000)),
        lambda: Plan(answer_flip=chance.randrange(7_000)),
        lambda: Plan(again=chance.randint(1, 2)),
        lambda: Plan(slice_bytes=chance.randint(1, 200)),
        lambda: Plan(delay_s=chance.uniform(0.0, 0.05)),
        lambda: Plan(instead=PORTAL),
    )
    return chance.choice(kinds)() if chance.random() < 0.5 else CALM


class Proxy:
    """Listens on a free port of this machine; every connection is led to `target`, as the weather lets it."""

    def __init__(self, target: tuple[str, int], weather: Callable[[], Plan] = lambda: CALM) -> None:
        self.target = target
        self.weather = weather
        self.connections = 0
        self.requests: list[bytes] = []
        """What came from kiosks, a piece for each connection, to be played again."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LOOK_S)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """The address kiosks are given."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._accepting.join()
        self._listener.close()
        for one in self._threads:
            one.join(HELD_OPEN_S_MAX)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            thread = threading.Thread(target=self._lead, args=(client, self.weather()), daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def _lead(self, client: socket.socket, plan: Plan) -> None:
        with client:
            if plan.instead is not None:
                self._answer_instead(client, plan.instead)
                return
            try:
                hub = socket.create_connection(self.target, timeout=5)
            except OSError:
                return
            with hub:
                for one in (
                    client,
                    hub,
                ):  # what was written in two pieces must not wait for an acknowledgement
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    one.settimeout(SEND_S_MAX)
                _Connection(client, hub, plan, self._stopping, self._keep).lead()

    def _answer_instead(self, client: socket.socket, answer: bytes) -> None:
        client.settimeout(1)
        with contextlib.suppress(OSError):
            client.recv(CHUNK_BYTES)
            client.sendall(answer)

    def _keep(self, request: bytes, plan: Plan) -> None:
        self.requests.append(request)
        for _ in range(plan.again):
            with contextlib.suppress(OSError):
                play(self.target, request)


def play(target: tuple[str, int], request: bytes) -> bytes:
    """Send recorded bytes to the hub and return the beginning of what it says to them."""
    with socket.create_connection(target, timeout=SEND_S_MAX) as hub:
        hub.sendall(request)
        return hub.recv(CHUNK_BYTES)


class _Connection:
    """Both directions of one connection, each with its own thread."""

    def __init__(
        self,
        client: socket.socket,
        hub: socket.socket,
        plan: Plan,
        stopping: threading.Event,
        keep: Callable[[bytes, Plan], None],
    ) -> None:
        self._client, self._hub, self._plan, self._stopping, self._keep = client, hub, plan, stopping, keep
        self._over = threading.Event()
        self._recorded = bytearray()

    def lead(self) -> None:
        time.sleep(self._plan.delay_s)
        back = threading.Thread(target=self._pass, args=(self._hub, self._client, False), daemon=True)
        back.start()
        self._pass(self._client, self._hub, True)
        back.join()
        if self._recorded:
            self._keep(bytes(self._recorded), self._plan)

    def _pass(self, source: socket.socket, sink: socket.socket, is_request: bool) -> None:
        plan = self._plan
        cut_at = plan.request_cut_at if is_request else plan.answer_cut_at
        flip = plan.request_flip if is_request else plan.answer_flip
        passed = 0
        while not (self._over.is_set() or self._stopping.is_set()):
            try:
                if not select.select([source], [], [], LOOK_S)[0]:
                    continue
                piece = source.recv(min(plan.slice_bytes, CHUNK_BYTES))
            except OSError:
                break
            if not piece:
                break
            if is_request:
                self._recorded += piece
            piece = _flipped(piece, flip, passed)
            is_cut = cut_at is not None and passed + len(piece) > cut_at
            piece = piece[: cut_at - passed] if is_cut and cut_at is not None else piece
            try:
                sink.sendall(piece)
            except OSError:
                break
            passed += len(piece)
            if is_cut:
                self._cut()
                return
            if plan.bytes_per_s:
                time.sleep(len(piece) / plan.bytes_per_s)
        self._over.set()

    def _cut(self) -> None:
        if self._plan.end == "silence":
            began_s = time.monotonic()
            while not self._stopping.wait(LOOK_S) and time.monotonic() - began_s < HELD_OPEN_S_MAX:
                if self._over.is_set():  # the other side has given up
                    break
        elif self._plan.end == "reset":
            linger = struct.pack("ii", 1, 0)
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._over.set()


def _flipped(piece: bytes, bit: int | None, passed: int) -> bytes:
    if bit is None or not passed <= bit // 8 < passed + len(piece):
        return piece
    turned = bytearray(piece)
    turned[bit // 8 - passed] ^= 1 << bit % 8
    return bytes(turned)


def once(plan: Plan) -> Callable[[], Plan]:
    """Weather that befalls the next connection only."""
    left = [replace(plan)]
    return lambda: left.pop() if left else CALM
