"""The hub in one thread: its real handlers, writer, projector and feed, on a real database that can crash."""

from __future__ import annotations

import io
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from domain.log import Envelope
from hub.api.sync import serve_sync
from hub.backup import Outcome, back_up
from hub.enrolment import enrol_kiosk
from hub.hub import Hub
from hub.ingest import Ingest
from hub.keyring import Keyring
from hub.projector import Projector
from hub.recovery import put_back
from hub.refold import refold, refold_what_is_known_now
from hub.settings import HubSettings
from hub.store import database
from hub.store.database import StoreBusyError, generation_of, open_database, reading, writing
from hub.store.devices import Device, device_of, revoke
from hub.store.event_log import EventLog
from tests.simulation.clocks import WrongClock
from tests.simulation.network import Answer, Request
from tests.simulation.options import Options
from tests.simulation.schedule import Schedule
from tests.world import STATION

PLANT = "P1"
FILE = "hub.sqlite"


class HubCrash(BaseException):
    """The hub's process is gone: nothing of it goes on from here."""


class _AtOnce:
    """Stands where the writer's queue is: what is put in is written at once, by whoever puts it."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest

    def put_nowait(self, ticket: Any) -> None:
        self._ingest._store([ticket])

    def qsize(self) -> int:
        return 0


class HubSide:
    """A hub's machine: a folder, and the process while it runs."""

    def __init__(
        self, folder: Path, schedule: Schedule, options: Options, rng: random.Random, image: bytes
    ) -> None:
        self.folder, self.schedule, self.options, self._rng = folder, schedule, options, rng
        self.clock = WrongClock(schedule)
        self.is_up = False
        self._is_serving = False
        self.crash_at = ""
        self.is_healed = False
        self.knows_newer = False
        self.restores = 0
        self.backups = folder / "backups"
        self.proven_at: list[datetime] = []
        self.committed: Callable[[], None] = lambda: None
        self.answered: Callable[[Request, Answer], None] = lambda _request, _answer: None
        folder.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(image)
        self.start()

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def start(self, *, folds_again: bool = False) -> None:
        """The process starts; a version that can read more than the one before folds the ledger again."""
        self.engine = open_database(f"sqlite:///{self.path}")
        self.log = EventLog()
        if folds_again:
            refold(self.engine, PLANT)
        else:
            refold_what_is_known_now(self.engine, [PLANT])
        self.projector = Projector(
            self.engine, [PLANT], booked=lambda _plant, _position: self._reached("booked")
        )
        self.ingest = Ingest(
            self.engine, self.log, self.clock, appended=self._appended, behind_s=lambda _plant: 0.0
        )
        self.ingest._waiting = _AtOnce(self.ingest)  # type: ignore[assignment]
        self._hand_over_poison()
        self.hub = Hub(
            settings=HubSettings(data_folder=self.folder),
            keyring=Keyring(write_token="t", session_key="s"),
            engine=self.engine,
            store=self.log,
            ingest=self.ingest,
            projector=self.projector,
            clock=self.clock,
        )
        self._app = Flask("hub", static_folder=None)
        serve_sync(self._app, self.hub)
        writer = database._writers[self.engine]
        event.listen(writer, "begin", self._begins, insert=True)
        event.listen(writer, "commit", lambda _connection: self._reached("commit"))
        self.is_up, self.crash_at = True, ""

    def stop(self) -> None:
        """The process is gone."""
        if self.is_up:
            self.is_up = False
            self.engine.dispose()

    def handle(self, request: Request) -> Answer:
        """Answer a request as the hub's own code does; raises ConnectionError while nobody listens."""
        if not self.is_up:
            raise requests.ConnectionError("connection refused")
        if not self.is_healed:
            if self.options.strikes(self._rng, "hub_crash_before_commit", 0.03):
                self.crash_at = "commit"
            elif self.options.strikes(self._rng, "hub_crash_after_commit", 0.03):
                self.crash_at = "appended"
        try:
            with self._serving():
                answer = self._answer(request)
            if self.crash_at:
                self._reached(self.crash_at)
        except HubCrash as crash:
            self._comes_back_later()
            raise requests.ConnectionError("connection reset") from crash
        self.answered(request, answer)
        return answer

    def _comes_back_later(self) -> None:
        self.stop()
        self.schedule.say("the hub crashed")
        self.schedule.after(self._rng.choice((1.0, 10.0, 300.0)), "the hub starts again", self._up_again)

    def _up_again(self) -> None:
        if not self.is_up:
            self.start()
            self.book_soon()

    def _reached(self, point: str) -> None:
        if self.is_up and self.crash_at == point:
            self.crash_at = ""
            raise HubCrash(point)

    def _appended(self, _plant: str, _position: int) -> None:
        self._reached("appended")
        self.committed()
        self.book_soon()

    def _begins(self, _connection: Any) -> None:
        if self.is_healed or not self._is_serving:
            return
        for name, words in (
            ("hub_busy", "database is locked"),
            ("hub_disk_full", "database or disk is full"),
        ):
            if self.options.strikes(self._rng, name, 0.04):
                raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError(words))

    def book_soon(self) -> None:
        """The projector looks, a moment later; now and then it is slow."""
        delay_s = 0.1 if self.is_healed else self._rng.choice((0.05, 0.5, 5.0, 120.0))
        self.schedule.after(delay_s, "", self.book)

    def book(self) -> None:
        """Book what waits."""
        if not self.is_up:
            return
        if not self.is_healed and self.options.strikes(self._rng, "booking_crash", 0.03):
            self.crash_at = self._rng.choice(("commit", "booked"))
        try:
            with self._serving():
                self._book_all()
        except StoreBusyError:
            self.schedule.say("booking waits: busy")
            self.schedule.after(1.0, "", self.book)
        except HubCrash:
            self._comes_back_later()
        self.crash_at = ""

    def _book_all(self) -> None:
        while self.projector.book_waiting(PLANT):
            pass

    @contextmanager
    def _serving(self) -> Iterator[None]:
        """Faults of the database strike the running hub, not the people who set it right."""
        before, self._is_serving = self._is_serving, True
        try:
            yield
        finally:
            self._is_serving = before

    def _hand_over_poison(self) -> None:
        """One event in a hundred makes a handler fail, the same ones for as long as this version of the hub runs."""
        handlers = self.projector._desks[PLANT]._handlers

        def poisoned(fact: Any, _event: Any) -> None:
            if self.is_poison(fact.envelope):
                raise RuntimeError("poison")

        for kind, chain in handlers.items():
            handlers[kind] = [*chain, poisoned]  # type: ignore[index]

    def is_poison(self, envelope: Envelope) -> bool:
        """Tell whether this version of the hub stumbles over an event."""
        if self.is_healed or "poison" not in self.options.on:
            return False
        is_one = int(envelope.event_id[-6:], 16) % 40 == 7
        return is_one and self.options.hit("poison")

    # what people do to a hub

    def back_up(self, *, breaks: bool = False) -> Outcome:
        """Add a proven backup, as `noac hub backup` does; `breaks`: the medium loses a file before the proof."""

        def spoil(_manifest: Path) -> None:
            if breaks:
                newest = max((self.backups / PLANT).glob("heads-*"))
                newest.write_bytes(newest.read_bytes()[:-3])

        outcome = back_up(self.engine, PLANT, self.backups, self.clock.now(), written=spoil)
        if not outcome.problem:
            self.proven_at.append(self.clock.now())
        return outcome

    def restore(self, at: datetime | None = None) -> None:
        """Put the newest backup (or the newest of a moment) in place, as `noac hub restore --replace` does."""
        self.stop()
        put_back(f"sqlite:///{self.path}", self.backups, self.clock.now(), at=at, replace=True)
        self.restores += 1
        self.start()
        self.book_soon()

    def rebuild(self) -> None:
        """Fold the whole ledger again, as `noac hub rebuild` does."""
        self.stop()
        self.start(folds_again=True)
        self.book_soon()

    def generation(self) -> int:
        """Return how often this hub was put back, as its database says."""
        engine = self.engine if self.is_up else open_database(f"sqlite:///{self.path}")
        with reading(engine) as connection:
            return generation_of(connection)

    def device(self, name: str) -> Device:
        with reading(self.engine) as connection:
            found = device_of(connection, PLANT, name)
        assert found
        return found

    def revoke(self, name: str) -> None:
        with writing(self.engine) as connection:
            revoke(connection, PLANT, name)

    def enrol_again(self, name: str) -> Device:
        """A supervisor gives the station a new key; an epoch begins with it."""
        with writing(self.engine) as connection:
            held = device_of(connection, PLANT, name)
            assert held
            return enrol_kiosk(connection, self.log, name, held.station, self.clock.now(), replace=True)

    # bytes in, bytes out

    def _answer(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "RAW_URI": request.target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(request.body)),
            "CONTENT_TYPE": "application/x-ndjson",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        begun: list[tuple[int, Mapping[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
            begun.append((int(status[:3]), dict(headers)))

        content = b"".join(self._app.wsgi_app(environ, start_response))  # type: ignore[arg-type]
        [(status, headers)] = begun
        return Answer(status_code=status, headers=headers, content=content)


def station_of(number: int) -> Any:
    """Return the station of the n-th kiosk."""
    from msgspec.structs import replace

    return replace(STATION, number_code=f"A{number}")
