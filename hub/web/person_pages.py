"""What stands beside a person's form at the office: what they may do and by which group, and their sign-on."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.staff import Group, Person
from hub.hub import Hub
from hub.rights import sessions
from hub.rights.grants import groups_of, person_of
from hub.rights.matrix import SIGN_ON_ACTS
from hub.rights.reader import Reader, reader
from hub.rights.subjects import GRANT_RIGHT
from hub.rights.users import ONE_TIME_DAYS, credential_of, give_password, lock_out
from hub.store.database import StoreBusyError, reading, writing
from hub.views.page import WORD_CHARS_MAX
from hub.web.pages import Pages

_TOLD = ("sessions", "lock")
_log = logging.getLogger(__name__)


def serve_persons(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve what is done about somebody's sign-on."""
    app.add_url_rule("/office/persons/sign-on", "person_sign_on", _SignOns(hub, pages).act, methods=["POST"])


class PersonAside:
    """What stands beside a person's form."""

    template = "office_person.html"
    is_for_new = False

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def values(self, connection: Connection, plant: str, key: str) -> Mapping[str, Any]:
        person = person_of(connection, plant, key)
        held = credential_of(connection, plant, key)
        limits = self._hub.settings.sign_on.limits
        told = request.args.get("told", "")
        return {
            "sources": sources(person, groups_of(connection, plant)) if person else {},
            "credential": held,
            "sessions": sessions.sessions_of(connection, plant, key, self._hub.clock.now(), limits),
            "refused": why_not_theirs(reader(), plant, person) if person else "",
            "told": f"user.told.{told}" if told in _TOLD else "",
        }


def sources(person: Person, groups: Mapping[str, Group]) -> Mapping[str, tuple[str, ...]]:
    """Return where each of somebody's rights comes from: the codes of groups, and nothing for their own."""
    found: dict[str, list[str]] = {right: [""] for right in person.rights}
    for code in person.groups:
        group = groups.get(code)
        for right in group.rights if group and not group.disabled else ():
            found.setdefault(right, []).append(code)
    return {} if person.disabled else {right: tuple(where) for right, where in found.items()}


def why_not_theirs(asks: Reader, plant: str, person: Person) -> str:
    """Return why the reader may not hand out this person's sign-on (a catalogue key): with it comes all they may do."""
    if asks.may(plant, GRANT_RIGHT) or person.all_rights <= asks.rights:
        return ""
    return "user.refused.more_rights"


class _SignOns:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages

    def act(self) -> AnyResponse:
        """Give a first password, end all sessions, or lock somebody out; the gate has asked for the right."""
        plant, language = self._pages.asked()
        number, act = _word("number"), _word("act")
        with reading(self._hub.engine) as connection:
            person = person_of(connection, plant, number)
        if person is None or act not in SIGN_ON_ACTS:
            return self._pages.missing(plant, language)
        if act == "password" and (why := why_not_theirs(reader(), plant, person)):
            return self._refused(plant, language, why)
        try:
            password = self._done(plant, number, act)
        except StoreBusyError:
            return self._pages.busy(plant, language)
        by = reader().person
        _log.info("%s/%s: %s, by %s", plant, number, act, by.number if by else "a token")
        if password:
            return self._show(plant, language, person, password)
        query = {"plant": plant, "lang": language, "key": number, "told": act}
        return redirect(f"/office/persons/record?{urlencode(query)}", 303)

    def _done(self, plant: str, number: str, act: str) -> str:
        """Do it; returns the password, where one was given."""
        with writing(self._hub.engine) as connection:
            match act:
                case "password":
                    return give_password(connection, plant, number, self._hub.clock.now())
                case "sessions":
                    sessions.end(connection, plant, number)
                case _:
                    lock_out(connection, plant, number)
        return ""

    def _show(self, plant: str, language: Language, person: Person, password: str) -> Response:
        """Show the password, this once: what is kept of it cannot be read."""
        html = self._pages.draw(
            "office_password.html",
            plant,
            language,
            title="user.password_given",
            person=person,
            password=password,
            days=str(ONE_TIME_DAYS),
        )
        return Response(html)

    def _refused(self, plant: str, language: Language, key: str) -> Response:
        html = self._pages.draw("missing.html", plant, language, title=key, key=key)
        return Response(html, status=422)


def _word(name: str) -> str:
    return request.form.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")
