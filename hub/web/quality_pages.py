"""The pages of goods nobody took over, of open calls, of inspections, and of voices with their answers."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as AnyResponse

from domain.event import Event
from domain.events.quality import VoiceAnswered
from domain.inspection import hold_reasons
from domain.names import Language
from domain.quality_saying import VOICE_RIGHT
from domain.words import has_words, speak
from hub.hub import Hub
from hub.office import NOTE_CHARS_MAX, Office, OrderError
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.store.quality_tables import voices
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.views.plans import today_of
from hub.views.quality import inspected, open_calls, satisfaction, standing_holds, voices_of
from hub.views.unanswered import unanswered
from hub.web.hand import hand_of
from hub.web.pages import Pages
from hub.web.quality_forms import offered
from hub.work_units import work_units

DAYS_SHOWN = 30
_DAYS_MAX = 370


def serve_quality(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the pages, and the answer to a voice."""
    served = _Quality(hub, pages)
    app.add_url_rule("/unanswered", "unanswered", served.unanswered)
    app.add_url_rule("/calls", "calls", served.calls)
    app.add_url_rule("/inspections", "inspections", served.inspections)
    app.add_url_rule("/voices", "voices", served.voices)
    app.add_url_rule("/voices", "voice_answer", served.answer, methods=["POST"])


class _Quality:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def unanswered(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            rows = unanswered(connection, plant, self._hub.clock.now())
            units = work_units(connection, plant)
            names = NameBook()
            operations = {code for one in rows for code in (one.operation, *one.next)}
            names.read(connection, plant, "operation", operations)
            heads = {units[one.unit].head for one in rows if one.unit in units}
            names.read(connection, plant, "person", heads)
            return self._pages.draw(
                "unanswered.html",
                plant,
                language,
                title="quality.unanswered_goods",
                rows=rows,
                units=units,
                names=names,
            )

        return self._pages.answer(show)

    def calls(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            rows = open_calls(connection, plant)
            names = NameBook()
            names.read(
                connection, plant, "person", {who for one in rows for who in (one.person, one.answered_by)}
            )
            names.read(connection, plant, "operation", {one.operation for one in rows})
            names.read(connection, plant, "station", {one.device for one in rows})
            names.read(connection, plant, "reason_code", {one.reason for one in rows})
            return self._pages.draw(
                "calls.html",
                plant,
                language,
                title="quality.calls",
                rows=rows,
                names=names,
                units={},
                hub_time=self._hub.clock.now(),
                told=(),
            )

        return self._pages.answer(show)

    def inspections(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            today = today_of(connection, plant, self._hub.clock.now())
            first, last = _day("from", today - timedelta(days=DAYS_SHOWN)), _day("through", today)
            first = max(first, last - timedelta(days=_DAYS_MAX))
            found = inspected(connection, plant, first, last)
            names = NameBook()
            operations = {one.operation for one in found.rows} | {one.operation for one in found.newest}
            names.read(connection, plant, "operation", operations)
            standing = standing_holds(connection, plant)
            people = {one.person for one in (*found.newest, *standing)}
            names.read(connection, plant, "person", people)
            codes = {defect.code for one in found.newest for defect in one.defects}
            codes |= {one.reason for one in standing if len(one.reason) <= WORD_CHARS_MAX}
            names.read(connection, plant, "defect_code", codes)
            return self._pages.draw(
                "inspections.html",
                plant,
                language,
                title="quality.inspections",
                found=found,
                first=first,
                last=last,
                names=names,
                units={},
                standing=standing,
                own_reasons=hold_reasons(),
                spoken=has_words,
                offer=offered(connection, plant, language),
            )

        return self._pages.answer(show)

    def voices(self) -> Response:
        return self._voices()

    def answer(self) -> AnyResponse:
        """Answer a voice, and show the page again with a word about what came of it."""
        plant, language = self._pages.asked()
        name, text = _word("voice", WORD_CHARS_MAX), _word("text", NOTE_CHARS_MAX).strip()

        def facts(connection: Connection) -> list[Event]:
            held = voices.c
            asked = select(held.name).where(held.plant == plant, held.name == name)
            if connection.execute(asked).scalar() is None:
                raise OrderError("quality.refused.no_voice")
            if not text:
                raise OrderError("quality.refused.no_text")
            return [VoiceAnswered(voice=name, text=text, is_done="is_done" in request.form)]

        try:
            is_booked = self._office.write(plant, hand_of(reader(), plant), facts)
        except OrderError as error:
            return self._voices(speak(language, error.key))
        except StoreBusyError:
            return self._voices(speak(language, "desk.refused.busy"))
        query = {"plant": plant, "lang": language, "told": "answered" if is_booked else "stored"}
        return redirect(f"/voices?{urlencode(query)}", 303)

    def _voices(self, refusal: str = "") -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            waiting, answered = voices_of(
                connection, plant, today_of(connection, plant, self._hub.clock.now())
            )
            units, told = work_units(connection, plant), request.args.get("told", "")
            names = NameBook()
            both = (*waiting, *answered)
            names.read(
                connection, plant, "person", {who for one in both for who in (one.person, one.answered_by)}
            )
            return self._pages.draw(
                "voices.html",
                plant,
                language,
                title="quality.voices",
                waiting=waiting,
                answered=answered,
                satisfaction=satisfaction(connection, plant),
                units=units,
                names=names,
                offer=offered(connection, plant, language),
                may_answer=reader().may(plant, VOICE_RIGHT),
                text_chars_max=NOTE_CHARS_MAX,
                refusal=refusal,
                sent=request.form if refusal else {},
                told=told if told in ("answered", "stored") else "",
            )

        response = self._pages.answer(show)
        if refusal:
            response.status_code = 422
        return response


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _word(name: str, chars_max: int) -> Any:
    return request.form.get(name, "")[:chars_max].replace("\0", "")
