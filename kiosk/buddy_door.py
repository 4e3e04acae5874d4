"""The door at which the neighbour leaves its parcels: one address, one kind of request, nothing to read."""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from domain.parcel import PARCEL_BYTES_MAX, ParcelError, label_of
from domain.wire import MAC_HEADER, answer_mac, macs_match, request_mac
from kiosk.buddy import BUDDY_TARGET, Taken
from kiosk.shelf import Shelf, ShelfFullError, is_numbered

REQUEST_TIMEOUT_S = 10.0
REQUESTS_MAX = 4
"""Requests served at once; one neighbour sends one after the other."""


class BuddyDoor:
    """Serves one neighbour. `start`, then `stop`."""

    def __init__(self, shelf: Shelf, *, plant: str, neighbour: str, shared_key: Callable[[], bytes]) -> None:
        self._shelf, self._plant, self._neighbour, self._shared_key = shelf, plant, neighbour, shared_key
        self._server: _Server | None = None

    def start(self, host: str, port: int) -> None:
        """Begin to listen; port 0 takes a free one. Raises OSError."""
        handler = type("_BoundHandler", (_Handler,), {"door": self})
        server = self._server = _Server((host, port), handler)
        threading.Thread(target=server.serve_forever, name="buddy-door", daemon=True).start()

    @property
    def port(self) -> int:
        """Return where it listens; 0 while it does not."""
        return self._server.server_address[1] if self._server else 0

    def stop(self) -> None:
        """End listening."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, mac: str, parcel: bytes) -> HTTPStatus:
        """Keep a parcel that the neighbour itself brings of its own log; says what became of it."""
        key = self._shared_key()
        if not key or not macs_match(request_mac(key, "POST", BUDDY_TARGET, parcel), mac):
            return HTTPStatus.UNAUTHORIZED
        try:
            label = label_of(parcel)
        except ParcelError:
            return HTTPStatus.BAD_REQUEST
        if (label.plant, label.device) != (self._plant, self._neighbour) or not is_numbered(label):
            return HTTPStatus.BAD_REQUEST
        try:
            self._shelf.put(label, parcel)
        except (ShelfFullError, OSError):
            return HTTPStatus.INSUFFICIENT_STORAGE
        return HTTPStatus.OK

    def answer_mac(self, mac: str, content: bytes) -> str:
        """Return the mark of our answer, so that no stranger can say that a copy is kept."""
        return answer_mac(self._shared_key(), mac, HTTPStatus.OK, content)


class _Server(ThreadingHTTPServer):
    """Serves a few at once and hangs up on more."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._free = threading.BoundedSemaphore(REQUESTS_MAX)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Take a request only if a thread is free for it."""
        return self._free.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one request to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


class _Handler(BaseHTTPRequestHandler):
    door: BuddyDoor
    protocol_version = "HTTP/1.1"
    timeout = REQUEST_TIMEOUT_S

    def do_POST(self) -> None:
        """Take one parcel."""
        given = self.headers.get("Content-Length", "")
        length = int(given) if given.isdecimal() and len(given) < 10 else -1  # noqa: PLR2004 (digits)
        if self.path != BUDDY_TARGET or not 0 <= length <= PARCEL_BYTES_MAX:
            self._say(HTTPStatus.BAD_REQUEST, b"", "")
            return
        mac = self.headers.get(MAC_HEADER, "")
        status = self.door.take(mac, self.rfile.read(length))
        content = msgspec.json.encode(Taken()) if status is HTTPStatus.OK else b""
        self._say(status, content, self.door.answer_mac(mac, content) if content else "")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
        """Say nothing on standard error for each request."""

    def _say(self, status: HTTPStatus, content: bytes, mac: str) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        if mac:
            self.send_header(MAC_HEADER, mac)
        self.end_headers()
        self.wfile.write(content)
