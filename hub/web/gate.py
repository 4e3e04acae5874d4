"""The one door: before anything of a request is done, who asks is found out and the matrix is asked."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from sqlalchemy import Connection
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from domain.wire import Refusal
from hub.api.openapi import PREFIX
from hub.api.route import refusal_response
from hub.hub import Hub
from hub.rights import sessions
from hub.rights.grants import person_of
from hub.rights.matrix import Need, Who, need_of
from hub.rights.reader import NOBODY, Reader, reader
from hub.rights.tokens import keep_first_token, token_of
from hub.rights.users import credential_of
from hub.store.database import StoreBusyError, reading, writing
from hub.web.guard import SESSION_COOKIE, Guard

FORM_PARTS_MAX = 5_000
_WHILE_PASSWORD_IS_NEW = frozenset({"/account", "/account/password", "/sign-off", "/sign-on"})

_log = logging.getLogger(__name__)


class Gate:
    """Stands before every address of one hub."""

    def __init__(self, hub: Hub, guard: Guard, draw: Callable[[str], str]) -> None:
        """`draw` makes the page that says why not, of a key of the catalogue."""
        self._hub, self._guard, self._draw = hub, guard, draw

    def install(self, app: Flask) -> None:
        """Stand before every address of `app`."""
        with writing(self._hub.engine) as connection:
            keep_first_token(connection, self._hub.keyring.write_token, self._hub.clock.now())
        app.before_request(self.look)

    def look(self) -> AnyResponse | None:
        """Return why a request goes no further; None where it may."""
        rule = request.url_rule
        if rule is None:
            return None  # no such address, or not by this method: Flask says so
        need = need_of(request.method, rule.rule)
        if need is None:
            _log.error("%s %s is not in the authorization matrix", request.method, rule.rule)
            return self._refuse(HTTPStatus.FORBIDDEN, "not_in_matrix", "this address is not open to anybody")
        if need.who is Who.KIOSK:
            return None
        try:
            g.reader = self._who()
            return self._judge(need)
        except StoreBusyError as error:
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "busy", str(error), retry_after_s=2)

    def may_watch(self, plant: str) -> bool:
        """Tell whether the request in hand may look at a plant's board."""
        return self._hub.settings.open_board or self._who().may(plant, "board.see")

    def _who(self) -> Reader:
        authorization = request.headers.get("Authorization", "")
        secret = request.cookies.get(SESSION_COOKIE, "")
        if not authorization and not secret:
            return NOBODY
        limits, now = self._hub.settings.sign_on.limits, self._hub.clock.now()
        with reading(self._hub.engine) as connection:
            if authorization:
                return _by_token(connection, authorization)
            session = sessions.session_of(connection, secret[:200], now, limits)
            found = _by_session(connection, session) if session else NOBODY
        if found.session and sessions.is_due(found.session, now):
            with writing(self._hub.engine) as connection:
                sessions.note_seen(connection, found.session, now)
        return found

    def _judge(self, need: Need) -> AnyResponse | None:
        if request.method not in ("GET", "HEAD") and not self._is_api:
            request.max_content_length = need.form_bytes_max
            request.max_form_memory_size = need.form_bytes_max
            request.max_form_parts = FORM_PARTS_MAX
            try:
                is_ours = self._guard.allows()
            except RequestEntityTooLarge:
                return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "the form is too long")
            if not is_ours:
                return self._refuse(HTTPStatus.FORBIDDEN, "form", "the form did not come from our own page")
        asks = reader()
        if (
            asks.must_change
            and need.who not in (Who.ANYBODY, Who.LINK)
            and request.path not in _WHILE_PASSWORD_IS_NEW
        ):
            return redirect(f"/account?{urlencode(self._language())}", code=303)
        match need.who:
            case Who.ANYBODY | Who.LINK:
                return None
            case Who.BOARD if self._hub.settings.open_board and not need.is_private(self._path()):
                return None
            case Who.SIGNED_ON:
                return None if asks.person else self._sign_on_first()
            case _:
                return self._judge_right(need, asks)

    def _judge_right(self, need: Need, asks: Reader) -> AnyResponse | None:
        if not asks.is_known or (self._is_api and self._writes and not asks.token):
            return (
                self._sign_on_first()
            )  # a browser's cookie never writes through the API: no form token guards it
        path = self._path()
        right = need.right_for(path)
        if not right:
            return self._refuse(HTTPStatus.NOT_FOUND, "not_found", "there is no such kind of data")
        if not asks.may(self._plant(path), right):
            return self._refuse(HTTPStatus.FORBIDDEN, "no_right", f"this needs the right {right}")
        return None

    def _plant(self, path: dict[str, str]) -> str:
        """Return the plant a request is about, by its address and form; a body's is looked at later."""
        given = request.args if self._is_api else request.values
        asked = path.get("plant_name") or path.get("plant") or given.get("plant", "")
        if not asked and self._is_api and self._writes:
            return reader().plant
        return asked or self._hub.settings.plants[0]

    @staticmethod
    def _path() -> dict[str, str]:
        return {name: str(value) for name, value in (request.view_args or {}).items()}

    @property
    def _is_api(self) -> bool:
        return request.path.startswith(PREFIX)

    @property
    def _writes(self) -> bool:
        return request.method not in ("GET", "HEAD")

    def _sign_on_first(self) -> AnyResponse:
        if self._is_api:
            words = (
                "this needs the header Authorization: Bearer with a token; the first one stands in the data "
                "folder, secrets/write-token"
            )
            return self._refuse(HTTPStatus.UNAUTHORIZED, "token", words)
        query = self._language()
        if not self._writes:
            query["next"] = request.full_path.removesuffix("?")
        return redirect(f"/sign-on?{urlencode(query)}", code=303)

    def _language(self) -> dict[str, str]:
        given = request.args if self._is_api else request.values
        asked = {name: given.get(name, "") for name in ("plant", "lang")}
        return {name: value[:40] for name, value in asked.items() if value}

    def _refuse(
        self, status: HTTPStatus, code: str, message: str, *, retry_after_s: float = 0.0
    ) -> AnyResponse:
        if self._is_api:
            return refusal_response(status, Refusal(code=code, message=message, retry_after_s=retry_after_s))
        page = self._draw(f"gate.{code}")
        return Response(page, status=status, headers={"Retry-After": "2"} if retry_after_s else {})


def _by_token(connection: Connection, authorization: str) -> Reader:
    token = token_of(connection, authorization)
    return Reader(plant=token.plant, rights=token.rights, token=token.name) if token else NOBODY


def _by_session(connection: Connection, session: sessions.Session) -> Reader:
    """Look the person up anew each time: who was struck off is out at once."""
    person = person_of(connection, session.plant, session.person)
    held = credential_of(connection, session.plant, session.person)
    if person is None or person.disabled or held is None:
        return NOBODY
    return Reader(
        plant=session.plant,
        rights=person.all_rights,
        person=person,
        session=session,
        must_change=held.must_change,
    )
