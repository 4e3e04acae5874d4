"""The board's socket: who looks at what, how many at once, and the whole board for each that comes."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from engineio.async_drivers._websocket_wsgi import (  # pyright: ignore[reportMissingTypeStubs]
    SimpleWebSocketWSGI,
)
from flask import Flask, request
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError as SocketRefusedError  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy.exc import SQLAlchemyError

from domain.words import speak
from hub.hub import Hub
from hub.store.database import StoreError
from hub.web.board import Board, Room, look_of
from hub.web.render import language_of

PING_S = 10
MESSAGE_BYTES_MAX = 4096
"""Pages only listen; what they may send is small."""

_log = logging.getLogger(__name__)


def make_socketio(app: Flask) -> SocketIO:
    """Return the socket server: threads, WebSocket only, a dead page noticed within 20 s."""
    # As a table, because the published types of Flask-SocketIO lack options that Engine.IO takes.
    options: dict[str, Any] = {
        "async_mode": "threading",
        "transports": ["websocket"],
        "async_handlers": False,
        "ping_interval": PING_S,
        "ping_timeout": PING_S,
        "max_http_buffer_size": MESSAGE_BYTES_MAX,
        "serve_client": False,
        "manage_session": False,
    }
    socketio = SocketIO(app, **options)
    engine = cast("Any", socketio).server.eio
    engine._async = {**engine._async, "websocket": _GoneIsClosed}  # noqa: SLF001 - Engine.IO offers no other way
    return socketio


class _GoneIsClosed(SimpleWebSocketWSGI):
    """A WebSocket that may be closed when the page has gone already: else each leaving board leaves a traceback."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


class _Looking:
    """Which socket looks at which board, and how many there are; safe to use from any thread."""

    def __init__(self, sockets_max: int) -> None:
        self._sockets_max = sockets_max
        self._lock = threading.Lock()
        self._sockets: dict[str, Room] = {}

    def enter(self, socket: str, room: Room) -> bool:
        with self._lock:
            if len(self._sockets) >= self._sockets_max:
                return False
            self._sockets[socket] = room
            return True

    def leave(self, socket: str) -> Room | None:
        with self._lock:
            return self._sockets.pop(socket, None)


def serve_socket(socketio: SocketIO, hub: Hub, board: Board, may_watch: Callable[[str], bool]) -> None:
    """Take sockets in of those who may watch a plant, up to the limit of the settings; the others are told why not."""
    looking = _Looking(hub.settings.sockets_max)
    rooms = cast("Any", socketio).server  # python-socketio's own server; its published types are partial

    def connect(_auth: Any = None) -> None:
        socket = _socket()
        language = language_of(request.args.get("lang", ""))
        plant = request.args.get("plant", "") or hub.settings.plants[0]
        if plant not in hub.settings.plants:
            raise SocketRefusedError(speak(language, "board.unknown_plant", plant=plant[:40]))
        if not may_watch(plant):
            raise SocketRefusedError(speak(language, "sign_on.first"))
        room = Room(look_of(request.args, plant), language)
        if not looking.enter(socket, room):
            limit = str(hub.settings.sockets_max)
            raise SocketRefusedError(speak(language, "board.too_many_sockets", limit=limit))
        rooms.enter_room(socket, room.name, namespace="/")
        board.watch(room)
        try:
            rooms.emit("board", board.whole(room), to=socket)
        except (StoreError, SQLAlchemyError):
            _log.exception("a new page gets its board with the next push")

    def disconnect(_reason: str = "") -> None:
        left = looking.leave(_socket())
        if left:
            board.unwatch(left)

    socketio.on_event("connect", connect)
    socketio.on_event("disconnect", disconnect)


def _socket() -> str:
    return cast("str", request.sid)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - set by Flask-SocketIO
