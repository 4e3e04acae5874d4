"""What a person in front of a kiosk sees and touches: its screen, over the browser's own socket. Nothing else."""

import contextlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import msgspec
import simple_websocket
from simple_websocket.errors import SimpleWebsocketError

LOOK_S = 0.5
RETRY_S = 0.3
END_TIMEOUT_S = 3.0

# Engine.IO protocol 4 and Socket.IO protocol 5, the packet types a listener needs.
_OPEN, _PING, _PONG, _CONNECT, _EVENT = "0", "2", "3", "40", "42"

_SCREEN = re.compile(r'class="screen view-(\w+) tone-(\w+)')
_PENDING = re.compile(r'<b class="number">(\d+)</b>')
_HUB = re.compile(r'class="state hub-(\w+)"')
_BUTTON = re.compile(r"<button[^>]*>")
_SCANNED = re.compile(r'<div class="scanned">.*?</div>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One screen. `tone`: the colour of the answer; `pending`: what it says still waits; `hub`: how that is."""

    turn: int
    html: str
    view: str
    tone: str
    pending: int
    hub: str

    def is_green(self, lot: str) -> bool:
        """Tell whether it says in green that goods with this lot are stored."""
        return self.tone == "stored" and lot in self.html

    def offers(self, action: str, value: str) -> bool:
        """Tell whether there is such a button."""
        named = f'data-action="{escape(action)}"' + (f' data-value="{escape(value)}"' if value else "")
        return any(named in one and " disabled" not in one for one in _BUTTON.findall(self.html))

    def lists(self, lot: str) -> bool:
        """Tell whether goods with this lot stand among the lines, not only in what was scanned last."""
        return lot in _SCANNED.sub("", self.html)


class Glass:
    """Watches one kiosk's page and takes up again whenever the kiosk is back."""

    def __init__(self, port: int) -> None:
        self._address = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self._changed = threading.Condition()
        self._seen: Seen | None = None
        self._socket: simple_websocket.Client | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="glass", daemon=True)
        self._thread.start()

    @property
    def seen(self) -> Seen | None:
        """The screen as it is now; None while it is dark."""
        return self._seen

    def wait(self, wanted: Callable[[Seen], bool], timeout_s: float) -> Seen | None:
        """Wait for a screen like that; None if it does not come in time or the screen goes dark."""
        with self._changed:
            self._changed.wait_for(lambda: self._seen is None or wanted(self._seen), timeout_s)
            return self._seen if self._seen and wanted(self._seen) else None

    def wait_back(self, wanted: Callable[[Seen], bool], timeout_s: float) -> Seen | None:
        """Wait for a screen like that through the dark of a start; None if it does not come in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._seen is not None and wanted(self._seen), timeout_s)
            return self._seen if self._seen and wanted(self._seen) else None

    def touch(self, action: str, value: str, timeout_s: float) -> None:
        """Touch a button as soon as it is there, and wait until the screen answers. Raises OSError if it does not."""
        seen = self.wait_back(lambda now: now.offers(action, value), timeout_s)
        if seen is None or self._socket is None:
            raise OSError(f"there is no button {action} {value}")
        touch = {"action": action, "value": value, "turn": seen.turn}
        self._socket.send(_EVENT + msgspec.json.encode(("touch", touch)).decode())
        if self.wait(lambda now: now.turn > seen.turn, timeout_s) is None:
            raise OSError(f"nothing came of touching {action} {value}")

    def close(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join(END_TIMEOUT_S)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(OSError, SimpleWebsocketError):
                self._listen(simple_websocket.Client(self._address))
            self._show(None)
            self._stopping.wait(RETRY_S)

    def _listen(self, socket: simple_websocket.Client) -> None:
        self._socket = socket
        try:
            while not self._stopping.is_set():
                packet = socket.receive(timeout=LOOK_S)
                if not isinstance(packet, str):
                    continue
                if packet.startswith(_EVENT):
                    name, pushed = msgspec.json.decode(packet.removeprefix(_EVENT))
                    if name == "screen":
                        self._show(_read(pushed))
                elif packet.startswith(_OPEN):
                    socket.send(_CONNECT)
                elif packet == _PING:
                    socket.send(_PONG)
        finally:
            self._socket = None
            with contextlib.suppress(OSError, SimpleWebsocketError):
                socket.close()

    def _show(self, seen: Seen | None) -> None:
        with self._changed:
            self._seen = seen
            self._changed.notify_all()


def _read(pushed: Mapping[str, Any]) -> Seen | None:
    html: str = pushed["html"]
    screen, pending, hub = _SCREEN.search(html), _PENDING.search(html), _HUB.search(html)
    if not (screen and pending and hub):
        return None
    return Seen(
        turn=pushed["turn"], html=html, view=screen[1], tone=screen[2], pending=int(pending[1]), hub=hub[1]
    )
