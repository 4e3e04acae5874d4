"""The hub put together: built here, served by one process with threads, stopped without losing what it answered."""

import gc
import importlib.util
import resource
import socket
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask_socketio import SocketIO
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

import hub.api
import hub.web
from domain.override import TypeOverride
from domain.settings import SettingsError
from drivers.clock import Clock, SystemClock
from hub.allocations import Allocations
from hub.api.sync import serve_sync
from hub.backlog import Backlog
from hub.booking import BookingProcess, Order
from hub.calendar import keep_calendar
from hub.hub import Hub, Subscribers
from hub.ingest import Ingest
from hub.keyring import open_keyring
from hub.pay_rule import keep_pay_rule
from hub.quality_rules import QualityRules, read_rules
from hub.refold import bring_up_to_date, refold_what_is_known_now
from hub.settings import HubSettings
from hub.store.database import SchemaError, StoreError, connect, open_database
from hub.store.event_log import EventLog
from hub.store.lock import StoreHeldError, holding
from hub.trial import watch
from hub.type_overrides import read_overrides, tell_overrides, with_pins_required
from hub.web.board import Board
from hub.web.socket import make_socketio

THREADS_BESIDE_SOCKETS = 40
"""Threads for plain requests; an open socket keeps one of the others for itself."""
KEPT_ALIVE_MAX = 2_000
"""Connections at rest between two requests, one a kiosk, a few a browser; each costs a file descriptor, no thread."""
FILES_BESIDE_CONNECTIONS = 500
"""File descriptors for the ledger's connections, blobs and the program itself."""
STOP_WAIT_S = 5
SWITCH_INTERVAL_S = 0.001
"""Threads that wait for a disk get the interpreter back sooner; 5 ms, the default, is longer than most work."""
GARBAGE_OBJECTS = 50_000
"""Objects made between two looks for garbage in rings; the default of 700 looks several times for each upload."""

_FORBIDDEN = ("eventlet", "geventwebsocket")
"""With either installed, Flask-SocketIO or gunicorn change their ways silently (and break)."""


class HubStartError(Exception):
    """The hub cannot start; one line in each language says why and what to do."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(f"{english}\n{chinese}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A hub with its web application; `start` its threads in the process that serves."""

    hub: Hub
    app: Flask
    socketio: SocketIO
    board: Board
    allocations: Allocations

    def start(self) -> None:
        """Begin to store, to book, to carry between plants and to draw."""
        self.hub.ingest.start()
        self.hub.projector.start()
        self.allocations.start()
        self.board.start()

    def stop(self) -> None:
        """Finish what waits, in the order it flows."""
        self.hub.ingest.stop()
        self.hub.projector.stop()
        self.allocations.stop()
        self.board.stop()
        self.hub.engine.dispose()


def build_hub(settings: HubSettings, clock: Clock | None = None) -> Hub:
    """Open the database and put the parts together; nothing runs yet. Raises HubStartError."""
    with _data_folder(settings) as folder:
        keyring = open_keyring(folder)
    with _said_in_words():
        engine = open_database(settings.database_url)
    clock = clock or SystemClock()
    keep_calendar(engine, EventLog(), settings.plants, settings.time_zone)
    keep_pay_rule(engine, EventLog(), settings.plants, settings.paid_on, settings.bonus)
    log, subscribers, backlog = EventLog(), Subscribers(), Backlog(clock)
    subscribers.add(backlog.booked)
    order = Order(database=settings.database_url, plants=settings.plants)
    projector = BookingProcess(order, booked=subscribers.tell)

    def appended(plant: str, position: int) -> None:
        backlog.appended(plant, position)
        projector.wake(plant)

    ingest = Ingest(
        engine,
        log,
        clock,
        appended=appended,
        behind_s=backlog.behind_s,
        lease_s=settings.lease_days * 24 * 3600,
    )
    return Hub(
        settings=settings,
        keyring=keyring,
        engine=engine,
        store=log,
        ingest=ingest,
        projector=projector,
        clock=clock,
        subscribers=subscribers,
        quality=_quality_of(settings),
    )


def build_site(hub_: Hub) -> Site:
    """Put web pages, API and the kiosks' exchange around a hub."""
    app = Flask("hub", static_folder=None)
    app.secret_key = hub_.keyring.session_key
    socketio = make_socketio(app)
    serve_sync(app, hub_)
    hub.api.register(app, hub_)
    board = hub.web.register(app, socketio, hub_)
    allocations = Allocations(hub_.engine, hub_.store, hub_.settings.plants)
    hub_.subscribers.add(allocations.booked)
    return Site(hub=hub_, app=app, socketio=socketio, board=board, allocations=allocations)


def serve(settings: HubSettings, announce: Callable[[str], None]) -> None:
    """Run the hub until it is told to stop. `announce` gets its address when it takes requests.

    Raises HubStartError before anything is served, when it cannot be.
    """
    refuse_forbidden(_is_installed)
    overrides = _documents_of(settings)
    listener = listen(settings.host, settings.port)
    # What is wrong is said now, by this process, on one line.
    with alone(settings):
        for _done in upgraded(settings):
            pass  # the log tells
        with opened(settings) as (engine, log):
            refold_what_is_known_now(engine, settings.plants)
            tell_overrides(engine, log, settings.plants, overrides)
            Allocations(engine, log, settings.plants).introduce()
        # No connection crosses into the worker.
        address = f"http://{settings.host}:{listener.getsockname()[1]}"
        _Server(settings, listener, lambda: announce(address)).run()


def _documents_of(settings: HubSettings) -> Mapping[str, TypeOverride]:
    """Read what the factory has otherwise in its documents. Raises HubStartError with every mistake."""
    try:
        overrides: Mapping[str, TypeOverride] = {}
        if settings.documents:
            overrides = read_overrides(Path(settings.documents))
        return with_pins_required(overrides) if settings.pin_required else overrides
    except SettingsError as error:
        raise HubStartError(f"documents are set wrongly: {error}", f"单据设置有误：{error}") from error
    except OSError as error:
        raise HubStartError(
            f"the folder of documents cannot be read: {error}", f"单据设置文件夹无法读取：{error}"
        ) from error


def _quality_of(settings: HubSettings) -> QualityRules:
    """Read how months are scored. Raises HubStartError with every mistake."""
    try:
        return read_rules(Path(settings.quality)) if settings.quality else QualityRules()
    except SettingsError as error:
        raise HubStartError(f"scores are set wrongly: {error}", f"考核设置有误：{error}") from error
    except OSError as error:
        raise HubStartError(
            f"the file of scores cannot be read: {error}", f"考核设置文件无法读取：{error}"
        ) from error


@contextmanager
def opened(settings: HubSettings) -> Generator[tuple[Engine, EventLog]]:
    """Open the settings' database for work without a running hub. Raises HubStartError."""
    hub_ = build_hub(settings)
    try:
        yield hub_.engine, hub_.store
    finally:
        hub_.engine.dispose()


def upgraded(settings: HubSettings) -> Iterator[str]:
    """Bring the settings' database to this program's shape, yielding what was done; hold it. Raises HubStartError."""
    with _said_in_words():
        engine = connect(settings.database_url)
        try:
            yield from bring_up_to_date(engine)
        except DBAPIError as error:
            raise StoreError(f"the database {engine.url!r} cannot be used: {error.orig}") from error
        finally:
            engine.dispose()


@contextmanager
def alone(settings: HubSettings) -> Generator[None]:
    """Keep every other hub off the database. Raises HubStartError where one is at work on it."""
    with ExitStack() as held:
        with _data_folder(settings), _said_in_words():
            try:
                held.enter_context(holding(settings.database_url))
            except StoreHeldError as error:
                raise HubStartError(
                    f"the database is in use: {error}",
                    "数据库正在使用：另一个服务正在其上运行，或正在恢复、重建、升级；请先停止它",
                ) from error
        yield


@contextmanager
def _data_folder(settings: HubSettings) -> Generator[Path]:
    folder = settings.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # keys of kiosks stand in it
        yield folder
    except OSError as error:
        raise HubStartError(
            f"the data folder {folder} cannot be written: {error.strerror}; name another with --data",
            f"数据文件夹 {folder} 无法写入（{error.strerror}）；请用 --data 指定其他文件夹",
        ) from error


@contextmanager
def _said_in_words() -> Generator[None]:
    """Say of a database that cannot be opened what is to be done."""
    try:
        yield
    except SchemaError as error:
        raise HubStartError(str(error), error.chinese) from error
    except StoreError as error:
        raise HubStartError(
            f"the database cannot be opened: {error}; see whether another program holds it, or the disk is full",
            f"数据库无法打开：{error}；请检查是否被其他程序占用或磁盘已满",
        ) from error


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or say who else may have it. Raises HubStartError."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise HubStartError(
            f"{host}:{port} cannot be used: {error.strerror}; is a hub running already? --port names another",
            f"地址 {host}:{port} 无法使用（{error.strerror}）；是否已有一个服务在运行？可用 --port 指定其他端口",
        ) from error
    return listener


def refuse_forbidden(is_installed: Callable[[str], bool]) -> None:
    """Raise HubStartError when a package is installed that changes how sockets are served, without being asked."""
    found = [name for name in _FORBIDDEN if is_installed(name)]
    if found:
        names = ", ".join(found)
        raise HubStartError(
            f"{names} is installed and would break the live board: pip uninstall {names.replace(',', '')}",
            f"已安装 {names}，会使实时看板失效：请执行 pip uninstall {names.replace(',', '')}",
        )


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _may_open(files: int) -> None:
    """Let this process have so many files open, or as many as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


class _Server(BaseApplication):  # gunicorn publishes no types for it
    """gunicorn with one worker of many threads; the hub is built inside the worker, where its threads live."""

    def __init__(self, settings: HubSettings, listener: socket.socket, ready: Callable[[], None]) -> None:
        self._settings, self._listener, self._ready = settings, listener, ready
        self._port: int = listener.getsockname()[1]  # asked now: in the worker the socket is gunicorn's
        self._site: Site | None = None
        super().__init__()

    def load_config(self) -> None:
        threads = self._settings.sockets_max + THREADS_BESIDE_SOCKETS
        connections = threads + KEPT_ALIVE_MAX
        _may_open(connections + FILES_BESIDE_CONNECTIONS)
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": 1,
            "worker_class": _Worker,
            "threads": threads,
            "worker_connections": connections,
            "keepalive": 30,
            "timeout": 60,
            "graceful_timeout": STOP_WAIT_S,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        gc.set_threshold(GARBAGE_OBJECTS, *gc.get_threshold()[1:])
        self._site = build_site(build_hub(self._settings))
        self._site.start()
        return self._site.app

    def hang_up(self) -> None:
        """Let the boards go, so that nothing keeps the worker; they come back by themselves."""
        if self._site:
            cast("Any", self._site.socketio).server.eio.disconnect()

    def _begin(self, _worker: object) -> None:
        self._ready()
        watch(self._settings.host, self._port)

    def _end(self, _arbiter: object, _worker: object) -> None:
        if self._site:
            self._site.stop()
            self._site = None


class _Worker(ThreadWorker):  # pyright: ignore[reportUntypedBaseClass] (gunicorn publishes no types)
    """gunicorn's worker of threads; told to stop, it hangs up on the open sockets instead of waiting for them."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        threading.Thread(target=cast("Any", self).app.hang_up, name="hang-up", daemon=True).start()
        super().handle_exit(sig, frame)
