"""The emulator's page on loopback: the labels as they come out, and buttons for every fault."""

import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import cast
from urllib.parse import parse_qs, urlsplit

import msgspec

from drivers.emulator.device import HOST, EmulatedPrinter
from drivers.language import Condition

LABELS_SHOWN_MAX = 60
SHUTDOWN_LOOK_S = 0.05
_OWN_NAMES = frozenset({HOST, "localhost"})

Action = Callable[[EmulatedPrinter, int], None]


def _condition(condition: Condition, *, on: bool) -> Action:
    return lambda printer, _: printer.mechanism.set_condition(condition, on=on)


ACTIONS: Mapping[str, Action] = {
    "paper-out": _condition(Condition.PAPER_OUT, on=True),
    "paper-in": _condition(Condition.PAPER_OUT, on=False),
    "ribbon-out": _condition(Condition.RIBBON_OUT, on=True),
    "ribbon-in": _condition(Condition.RIBBON_OUT, on=False),
    "head-open": _condition(Condition.HEAD_OPEN, on=True),
    "head-close": _condition(Condition.HEAD_OPEN, on=False),
    "near-end": _condition(Condition.NEAR_END, on=True),
    "new-roll": _condition(Condition.NEAR_END, on=False),
    "jam": _condition(Condition.JAMMED, on=True),
    "clear-jam": _condition(Condition.JAMMED, on=False),
    "buffer-full": _condition(Condition.BUFFER_FULL, on=True),
    "buffer-free": _condition(Condition.BUFFER_FULL, on=False),
    "offline": _condition(Condition.OFFLINE, on=True),
    "online": _condition(Condition.OFFLINE, on=False),
    "pause": _condition(Condition.PAUSED, on=True),
    "resume": _condition(Condition.PAUSED, on=False),
    "paper-for": lambda printer, labels: printer.mechanism.load_paper(labels),
    "slow": lambda printer, ms_per_label: printer.mechanism.set_speed(ms_per_label),
    "mute": lambda printer, _: printer.mute(on=True),
    "unmute": lambda printer, _: printer.mute(on=False),
    "hang-up": lambda printer, _: printer.hang_up(),
    "power-off": lambda printer, _: printer.power_off(),
    "power-on": lambda printer, _: printer.power_on(),
    "power-cycle": lambda printer, off_ms: printer.power_cycle(off_ms=off_ms or 2_000),
    "power-off-after": lambda printer, received_bytes: printer.power_off_after(received_bytes),
    "cancel-all": lambda printer, _: printer.mechanism.forget(),
}
"""What `POST /do/<action>?value=<number>` does; the number is labels, milliseconds or bytes."""


class EmulatorPage:
    """The web server beside one emulated printer; 127.0.0.1 only."""

    def __init__(self, printer: EmulatedPrinter, port: int = 0) -> None:
        """OSError when the port is taken."""
        self._server = _Server((HOST, port), printer)
        self._thread = threading.Thread(target=self._serve, name="printer-page", daemon=True)

    @property
    def url(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self._server.server_address[1]}/"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def _serve(self) -> None:
        self._server.serve_forever(SHUTDOWN_LOOK_S)

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def state_json(printer: EmulatedPrinter) -> bytes:
    """What the page shows: state, and the newest labels first."""
    labels = printer.mechanism.labels
    shown = {
        "address": printer.address,
        "is_on": printer.is_on,
        "language": printer.language,
        "is_mute": printer.is_mute,
        "commands": dict(printer.commands),
        "unknown": dict(printer.unknown),
        "state": printer.mechanism.state(),
        "labels": labels[: -LABELS_SHOWN_MAX - 1 : -1],
    }
    return msgspec.json.encode(shown)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], printer: EmulatedPrinter) -> None:
        self.printer = printer
        super().__init__(address, _Requests)


class _Requests(BaseHTTPRequestHandler):
    timeout = 30

    @property
    def _printer(self) -> EmulatedPrinter:
        return cast("_Server", self.server).printer

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._is_for_us():
            return
        if path == "/":
            page = resources.files("drivers.emulator").joinpath("page.html").read_bytes()
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", page)
        elif path == "/state.json":
            self._answer(HTTPStatus.OK, "application/json", state_json(self._printer))
        elif path.startswith("/labels/"):
            self._label(path.removeprefix("/labels/"))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        if not self._is_for_us():
            return
        action = ACTIONS.get(parts.path.removeprefix("/do/"))
        value = parse_qs(parts.query).get("value", ["0"])[0]
        if action is None:
            self._refuse(HTTPStatus.NOT_FOUND, f"known actions: {', '.join(ACTIONS)}")
        elif not (value.isascii() and value.isdigit()) or len(value) > 9:  # noqa: PLR2004  a number a person would type
            self._refuse(HTTPStatus.BAD_REQUEST, "value must be a whole number")
        else:
            action(self._printer, int(value))
            self._answer(HTTPStatus.OK, "application/json", state_json(self._printer))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name in the standard library
        """Say nothing: the page asks twice a second."""

    def _label(self, name: str) -> None:
        """A picture; only names that the printer itself has written."""
        if name not in {record.file for record in self._printer.mechanism.labels}:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such label")
            return
        self._answer(HTTPStatus.OK, "image/png", (self._printer.folder / name).read_bytes(), keep=True)

    def _is_for_us(self) -> bool:
        """Refuse what a foreign page may have sent from the same browser (by name, or by origin)."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origin = urlsplit(self.headers.get("Origin", "")).hostname
        if host in _OWN_NAMES and (origin is None or origin in _OWN_NAMES):
            return True
        self._refuse(HTTPStatus.FORBIDDEN, "only for this machine's own browser")
        return False

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._answer(status, "application/json", json.dumps({"error": reason}).encode())

    def _answer(self, status: HTTPStatus, kind: str, body: bytes, *, keep: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=31536000, immutable" if keep else "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)
