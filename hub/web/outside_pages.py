"""The page of a link for people outside, and the page that gives somebody such a link to show or print."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.events.outside import GoodsAnswered, ReturnAnnounced
from domain.names import Language
from domain.words import speak
from hub.cells import CellError
from hub.hub import Hub
from hub.office import Office
from hub.outside import (
    CONDITIONS,
    NAME_CHARS_MAX,
    NOTE_CHARS_MAX,
    Sent,
    Typed,
    announce,
    answer,
    invite,
    open_link,
)
from hub.outside_link import DAYS_VALID, LINK_CHARS_MAX, Link, LinkError
from hub.store.database import StoreBusyError, reading
from hub.store.values import instant_of
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.web.pages import Pages
from hub.web.render import language_of
from labels.symbology import encode

_LINE = "line_"
_ACTS = {"arrival": answer, "return": announce}
_facts: Mapping[str, type[GoodsAnswered | ReturnAnnounced]] = {
    "arrival": GoodsAnswered,
    "return": ReturnAnnounced,
}


def serve_outside(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve both pages and the form."""
    served = _Outside(hub, pages)
    app.add_url_rule("/outside", "outside_invite", served.invite)
    app.add_url_rule("/outside/<link>", "outside", served.show)
    app.add_url_rule("/outside/<link>", "outside_answer", served.answer, methods=["POST"])


class _Outside:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def invite(self) -> Response:
        """Show a fresh link as a code to scan, for a document that sent goods out."""
        number = request.args.get("number", "").replace("\0", "")[:WORD_CHARS_MAX]

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            now = self._hub.clock.now()
            link = invite(connection, plant, number, self._hub.keyring.session_key, now)
            if link is None:
                return None
            address = f"{request.host_url}outside/{link}"
            return self._pages.draw(
                "outside_invite.html",
                plant,
                language,
                title="outside.title",
                number=number,
                address=address,
                code=_picture(address),
                days=DAYS_VALID,
            )

        return self._pages.answer(show)

    def show(self, link: str) -> Response:
        return self._page(link)

    def answer(self, link: str) -> AnyResponse:
        """Take what was said, once, and show the page again."""
        form, language = request.form, language_of(request.form.get("lang", ""))
        act = form.get("act", "")
        typed = Typed(
            name=form.get("name", "")[: 2 * NAME_CHARS_MAX],
            note=form.get("note", "")[: 2 * NOTE_CHARS_MAX],
            condition=form.get("condition", ""),
            received={
                int(name.removeprefix(_LINE)): value[:WORD_CHARS_MAX]
                for name, value in form.items()
                if name.removeprefix(_LINE).isascii() and name.removeprefix(_LINE).isdecimal()
            },
            packages=form.get("packages", "")[:WORD_CHARS_MAX],
        )
        if act not in _ACTS:
            return self._page(link, "outside.no_act")
        try:
            with reading(self._hub.engine) as connection:
                opened, _ = self._open(connection, link)
            _ACTS[act](self._office, opened, lambda connection: self._open(connection, link)[1], typed)
        except LinkError as error:
            return self._page(link, error.key)
        except CellError as error:
            return self._page(link, error.problem.code, error.problem.parameters)
        except StoreBusyError:
            return self._page(link, "desk.refused.busy")
        return redirect(f"/outside/{link}?lang={language}", 303)

    def _open(self, connection: Connection, link: str) -> tuple[Link, Sent]:
        settings, now = self._hub.settings, self._hub.clock.now()
        text = link[: LINK_CHARS_MAX + 1]
        return open_link(connection, settings.plants, text, self._hub.keyring.session_key, now)

    def _page(self, link: str, refusal: str = "", values: Mapping[str, str] | None = None) -> Response:
        language = language_of(request.values.get("lang", ""))
        try:
            with reading(self._hub.engine) as connection:
                opened, sent = self._open(connection, link)
                html = self._drawn(connection, opened, sent, language, _said(language, refusal, values))
        except LinkError as error:
            is_ours = error.key != "outside.not_ours"
            status = HTTPStatus.GONE if is_ours else HTTPStatus.FORBIDDEN
            return Response(self._pages.says(error.key), status=status)
        except StoreBusyError:
            return self._pages.busy(self._hub.settings.plants[0], language)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
        return Response(html, status=status)

    def _drawn(self, connection: Connection, link: Link, sent: Sent, language: Language, refusal: str) -> str:
        names = NameBook()
        names.read(connection, link.plant, "item", (one.line.item for one in sent.view.lines))
        names.read(connection, link.plant, "place", (sent.view.partner,))
        said: dict[str, Any] = {
            act: {
                "fact": msgspec.json.decode(row.fact_json, type=_facts[act]),
                "at": instant_of(row.answered_at),
            }
            for act, row in sent.said.items()
        }
        return self._pages.draw(
            "outside.html",
            link.plant,
            language,
            title="outside.title",
            view=sent.view,
            said=said,
            names=names,
            conditions=CONDITIONS,
            name_chars_max=NAME_CHARS_MAX,
            note_chars_max=NOTE_CHARS_MAX,
            refusal=refusal,
            typed=request.form,
        )


def _said(language: Language, key: str, values: Mapping[str, str] | None) -> str:
    return speak(language, key, **(values or {})) if key else ""


def _picture(address: str) -> dict[str, Any]:
    """Return the address as a QR code: how many modules wide, and the path of its dark ones for SVG."""
    modules = encode("qr", address)
    dark = [divmod(at, modules.width) for at, is_dark in enumerate(modules.dark) if is_dark]
    return {"size": modules.width, "path": "".join(f"M{column} {row}h1v1h-1z" for row, column in dark)}
