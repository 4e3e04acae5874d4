"""The pages of pay: a month with everybody's, one person's with every line down to its scans; closing, answering."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.events.quality import PayContestAnswered
from domain.month import is_month, month_after
from domain.names import Language
from domain.words import speak
from hub.hub import Hub
from hub.office import NOTE_CHARS_MAX, Hand, Office, OrderError
from hub.pay_entries import entries_of
from hub.pay_office import answer_contest, close_pay, settle_pay
from hub.pay_rule import bonuses_of
from hub.payroll import PayrollQuery, PayrollRow, pay_of_month, payroll_page, periods_unsettled
from hub.piece_sums import piece_sums
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.store.production_tables import pay_lines, pay_periods
from hub.views.contested import Contested, open_contests
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX, whole_number
from hub.views.plans import today_of
from hub.web.hand import hand_of
from hub.web.pages import Pages

MONTHS_OFFERED = 12
CONTESTS_SHOWN = 100
_TOLD = ("close", "settle", "answer", "stored")


def serve_pay(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the pages and their forms."""
    served = _Pay(hub, pages)
    app.add_url_rule("/pay", "pay", served.show)
    app.add_url_rule("/pay", "pay_said", served.said, methods=["POST"])
    app.add_url_rule("/pay/<period>/<path:person>", "pay_person", served.one)


class _Pay:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def show(self) -> Response:
        return self._draw()

    def said(self) -> AnyResponse:
        """Close a month, fix what is closed, or answer a contested line; then show the month again."""
        plant, language = self._pages.asked()
        act = _word("act")
        try:
            is_booked = self._do(act, plant, hand_of(reader(), plant))
        except OrderError as error:
            return self._draw(speak(language, error.key))
        except StoreBusyError:
            return self._draw(speak(language, "desk.refused.busy"))
        told = act if is_booked else "stored"
        query = {"plant": plant, "lang": language, "period": _word("period"), "told": told}
        return redirect(f"/pay?{urlencode(query)}", 303)

    def _do(self, act: str, plant: str, hand: Hand) -> bool:
        now = self._hub.clock.now()
        match act:
            case "close" if _word("is_sure"):
                return close_pay(self._office, plant, hand, _word("period"), now)
            case "close":
                raise OrderError("pay.refused.not_sure")
            case "settle":
                return settle_pay(self._office, plant, hand, now)
            case "answer":
                answered = PayContestAnswered(
                    job=_word("job"),
                    person=_word("worker"),
                    reason=request.form.get("reason", "")[:NOTE_CHARS_MAX].replace("\0", ""),
                    pieces=whole_number(_word("pieces")),
                )
                return answer_contest(self._office, plant, hand, answered)
            case _:
                raise OrderError("pay.refused.no_act")

    def _draw(self, refusal: str = "") -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            now = self._hub.clock.now()
            this = today_of(connection, plant, now).isoformat()[:7]
            period = _word("period") if is_month(_word("period")) else this
            rows = list(pay_of_month(connection, plant, period, now))
            contested = open_contests(connection, plant, CONTESTS_SHOWN)
            unsettled, closed = periods_unsettled(connection, plant), _closed(connection, plant, period)
            told = request.args.get("told", "")
            return self._pages.draw(
                "pay.html",
                plant,
                language,
                title="pay.title",
                period=period,
                periods=[month_after(this, -back) for back in range(MONTHS_OFFERED)],
                is_over=period < this,
                closed=closed,
                unsettled=unsettled,
                rows=rows,
                sums=_sums(rows),
                contested=contested,
                names=_named(connection, plant, rows, contested, closed),
                refusal=refusal,
                told=told if told in _TOLD else "",
            )

        response = self._pages.answer(show)
        if refusal and response.status_code == 200:  # noqa: PLR2004 (a page that is there, but nothing was done)
            response.status_code = 422
        return response

    def one(self, period: str, person: str) -> Response:
        """Show one person's month, every figure with what it is made of."""

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if not is_month(period) or len(person) > WORD_CHARS_MAX or "\0" in person:
                return None
            query = PayrollQuery(period=period, person=person)
            rows = payroll_page(connection, plant, query, self._hub.clock.now()).rows
            if not rows:
                return None
            line = pay_lines.c
            mine = [line.plant == plant, line.period == period, line.person == person]
            entries = entries_of(connection, plant, period, person)
            operations = piece_sums(connection, plant, [line.operation], mine)
            names = NameBook()
            answered = [one.contest.answered_by for one in entries if one.contest]
            names.read(connection, plant, "person", [person, *answered])
            names.read(connection, plant, "operation", [one.key[0] for one in operations])
            reasons = [one.contest.reason for one in entries if one.contest]
            names.read(connection, plant, "reason_code", reasons)
            return self._pages.draw(
                "pay_person.html",
                plant,
                language,
                title="pay.title",
                period=period,
                row=rows[0],
                entries=entries,
                operations=operations,
                rules={rule.name: rule for rule in bonuses_of(connection, plant)},
                names=names,
            )

        return self._pages.answer(show)


def _sums(rows: list[PayrollRow]) -> dict[str, Any]:
    return {
        "pieces": sum(one.pieces for one in rows),
        "total": sum(one.total or 0 for one in rows),
        "bonus": sum(one.bonus or 0 for one in rows),
        "unpriced": sum(one.unpriced for one in rows),
    }


def _closed(connection: Connection, plant: str, period: str) -> Any:
    """Return who closed a month and when; None where it is open."""
    held = pay_periods.c
    asked = pay_periods.select().where(held.plant == plant, held.period == period)
    return connection.execute(asked).first()


def _named(
    connection: Connection,
    plant: str,
    rows: list[PayrollRow],
    contested: Any,
    closed: Any,
) -> NameBook:
    names = NameBook()
    lines: list[Contested] = [*contested]
    people = {one.person for one in rows} | {one.contest.person for one in lines}
    people |= {held.person for one in lines for held in one.holdings}
    names.read(connection, plant, "person", [*people, closed.person if closed else ""])
    names.read(connection, plant, "operation", [one.operation for one in lines])
    names.read(connection, plant, "reason_code", [one.contest.reason for one in lines])
    return names


def _word(name: str) -> str:
    return request.values.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")
