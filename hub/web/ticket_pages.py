"""The pages of quality tickets: the exposure list with all that is open, and one with its story and its next act."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.problem import Problem
from domain.quality_saying import TICKET_DAYS
from domain.quality_ticket import Party, TicketState
from domain.words import speak, speak_problem, speak_way_out
from domain.work_unit import WorkUnit
from hub.escapes import chain
from hub.hub import Hub
from hub.office import Office, OrderError
from hub.photos import photo_folder
from hub.rights.matrix import TICKET_ACTS
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.ticket_office import (
    NEXT,
    TOLD_CHARS_MAX,
    CannotActError,
    Wanted,
    act_wanted,
    may_act,
    parties_of,
    ticket_row,
)
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.views.plans import today_of
from hub.views.tickets import TicketLine, holds_of, story, ticket_line, ticket_lists
from hub.web.hand import hand_of
from hub.web.pages import Pages
from hub.web.quality_forms import offered
from hub.work_units import work_units

_ACTS = (*TICKET_ACTS, "decide")
_TOLD = frozenset({*_ACTS, "stored"})


def serve_tickets(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the pages and the act."""
    served = _Tickets(hub, pages)
    app.add_url_rule("/tickets", "tickets", served.list)
    app.add_url_rule("/tickets/<path:number>", "ticket", served.one)
    app.add_url_rule("/tickets/<path:number>", "ticket_act", served.act, methods=["POST"])


class _Tickets:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def list(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            units = work_units(connection, plant)
            unit = request.args.get("unit", "")[:WORD_CHARS_MAX].replace("\0", "")
            today = self._today(connection, plant)
            lists = ticket_lists(connection, plant, today, unit)
            lines = (*lists.exposed, *lists.waiting, *lists.closed)
            return self._pages.draw(
                "tickets.html",
                plant,
                language,
                title="quality.tickets",
                lists=lists,
                due=(today + timedelta(days=TICKET_DAYS)).isoformat(),
                offer=offered(connection, plant, language),
                unit=unit,
                units=units,
                names=named(connection, plant, units, lines),
            )

        return self._pages.answer(show)

    def one(self, number: str) -> Response:
        return self._one(number)

    def act(self, number: str) -> AnyResponse:
        """Do what is next about a ticket, and show it again with a word about what came of it."""
        plant, language = self._pages.asked()
        wanted = Wanted(
            ticket=number, **{name: _word(name) for name in ("act", "due", "unit", "told", "party")}
        )
        if wanted.act not in _ACTS:
            return self._again(number, speak(language, "quality.refused.no_act"))
        try:
            is_booked = act_wanted(self._office, plant, hand_of(reader(), plant), wanted)
        except CannotActError as error:
            return self._again(number, said(language, error.problem))
        except OrderError as error:
            return self._again(number, speak(language, error.key))
        except StoreBusyError:
            return self._again(number, speak(language, "desk.refused.busy"))
        query = {"plant": plant, "lang": language, "told": wanted.act if is_booked else "stored"}
        return redirect(f"/tickets/{quote(number)}?{urlencode(query)}", 303)

    def _again(self, number: str, refusal: str) -> Response:
        response = self._one(number, refusal)
        if response.status_code == 200:  # noqa: PLR2004 (a page that is there, but nothing was done)
            response.status_code = 422
        return response

    def _one(self, number: str, refusal: str = "") -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            row = ticket_row(connection, plant, number)
            if row is None:
                return None
            today = self._today(connection, plant)
            line, done = ticket_line(row, today), story(connection, plant, number)
            units = work_units(connection, plant)
            names = named(connection, plant, units, [line])
            answers = chain(connection, plant, row, self._hub.quality.liability)
            names.read(connection, plant, "operation", [one.operation for one in answers])
            people = [*(one.person for one in done), *(who for one in answers for who in one.people)]
            names.read(connection, plant, "person", people)
            told = request.args.get("told", "")
            folder = photo_folder(self._hub.settings.data_folder, plant)
            return self._pages.draw(
                "ticket.html",
                plant,
                language,
                title="quality.ticket",
                line=line,
                ticket=line.ticket,
                photos=[(one, folder.has(one)) for one in line.photos],
                done=done,
                answers=answers,
                holds=holds_of(connection, plant, number),
                units=units,
                names=names,
                due=(today + timedelta(days=TICKET_DAYS)).isoformat(),
                today=today.isoformat(),
                told_chars_max=TOLD_CHARS_MAX,
                refusal=refusal,
                sent=request.form if refusal else {},
                told=told if told in _TOLD else "",
                waits_for=tuple(party for party in Party if party not in line.ticket.votes),
                **_offered(line, units),
            )

        return self._pages.answer(show)

    def _today(self, connection: Connection, plant: str) -> Any:
        return today_of(connection, plant, self._hub.clock.now())


def _offered(line: TicketLine, units: dict[str, WorkUnit] | Any) -> dict[str, Any]:
    """Return what the reader may do about a ticket now."""
    asks, ticket = reader(), line.ticket
    if asks.person is None:
        return {"acts": (), "parties": ()}
    acts = tuple(act for act in NEXT[ticket.state] if may_act(ticket, act, "", asks.person, units))
    is_disputed = ticket.state is TicketState.DISPUTED
    return {"acts": acts, "parties": parties_of(ticket, asks.person, units) if is_disputed else ()}


def named(connection: Connection, plant: str, units: Any, lines: Any) -> NameBook:
    """Return what everything in some tickets is called."""
    names = NameBook()
    codes = {code for one in lines for code in (one.ticket.finder, one.ticket.unit, one.ticket.owner)}
    for kind in ("line", "workshop"):
        names.read(connection, plant, kind, codes)
    names.read(
        connection, plant, "operation", {code for one in lines for code in (one.operation, one.origin)}
    )
    names.read(connection, plant, "defect_code", {defect.code for one in lines for defect in one.defects})
    heads = {units[code].head for code in codes if code in units}
    names.read(connection, plant, "person", {*heads, *(one.opened_by for one in lines)})
    return names


def said(language: Language, problem: Problem) -> str:
    """Say what is wrong, and what to do about it."""
    return f"{speak_problem(language, problem)}. {speak_way_out(language, problem)}."


def _word(name: str) -> str:
    return request.form.get(name, "")[:TOLD_CHARS_MAX].replace("\0", "")
