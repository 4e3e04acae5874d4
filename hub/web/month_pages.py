"""The page of months: which are closed, by whom, and the form that closes one."""

from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.words import speak
from hub.hub import Hub
from hub.months import CannotCloseError, closable, months_of
from hub.office import Office, OrderError
from hub.rights.matrix import MONTH_RIGHT
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.web.hand import hand_of
from hub.web.pages import Pages

_TOLD = ("closed", "stored")


def serve_months(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the page and its form."""
    served = _Months(hub, pages)
    app.add_url_rule("/months", "months", served.show)
    app.add_url_rule("/months", "month_close", served.close, methods=["POST"])


class _Months:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def show(self) -> Response:
        return self._draw()

    def close(self) -> AnyResponse:
        """Close a month and show the page again, with a word about what came of it."""
        plant, language = self._pages.asked()
        period = request.form.get("period", "")[:WORD_CHARS_MAX].replace("\0", "")
        try:
            is_booked = self._office.close_month(plant, hand_of(reader(), plant), period)
        except (OrderError, CannotCloseError) as error:
            return self._draw(speak(language, error.key, period=period))
        except StoreBusyError:
            return self._draw(speak(language, "desk.refused.busy"))
        query = {"plant": plant, "lang": language, "told": "closed" if is_booked else "stored"}
        return redirect(f"/months?{urlencode(query)}", 303)

    def _draw(self, refusal: str = "") -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            found = months_of(connection, plant)
            names = NameBook()
            names.read(connection, plant, "person", [one.person for one in found])
            told = request.args.get("told", "")
            return self._pages.draw(
                "months.html",
                plant,
                language,
                title="month.title",
                months=[
                    (one, names.of("person", one.person, language) if one.person else "") for one in found
                ],
                closable=closable(connection, plant, self._hub.clock.now()),
                may_close=reader().may(plant, MONTH_RIGHT),
                refusal=refusal,
                told=told if told in _TOLD else "",
            )

        response = self._pages.answer(show)
        if refusal:
            response.status_code = 422
        return response
