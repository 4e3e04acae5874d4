"""The page of months: which are closed, by whom, and the form that closes one."""

from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.words import speak
from hub.hub import Hub
from hub.months import RIGHT, CannotCloseError, closable, months_of
from hub.office import Office, Order, OrderError
from hub.store.database import StoreBusyError
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.web.acting import acting_person, chosen_person, entitled_to
from hub.web.office_pages import OfficePages

FORM_BYTES_MAX = 16 * 1024
_TOLD = ("closed", "stored")


def serve_months(app: Flask, hub: Hub, office: OfficePages) -> None:
    """Serve the page and its form."""
    served = _Months(hub, office)
    app.add_url_rule("/months", "months", served.show)
    app.add_url_rule("/months", "month_close", served.close, methods=["POST"])


class _Months:
    def __init__(self, hub: Hub, pages: OfficePages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def show(self) -> Response:
        return self._draw()

    def close(self) -> AnyResponse:
        """Close a month and show the page again, with a word about what came of it."""
        if (refused := self._pages.refuse_form(FORM_BYTES_MAX)) is not None:
            return refused
        plant, language = self._pages.pages.asked()
        person = acting_person()
        period = request.form.get("period", "")[:WORD_CHARS_MAX].replace("\0", "")
        try:
            is_booked = self._office.close_month(
                plant, Order(person=person, act="close_month", ids=()), period
            )
        except (OrderError, CannotCloseError) as error:
            return self._draw(speak(language, error.key, period=period))
        except StoreBusyError:
            return self._draw(speak(language, "desk.refused.busy"))
        told = "closed" if is_booked else "stored"
        query = {"plant": plant, "lang": language, "told": told}
        return self._pages.leave_person(redirect(f"/months?{urlencode(query)}", 303), person)

    def _draw(self, refusal: str = "") -> Response:
        cookie, token = self._pages.guard.begin()

        def show(connection: Connection, plant: str, language: Language) -> str:
            found = months_of(connection, plant)
            names = NameBook()
            names.read(connection, plant, "person", [one.person for one in found])
            told = request.args.get("told", "")
            return self._pages.pages.draw(
                "months.html",
                plant,
                language,
                title="month.title",
                months=[
                    (one, names.of("person", one.person, language) if one.person else "") for one in found
                ],
                closable=closable(connection, plant, self._hub.clock.now()),
                people=entitled_to(connection, plant, RIGHT[0], RIGHT[1:]),
                chosen=acting_person() or chosen_person(),
                token=token,
                refusal=refusal,
                told=told if told in _TOLD else "",
            )

        response = self._pages.guard.leave(self._pages.pages.answer(show), cookie)
        if refusal:
            response.status_code = 422
        return response
