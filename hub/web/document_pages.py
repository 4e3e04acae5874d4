"""The pages of documents: the list, one with its lines and its decisions, and what waits for the reader's approval."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.problem import Problem
from domain.words import has_words, speak, speak_problem, speak_way_out
from hub.approvals import REASON_CHARS_MAX, Approvals, CannotDecideError, Named
from hub.hub import Hub
from hub.office import Office, OrderError
from hub.plan_register import plans_named
from hub.rights.documents import types_with
from hub.rights.matrix import APPROVAL_ACTS
from hub.rights.prices import document_seen
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.views.approvals import LINES_SHOWN_MAX, MOVES_SHOWN_MAX, names_in, sent_back, submission, waiting
from hub.views.documents import (
    DocumentQuery,
    LineRow,
    document_row,
    document_view,
    documents_page,
    documents_rows,
)
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX, whole_number
from hub.web.hand import hand_of
from hub.web.pages import Pages

_DONE = frozenset({"approve", "send_back", "unapprove", "stored"})
MOVES_MAX = 2_000
"""Movements of one document that can be ticked one by one; further ones go with it."""


def serve_documents(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the pages, and the acts at them."""
    served = _Documents(hub, pages)
    app.add_url_rule("/documents", "documents", served.list)
    app.add_url_rule("/documents/<path:number>", "document", served.one)
    app.add_url_rule("/approvals", "approvals", served.waiting)
    app.add_url_rule("/approvals", "approval_decide", served.decide, methods=["POST"])


class _Documents:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._pages = pages
        office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)
        self._approvals = Approvals(hub.engine, office, hub.clock.now)

    def list(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            plan = request.args.get("plan", "").replace("\0", "")[:WORD_CHARS_MAX]
            query = DocumentQuery(after=request.args.get("after", "")[:1000], limit=50, plan=plan)
            page = documents_page(connection, plant, query, self._pages.sight(plant).where())
            names = NameBook()
            names.read(connection, plant, "person", (row.operator for row in page.rows))
            names.read(connection, plant, "place", (row.partner for row in page.rows))
            return self._pages.draw(
                "documents.html", plant, language, title="board.documents", page=page, plan=plan, names=names
            )

        return self._pages.answer(show)

    def one(self, number: str) -> Response:
        return self._one(number)

    def waiting(self) -> Response:
        return self._waiting()

    def decide(self) -> AnyResponse:
        """Approve, send back or un-approve a document, and show the page again with a word about what came of it."""
        plant, language = self._pages.asked()
        form, act = request.form, request.form.get("act", "")
        named = Named(
            number=_word("number"), device=_word("device"), seen=whole_number(request.form.get("seen", ""))
        )
        try:
            hand = hand_of(reader(), plant)
            match act:
                case "approve":
                    is_booked = self._approvals.approve(plant, hand, named, _unticked())
                case "send_back":
                    is_booked = self._approvals.send_back(plant, hand, named, form.get("reason", ""))
                case "unapprove":
                    is_booked = self._approvals.unapprove(plant, hand, named, form.get("reason", ""))
                case _:
                    return self._again(named.number, speak(language, "approval.refused.no_act"))
        except CannotDecideError as error:
            return self._again(named.number, _said(language, error.problem))
        except OrderError as error:
            return self._again(named.number, speak(language, error.key))
        except StoreBusyError:
            return self._again(named.number, speak(language, "desk.refused.busy"))
        told = {"told": act if is_booked else "stored", "number": named.number}
        query = {"plant": plant, "lang": language, **told}
        path = f"/documents/{quote(named.number)}" if form.get("back") == "document" else "/approvals"
        return redirect(f"{path}?{urlencode(query)}", 303)

    def _again(self, number: str, refusal: str) -> Response:
        """Show the page the form came from, with why nothing was done."""
        is_one = request.form.get("back") == "document"
        response = self._one(number, refusal) if is_one else self._waiting(refusal)
        if response.status_code == 200:  # noqa: PLR2004 (a page that is there, but nothing was done)
            response.status_code = 422
        return response

    def _waiting(self, refusal: str = "") -> Response:
        asks = reader()

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if asks.person is None:
                return None
            types = types_with(asks, plant, APPROVAL_ACTS["approve"])
            found = waiting(connection, plant, types, asks.person)
            names = _names(connection, plant, *names_in(found.rows))
            return self._pages.draw(
                "approvals.html",
                plant,
                language,
                title="approval.title",
                found=found,
                has_types=bool(types),
                names=names,
                lines_max=LINES_SHOWN_MAX,
                moves_max=MOVES_SHOWN_MAX,
                refusal=refusal,
                **self._shared(language),
            )

        return self._pages.answer(show)

    def _one(self, number: str, refusal: str = "") -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            sight = self._pages.sight(plant)
            rows = () if "\x00" in number else documents_rows(connection, plant, number)
            shown = [self._shown(connection, plant, row) for row in rows if sight.sees(document_row(row))]
            if not shown:
                return None
            waits = [one["waits"] for one in shown if one["waits"]]
            items, places, people = names_in(waits)
            lines = [line for one in shown for line in one["view"].lines]
            heads = [one["view"].document for one in shown]
            people |= {*(line.operator for line in lines), *(one.operator for one in heads)}
            people |= {*(one.approver for one in heads)}
            people |= {one["back"].person for one in shown if one["back"]}
            items |= {line.item for line in lines}
            names = _names(connection, plant, items, places | {one.partner for one in heads}, people)
            return self._pages.draw(
                "document.html",
                plant,
                language,
                title="board.documents",
                number=number,
                has_plan=bool(plans_named(connection, plant, [number])),
                shown=shown,
                moves_max=MOVES_MAX,
                names=names,
                refusal=refusal,
                **self._shared(language),
            )

        return self._pages.answer(show)

    @staticmethod
    def _shown(connection: Connection, plant: str, row: Row[Any]) -> dict[str, Any]:
        """Return a document with what the reader may decide about it."""
        asks = reader()
        may_approve = asks.person is not None and asks.may(plant, f"{row.type}.{APPROVAL_ACTS['approve']}")
        waits = submission(connection, plant, row, asks.person) if may_approve and asks.person else None
        view = document_view(connection, plant, row)
        return {
            "view": document_seen(view, asks, plant),
            "waits": waits,
            "back": sent_back(connection, plant, row),
            "may_unapprove": row.status == "closed"
            and asks.person is not None
            and asks.may(plant, f"{row.type}.{APPROVAL_ACTS['unapprove']}"),
            "position": row.state_position,
        }

    @staticmethod
    def _shared(language: Language) -> dict[str, Any]:
        told = request.args.get("told", "")
        return {
            "told": told if told in _DONE else "",
            "told_number": request.args.get("number", "")[:WORD_CHARS_MAX],
            "reason_chars_max": REASON_CHARS_MAX,
            "explain": partial(_said, language),
            "reason_of": partial(_reason, language),
        }


def _names(
    connection: Connection,
    plant: str,
    items: Collection[str],
    places: Collection[str],
    people: Collection[str],
) -> NameBook:
    names = NameBook()
    for kind, keys in (("item", items), ("place", places), ("person", people)):
        names.read(connection, plant, kind, keys)
    return names


def _said(language: Language, problem: Problem) -> str:
    """Say what is wrong, and what to do about it."""
    return f"{speak_problem(language, problem)}. {speak_way_out(language, problem)}."


def _reason(language: Language, line: LineRow) -> str:
    """Say the reason a line gives; nothing where it gives none."""
    reason = line.values.get("reason")
    if not isinstance(reason, str):
        return ""
    key = f"choice.reason.{reason}"
    return speak(language, key) if has_words(key) else reason


def _unticked() -> frozenset[int]:
    """Return the places of the movements that were shown with a tick, and had none when the form was sent."""
    ticked = set(_numbers(request.form.getlist("tick")))
    return frozenset(set(_numbers(request.form.getlist("shown"))) - ticked)


def _numbers(texts: Sequence[str]) -> Sequence[int]:
    return [int(one) for one in texts[:MOVES_MAX] if one.isascii() and one.isdecimal() and len(one) < 7]  # noqa: PLR2004 (far beyond MOVES_MAX)


def _word(name: str) -> str:
    return request.form.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")
