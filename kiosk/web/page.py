"""The page a kiosk shows: one Flask application on loopback, one socket, the newest screen pushed.

Nothing here decides: a screen comes in from the loop and goes out as HTML, a touch comes in and goes to the loop.
"""

import hashlib
import logging
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from flask import Flask, Response, abort, request, send_from_directory
from flask_socketio import SocketIO
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from domain.names import Language
from drivers import web_assets
from drivers.scanners.camera import CameraScanner
from kiosk.camera import Camera
from kiosk.page import TOUCH_VALUE_CHARS_MAX, Touch
from kiosk.screen import Screen
from kiosk.web.camera import serve_camera
from kiosk.web.hand_in import PageCamera, Source, Take, serve_hand_in
from kiosk.web.render import Renderer, is_new_answer
from kiosk.web.virtual_panel import VirtualPanel

BODY_BYTES_MAX: Final = 64 * 1024
SOCKETS_MAX: Final = 16
"""One browser shows the kiosk; a few more may watch, a runaway script may not."""

TOUCH_ACTION_CHARS_MAX: Final = 40
LISTEN_BACKLOG: Final = 64
STOP_TIMEOUT_S: Final = 5.0
STOP_POLL_S: Final = 0.1
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_STATIC = Path(__file__).parent / "static"
_LOG = logging.getLogger(__name__)
_SOCKET_IO: Any = SocketIO  # its options go on to python-engineio, which its signature does not show


class Page:
    """Shows screens to a browser and hands back touches; `kiosk.page.PagePort` says what is promised."""

    def __init__(
        self,
        *,
        virtual_panel: VirtualPanel | None = None,
        default_language: Language = "zh-CN",
        camera: Camera | None = None,
        scan_camera: CameraScanner | None = None,
    ) -> None:
        self._renderer = Renderer()
        self._panel = virtual_panel
        self._camera = camera
        self._scan_camera = PageCamera(scan_camera) if scan_camera else None
        self._default_language: Language = default_language
        self._version = _version()
        self._lock = threading.Lock()
        self._screen: Screen | None = None
        self._push: dict[str, Any] = {"turn": 0, "html": "", "version": self._version}
        self._on_touch: Callable[[Touch], None] | None = None
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._socketio: Any = None  # Flask-SocketIO carries no types
        self._sockets: set[str] = set()
        self._address = ""

    @property
    def address(self) -> str:
        """Where the page is served (http://127.0.0.1:port); empty before it is."""
        return self._address

    def show(self, screen: Screen) -> None:
        """Render and push a screen; whoever connects later gets it too."""
        with self._lock:
            html = self._renderer.screen(screen, is_new=is_new_answer(self._screen, screen))
            self._screen = screen
            self._push = {"turn": screen.turn, "html": html, "version": self._version}
            if self._socketio is not None and self._sockets:
                self._socketio.emit("screen", self._push)

    def start(self, host: str, port: int, on_touch: Callable[[Touch], None]) -> None:
        """Serve on loopback; port 0 takes a free one. Raises OSError when the port cannot be had."""
        if host not in _LOOPBACK:
            raise OSError(f"the kiosk page is served on 127.0.0.1 or ::1 only, not on {host}")
        listening = _listen(host, port)
        netloc = _netloc(host, listening.getsockname()[1])
        self._address = f"http://{netloc}"
        self._on_touch = on_touch
        app = self._application(netloc)
        self._socketio = self._socket(app)
        self._server = make_server(
            host, 0, app, threaded=True, request_handler=_QuietHandler, fd=listening.fileno()
        )
        listening.close()  # the server has its own copy of the descriptor
        serve = partial(self._server.serve_forever, poll_interval=STOP_POLL_S)
        self._thread = threading.Thread(target=serve, name="page", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close every socket."""
        with self._lock:
            self._on_touch = None
            sockets, self._sockets = self._sockets, set()
        if self._socketio is not None:
            for sid in sockets:
                self._socketio.server.disconnect(sid)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)
        self._server = self._thread = self._socketio = None

    def _application(self, netloc: str) -> Flask:
        app = Flask("kiosk.web", static_folder=None)
        app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
        policy = _content_policy(netloc)

        def refuse_strangers() -> None:
            # A page of another site can reach loopback by a name of its own; only our own address is served.
            if request.host != netloc or request.headers.get("Origin", self._address) != self._address:
                abort(403)

        def protect(response: Response) -> Response:
            response.headers.setdefault("Content-Security-Policy", policy)
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers.setdefault("Cache-Control", "no-cache")
            return response

        app.before_request(refuse_strangers)
        app.after_request(protect)
        app.add_url_rule("/", view_func=self._show_shell, endpoint="shell")
        app.add_url_rule("/static/<path:name>", view_func=_static_file, endpoint="static")
        app.add_url_rule("/assets/<path:name>", view_func=_asset, endpoint="assets")
        if self._panel is not None:
            app.add_url_rule("/scan", view_func=self._show_scan_page, endpoint="scan_page")
        if takers := self._takers():
            serve_hand_in(app, takers)
        if self._camera is not None:
            serve_camera(app, self._camera, self._tell)
        return app

    def _takers(self) -> dict[Source, Take]:
        takers: dict[Source, Take] = {}
        if self._panel is not None:
            takers["panel"] = self._panel.on_virtual_scan
        if self._scan_camera is not None:
            takers["camera"] = self._scan_camera.scan
        return takers

    def _tell(self, touch: Touch) -> None:
        if on_touch := self._on_touch:
            on_touch(touch)

    def _socket(self, app: Flask) -> Any:
        made: Any = _SOCKET_IO(
            app,
            async_mode="threading",
            transports=["websocket"],
            cors_allowed_origins=[self._address],
            async_handlers=False,
            max_http_buffer_size=BODY_BYTES_MAX,
            ping_interval=10,
            ping_timeout=10,
        )
        made.on_event("connect", self._connected)
        made.on_event("disconnect", self._disconnected)
        made.on_event("touch", self._touched)
        made.on_event("camera", self._camera_heard)
        return made

    def _connected(self, _auth: object = None) -> bool | None:
        sid = _sid()
        with self._lock:
            if len(self._sockets) >= SOCKETS_MAX or self._on_touch is None or self._socketio is None:
                return False
            self._sockets.add(sid)
            self._socketio.emit("screen", self._push, to=sid)
        return None

    def _disconnected(self, _reason: object = None) -> None:
        with self._lock:
            self._sockets.discard(_sid())
        if self._scan_camera is not None:
            self._scan_camera.left(_sid())

    def _camera_heard(self, message: object) -> None:
        if self._scan_camera is not None and self._on_touch is not None:
            self._scan_camera.heard(_sid(), message)

    def _touched(self, message: object) -> None:
        on_touch = self._on_touch
        touch = _touch(message)
        if touch is None:
            # Never what it says: it might be somebody's PIN.
            _LOG.warning("a touch that is none was dropped: a %s", type(message).__name__)
        elif on_touch is not None:
            on_touch(touch)

    def _show_shell(self) -> str:
        with self._lock:
            screen, push = self._screen, self._push
        language: Language = screen.frame.language if screen else self._default_language
        return self._renderer.shell(
            screen_html=push["html"], language=language, version=self._version, turn=push["turn"]
        )

    def _show_scan_page(self) -> str:
        if self._panel is None:
            abort(404)
        wanted = request.args.get("lang", self._default_language)
        language: Language = "en" if wanted == "en" else "zh-CN"
        return self._renderer.scan_page(self._panel, language=language, version=self._version)


class _QuietHandler(WSGIRequestHandler):
    """Serves one request and writes no line for it: the journal is for what a person must know."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(LISTEN_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _netloc(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _content_policy(netloc: str) -> str:
    """Return a policy (W3C CSP3) that lets the page load its own files and open its own socket, nothing else."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' ws://{netloc}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _static_file(name: str) -> Response:
    return send_from_directory(_STATIC, name)


def _asset(name: str) -> Response:
    response = send_from_directory(web_assets.FOLDER, name)
    if policy := web_assets.policy_of(name):
        response.headers["Content-Security-Policy"] = policy
    return response


def _version() -> str:
    """Return a digest of the page's files: a browser that holds older ones loads them anew."""
    digest = hashlib.sha256()
    for path in sorted((*_STATIC.iterdir(), *web_assets.FOLDER.glob("*.js"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sid() -> str:
    return str(request.sid)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType] - Flask-SocketIO adds it


def _touch(message: object) -> Touch | None:
    try:
        touch = msgspec.convert(message, type=Touch)
    except msgspec.ValidationError:
        return None
    too_long = len(touch.action) > TOUCH_ACTION_CHARS_MAX or len(touch.value) > TOUCH_VALUE_CHARS_MAX
    return None if too_long else touch
