"""The pages: the board, and behind each of its numbers the documents, stock, events, kiosks and discrepancies."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request, send_from_directory
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import LANGUAGES, Language
from drivers import web_assets
from hub.hub import Hub
from hub.rights.documents import Sight
from hub.rights.prices import event_seen
from hub.rights.reader import reader
from hub.store.database import StoreBusyError, reading
from hub.tile import WITH_SUBJECT, BoardName, tiles
from hub.views.events import EventQuery, event_view, events_page
from hub.views.journal import JournalQuery, journal_page
from hub.views.kiosks import KioskQuery, kiosks_page
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX, CursorError, whole_number
from hub.views.stock import StockQuery, movements_of_event, place_totals, stock_page
from hub.web.board import Board, Room, look_of
from hub.web.guard import Guard
from hub.web.render import Renderer, language_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
ASSETS_MAX_AGE_S = 3600

_STATIC = Path(__file__).parent / "static"

Show = Callable[[Connection, str, Language], str | None]


class Pages:
    """What all pages share: whose plant, which language, and how a missing thing is said."""

    def __init__(self, hub: Hub, renderer: Renderer, guard: Guard) -> None:
        self._hub, self._renderer, self._guard = hub, renderer, guard

    def asked(self) -> tuple[str, Language]:
        """Return which plant is asked for (the first, where none is), and in which language."""
        plant = request.values.get("plant", "") or self._hub.settings.plants[0]
        return plant, language_of(request.values.get("lang", ""))

    def answer(self, show: Show, plant: str = "") -> Response:
        """Return the page `show` draws inside one read transaction; None from it is a page that says "not here"."""
        named, language = self.asked()
        plant = plant or named
        if plant not in self._hub.settings.plants:
            return self.missing(self._hub.settings.plants[0], language)
        try:
            with reading(self._hub.engine) as connection:
                html = show(connection, plant, language)
        except CursorError:
            html = None
        except StoreBusyError:
            return self.busy(plant, language)
        return Response(html) if html is not None else self.missing(plant, language)

    def sight(self, plant: str) -> Sight:
        """Return which documents whoever asks may look at."""
        return Sight(asks=reader(), plant=plant, is_open=self._hub.settings.open_board)

    def busy(self, plant: str, language: Language) -> Response:
        """Say that the database is busy."""
        html = self.draw("missing.html", plant, language, title="board.busy", key="board.busy")
        return Response(html, status=503, headers={"Retry-After": "2"})

    def says(self, key: str) -> str:
        """Return the page that says only this, for whoever asks."""
        plant, language = self.asked()
        plant = plant if plant in self._hub.settings.plants else self._hub.settings.plants[0]
        return self.draw("missing.html", plant, language, title=key, key=key)

    def missing(self, plant: str, language: Language) -> Response:
        html = self.draw("missing.html", plant, language, title="board.missing", key="board.missing")
        return Response(html, status=404)

    def draw(self, template: str, plant: str, language: Language, *, title: str, **values: Any) -> str:
        return self._renderer.page(
            template,
            language=language,
            plant=plant,
            zone=self._hub.settings.zone,
            title=title,
            plants=self._hub.settings.plants,
            languages=_language_links(language),
            reader=reader(),
            may=partial(reader().may, plant),
            form_token=self._guard.token,
            here=request.full_path.removesuffix("?") if request.method == "GET" else "/board",
            **values,
        )


def serve_pages(app: Flask, hub: Hub, renderer: Renderer, board: Board, guard: Guard) -> Pages:
    """Serve every page but the desk, the style, the scripts and the security headers; what they share is returned."""
    pages = Pages(hub, renderer, guard)

    def home() -> AnyResponse:
        return redirect("/board")

    def board_page() -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            look, names = look_of(request.args, plant), NameBook()
            names.read(connection, plant, "line", [look.subject])
            whole = board.whole(Room(look, language))
            return pages.draw(
                "board.html",
                plant,
                language,
                title=f"board.title.{look.board}",
                look=look,
                subject=names.of("line", look.subject, language),
                boards=[one for one in get_args(BoardName) if one not in WITH_SUBJECT],
                tiles=tiles(look.board),
                whole=whole,
                zone_name=hub.settings.time_zone,
                hub_time=datetime.fromtimestamp(whole["hub_time_ms"] / 1000, UTC),
            )

        return pages.answer(show)

    def asset(name: str) -> Response:
        response = send_from_directory(web_assets.FOLDER, name, max_age=ASSETS_MAX_AGE_S)
        if policy := web_assets.policy_of(name):
            response.headers["Content-Security-Policy"] = policy
        return response

    def look(name: str) -> Response:
        return send_from_directory(_STATIC, name, max_age=ASSETS_MAX_AGE_S)

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/board", "board", board_page)
    app.add_url_rule("/assets/<name>", "assets", asset)
    app.add_url_rule("/web/<name>", "web_look", look)
    _serve_stock(app, pages)
    _serve_events(app, pages)
    _serve_lists(app, pages)
    app.after_request(_secure)
    app.after_request(guard.leave)
    return pages


def _serve_stock(app: Flask, pages: Pages) -> None:
    def stock() -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            totals = place_totals(connection, plant)
            names = NameBook()
            names.read(connection, plant, "place", (one.place for one in totals))
            return pages.draw(
                "stock.html", plant, language, title="board.tile.stock", totals=totals, names=names
            )

        return pages.answer(show)

    def place(code: str) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if len(code) > WORD_CHARS_MAX or "\x00" in code:
                return None
            page = stock_page(connection, plant, StockQuery(place=code, after=_after()))
            moved = journal_page(connection, plant, JournalQuery(place=code, limit=50)).rows
            names = NameBook()
            names.read(
                connection,
                plant,
                "place",
                [code, *(one.source for one in moved), *(one.target for one in moved)],
            )
            names.read(
                connection, plant, "item", [*(one.item for one in page.rows), *(one.item for one in moved)]
            )
            return pages.draw(
                "place.html",
                plant,
                language,
                title="board.tile.stock",
                code=code,
                page=page,
                moved=moved,
                names=names,
            )

        return pages.answer(show)

    app.add_url_rule("/stock", "stock", stock)
    app.add_url_rule("/stock/<path:code>", "place", place)


def _serve_events(app: Flask, pages: Pages) -> None:
    def events() -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            page = events_page(connection, plant, EventQuery(from_position=_position("from"), limit=50))
            return pages.draw("events.html", plant, language, title="board.events", page=page)

        return pages.answer(show)

    def event(plant_name: str, position: str) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            view = event_view(connection, plant, whole_number(position))
            if view is None:
                return None
            view = event_seen(view, reader(), plant)
            moved = movements_of_event(connection, plant, view.event.position)
            names = NameBook()
            names.read(connection, plant, "item", (one.item for one in moved))
            envelope = view.envelope or {}
            names.read(connection, plant, "person", [str(envelope.get("operator", ""))])
            return pages.draw(
                "event.html", plant, language, title="board.events", view=view, moved=moved, names=names
            )

        return pages.answer(show, plant_name)

    app.add_url_rule("/events", "events", events)
    app.add_url_rule("/events/<plant_name>/<position>", "event", event)


def _serve_lists(app: Flask, pages: Pages) -> None:
    def kiosks() -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            page = kiosks_page(connection, plant, KioskQuery(after=_after()))
            names = NameBook()
            names.read(connection, plant, "person", (row.operator for row in page.rows))
            return pages.draw(
                "kiosks.html", plant, language, title="board.tile.kiosks", page=page, names=names
            )

        return pages.answer(show)

    def discrepancies() -> AnyResponse:
        return redirect(f"/desk?{urlencode(request.args.to_dict())}")

    app.add_url_rule("/kiosks", "kiosks", kiosks)
    app.add_url_rule("/discrepancies", "discrepancies", discrepancies)


def _after() -> str:
    return request.args.get("after", "")[:1000]


def _position(name: str) -> int:
    return whole_number(request.args.get(name, ""))


def _language_links(language: Language) -> list[tuple[Language, str]]:
    """Return the same page in the other languages."""
    query = request.args.to_dict()
    return [
        (one, f"{request.path}?{urlencode({**query, 'lang': one})}") for one in LANGUAGES if one != language
    ]


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response
