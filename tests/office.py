"""The office of a floor: the hub's own pages over a floor's books, each person in a browser of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from domain.staff import Person
from hub.api import register as register_api
from hub.hub import Hub
from hub.keyring import open_keyring
from hub.rights.secret import NOBODYS
from hub.rights.sessions import begin
from hub.settings import HubSettings
from hub.store.bulk import bulk_for
from hub.store.database import writing
from hub.store.user_tables import credentials
from hub.store.values import instant_text
from hub.web import register as register_web
from hub.web.guard import SESSION_COOKIE
from hub.web.socket import make_socketio
from tests.floor import Floor

_FORM = re.compile(r"<form method=\"post\" action=\"/approvals\".*?</form>", re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_TICK = re.compile(r'<input type="checkbox" name="tick" value="(\d+)" checked')


class Books:
    """Books what waits whenever somebody asks how far it is."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def start(self) -> None:
        """Nothing runs beside the test."""

    def stop(self) -> None:
        """Nothing runs beside the test."""

    def wake(self, plant: str) -> None:
        """It is booked when it is asked for."""

    def position(self, plant: str) -> int:
        self._floor.books()
        return self._floor.projector.position(plant)


class Pages:
    """The pages of a floor's hub."""

    def __init__(self, floor: Floor, *, open_board: bool = True) -> None:
        self.floor = floor
        settings = HubSettings(data_folder=floor.folder, plants=floor.plants, open_board=open_board)
        self.hub = Hub(
            settings=settings,
            keyring=open_keyring(floor.folder),
            engine=floor.engine,
            store=floor.log,
            ingest=floor.ingest,
            projector=Books(floor),
            clock=floor.clock,
        )
        self.app = Flask("noac-office", static_folder=None)
        register_api(self.app, self.hub)
        register_web(self.app, make_socketio(self.app), self.hub)

    def browser(self, person: Person) -> Browser:
        """Let somebody be signed on in the floor's first plant."""
        now, plant = self.hub.clock.now(), self.floor.plants[0]
        with writing(self.hub.engine) as connection:
            row = (plant, person.number, NOBODYS, False, instant_text(now), "")
            bulk_for(connection).upsert(connection, credentials, [row])
            secret = begin(connection, plant, person.number, now, address="127.0.0.1", browser="test")
        client = self.app.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        return Browser(client=client)


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Somebody signed on, who opens pages and sends their forms as they are."""

    client: FlaskClient

    def opens(self, path: str, language: str = "en") -> str:
        """Open a page; it is there."""
        answer = self.client.get(path, query_string={"lang": language})
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    def decides(self, path: str, act: str, *, untick: tuple[int, ...] = (), **typed: str) -> Any:
        """Send the first form of a page that offers an act, with what is ticked and typed in it."""
        form = next(one for one in _FORM.findall(self.opens(path)) if f'value="{act}"' in one)
        given: dict[str, Any] = {}
        for name, value in _FIELD.findall(form):
            given.setdefault(name, []).append(value)
        given["tick"] = [one for one in _TICK.findall(form) if int(one) not in untick]
        return self.client.post("/approvals", data={**given, "act": act, **typed})

    def offers(self, path: str, act: str) -> bool:
        """Tell whether a page offers an act."""
        return any(f'value="{act}"' in one for one in _FORM.findall(self.opens(path)))
