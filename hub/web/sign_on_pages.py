"""Signing on to the hub's pages, and one's own affairs: password, PIN, and where one is signed on."""

import secrets
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.pin import PIN_DIGITS_MAX, PIN_DIGITS_MIN, pin_flaw
from hub.hub import Hub
from hub.rights import sessions
from hub.rights.pins import has_pin, set_pin
from hub.rights.reader import reader
from hub.rights.secret import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, is_password
from hub.rights.throttle import browser_cookie, known_browser
from hub.rights.users import (
    Attempt,
    NotSignedOn,
    Refused,
    SignedOn,
    credential_of,
    set_password,
    sign_on,
    why_not_password,
)
from hub.store.database import StoreBusyError, reading, writing
from hub.store.reference import Author
from hub.store.values import instant_text
from hub.views.page import WORD_CHARS_MAX
from hub.web.guard import SESSION_COOKIE
from hub.web.pages import Pages

KNOWN_COOKIE = "noac_known"
"""Shows that somebody signed on in this browser before; it lets nobody in."""
_KNOWN_AGE_S = 365 * 24 * 3600
_BROWSER_BYTES = 16
_TOO_MANY = 429


def serve_sign_on(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the sign-on page and one's own page."""
    own = _SignOn(hub, pages)
    app.add_url_rule("/sign-on", "sign_on", own.page)
    app.add_url_rule("/sign-on", "sign_on_try", own.try_password, methods=["POST"])
    app.add_url_rule("/sign-off", "sign_off", own.off, methods=["POST"])
    app.add_url_rule("/account", "account", own.account)
    app.add_url_rule("/account/password", "account_password", own.change, methods=["POST"])
    app.add_url_rule("/account/pin", "account_pin", own.change_pin, methods=["POST"])
    app.add_url_rule("/account/sessions", "account_sessions", own.end_sessions, methods=["POST"])


class _SignOn:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages

    def page(self) -> Response:
        return self._page(None)

    def try_password(self) -> AnyResponse:
        """Look at a number and a password; then go where the person wanted to go."""
        plant, language = self._pages.asked()
        if plant not in self._hub.settings.plants:
            return self._pages.missing(self._hub.settings.plants[0], language)
        number = _word("number").strip()
        key = self._hub.keyring.session_key
        attempt = Attempt(
            plant=plant,
            number=number,
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            browser=request.headers.get("User-Agent", ""),
            known=known_browser(key, plant, number, request.cookies.get(KNOWN_COOKIE, "")[:200]),
        )
        try:
            answer = sign_on(self._hub.engine, attempt, self._hub.clock.now)
        except StoreBusyError:
            return self._pages.busy(plant, language)
        match answer:
            case NotSignedOn():
                return self._page(answer, number)
            case SignedOn():
                return self._begin(answer, plant, language, attempt.known)

    def off(self) -> AnyResponse:
        """Sign off in this browser."""
        asks = reader()
        if asks.session:
            with writing(self._hub.engine) as connection:
                sessions.end(connection, asks.session.plant, asks.session.person, asks.session.digest)
        response = redirect(f"/board?{urlencode(self._query())}", code=303)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    def account(self) -> Response:
        return self._account("")

    def change(self) -> AnyResponse:
        """Take a new password; every other session of the person ends, and this one gets a new secret."""
        asks, form = reader(), request.form
        if asks.session is None:
            return self._account("")
        plant, number, now = asks.session.plant, asks.session.person, self._hub.clock.now()
        old, new = form.get("old", ""), form.get("new", "")
        with reading(self._hub.engine) as connection:
            held = credential_of(connection, plant, number)
        why = why_not_password(number, old, new, form.get("again", ""))
        if held is None or not is_password(held.password, old[:PASSWORD_CHARS_MAX]):
            why = Refused.WRONG
        if why is not None:
            return self._account(f"sign_on.refused.{why}")
        with writing(self._hub.engine) as connection:
            set_password(connection, plant, number, new, now)
            sessions.end(connection, plant, number)
            secret = self._begin_session(connection, plant, number)
        response = redirect(f"/account?{urlencode({**self._query(), 'told': 'password'})}", code=303)
        return self._leave(response, secret)

    def change_pin(self) -> AnyResponse:
        """Take the PIN somebody wants to be asked for at the kiosks."""
        asks, form = reader(), request.form
        if asks.session is None:
            return self._account("")
        plant, number, now = asks.session.plant, asks.session.person, self._hub.clock.now()
        digits, old = form.get("pin", "").strip(), form.get("old", "")
        with reading(self._hub.engine) as connection:
            held = credential_of(connection, plant, number)
        why = "different" if digits != form.get("pin_again", "").strip() else pin_flaw(digits, number)
        if held is None or not is_password(held.password, old[:PASSWORD_CHARS_MAX]):
            why = "wrong"
        if why is not None:
            return self._account(f"pin.flaw.{why}")
        author = Author(person=number, at=instant_text(now), means="office")
        with writing(self._hub.engine) as connection:
            set_pin(connection, self._hub.store, plant, number, digits, now, author)
        return redirect(f"/account?{urlencode({**self._query(), 'told': 'pin'})}", code=303)

    def end_sessions(self) -> AnyResponse:
        """End one of one's own sessions, or all but this one."""
        asks = reader()
        if asks.session:
            named = _word("name")
            with writing(self._hub.engine) as connection:
                sessions.end(
                    connection,
                    asks.session.plant,
                    asks.session.person,
                    named if len(named) == sessions.NAME_CHARS else "",
                    keep=asks.session.digest,
                )
        return redirect(f"/account?{urlencode({**self._query(), 'told': 'sessions'})}", code=303)

    def _begin(self, answer: SignedOn, plant: str, language: Language, known: str) -> AnyResponse:
        query = {"plant": plant, "lang": language}
        whereto = "/account" if answer.must_change else _own_address(request.form.get("next", ""))
        address = whereto if "?" in whereto else f"{whereto}?{urlencode(query)}"
        response = redirect(address, code=303)
        number = answer.person.number
        name = known or secrets.token_hex(_BROWSER_BYTES)
        response.set_cookie(
            KNOWN_COOKIE,
            browser_cookie(self._hub.keyring.session_key, plant, number, name),
            max_age=_KNOWN_AGE_S,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
            path="/sign-on",
        )
        self._end_former()
        return self._leave(response, answer.secret)

    def _end_former(self) -> None:
        """Whoever was signed on in this browser is so no more."""
        former = reader().session
        if former:
            with writing(self._hub.engine) as connection:
                sessions.end(connection, former.plant, former.person, former.digest)

    def _begin_session(self, connection: Connection, plant: str, number: str) -> str:
        return sessions.begin(
            connection,
            plant,
            number,
            self._hub.clock.now(),
            address=request.remote_addr or "",
            browser=request.headers.get("User-Agent", ""),
        )

    @staticmethod
    def _leave(response: AnyResponse, secret: str) -> AnyResponse:
        response.set_cookie(
            SESSION_COOKIE, secret, httponly=True, samesite="Strict", secure=request.is_secure, path="/"
        )
        return response

    def _page(self, why: NotSignedOn | None, number: str = "") -> Response:
        def show(_connection: Connection, plant: str, language: Language) -> str:
            return self._pages.draw(
                "sign_on.html",
                plant,
                language,
                title="sign_on.title",
                why=why,
                number=number,
                next=_own_address(request.values.get("next", "")),
            )

        response = self._pages.answer(show)
        if why is not None and response.status_code == 200:  # noqa: PLR2004 (a page that says why not stays a page)
            response.status_code = _TOO_MANY if why.why is Refused.WAIT else 403
            if why.wait_s:
                response.headers["Retry-After"] = str(why.wait_s)
        return response

    def _account(self, why: str) -> Response:
        """Draw one's own page; `why`: the words for what was not taken, or nothing."""
        asks, now = reader(), self._hub.clock.now()
        limits = self._hub.settings.sign_on.limits

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if asks.session is None or asks.person is None:
                return None
            found = sessions.sessions_of(connection, asks.session.plant, asks.session.person, now, limits)
            told = request.args.get("told", "")
            return self._pages.draw(
                "account.html",
                plant,
                language,
                title="account.title",
                why=why,
                told=told if told in ("password", "pin", "sessions") else "",
                has_pin=has_pin(connection, asks.session.plant, asks.session.person),
                digits=(PIN_DIGITS_MIN, PIN_DIGITS_MAX),
                sessions=found,
                this_one=asks.session.digest,
                must_change=asks.must_change,
                chars_min=PASSWORD_CHARS_MIN,
            )

        response = self._pages.answer(show)
        if why:
            response.status_code = 400
        return response

    def _query(self) -> dict[str, str]:
        plant, language = self._pages.asked()
        return {"plant": plant, "lang": language}


def _word(name: str) -> str:
    return request.form.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")


def _own_address(asked: str) -> str:
    """Return a page of ours to go to next; never another site's, and never an address that does something."""
    is_ours = asked.startswith("/") and not asked.startswith(("//", "/\\", "/sign-o")) and len(asked) < 1000  # noqa: PLR2004 (no address of ours is longer)
    return asked if is_ours and asked.isprintable() else "/board"
