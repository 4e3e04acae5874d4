"""The page of monthly scores: all units, or one with every figure down to its scans; publishing locks it."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.month import is_month, month_after
from domain.names import Language
from domain.score import PARTS
from domain.words import speak
from hub.hub import Hub
from hub.month_counts import month_of_plant
from hub.office import Office, OrderError
from hub.rights.matrix import SCORE_RIGHT
from hub.rights.reader import reader
from hub.scores import SMALL_SAMPLE, UnitMonth, oddities, publish, unit_months
from hub.store.database import StoreBusyError
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.views.plans import today_of
from hub.views.scores import Evidence, evidence
from hub.web.hand import hand_of
from hub.web.pages import Pages
from hub.web.quality_forms import offered
from hub.work_units import work_units

MONTHS_OFFERED = 12


def serve_scores(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the page and its form."""
    served = _Scores(hub, pages)
    app.add_url_rule("/scores", "scores", served.show)
    app.add_url_rule("/scores", "score_publish", served.publish, methods=["POST"])


class _Scores:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages
        self._office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def show(self) -> Response:
        return self._draw()

    def publish(self) -> AnyResponse:
        """Publish one unit's month, or all that are not yet, and show it again with a word about what came of it."""
        plant, language = self._pages.asked()
        period, unit = _word("period"), _word("unit")
        hub = self._hub
        try:
            hand, units = hand_of(reader(), plant), [unit] if unit else []
            is_booked = publish(self._office, plant, hand, period, units, hub.clock.now(), hub.quality)
        except OrderError as error:
            return self._draw(speak(language, error.key))
        except StoreBusyError:
            return self._draw(speak(language, "desk.refused.busy"))
        told = "published" if is_booked else "stored"
        query = {"plant": plant, "lang": language, "period": period, "unit": unit, "told": told}
        return redirect(f"/scores?{urlencode(query)}", 303)

    def _draw(self, refusal: str = "") -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            now, rules = self._hub.clock.now(), self._hub.quality
            today = today_of(connection, plant, now)
            this = today.isoformat()[:7]
            period = _word("period") if is_month(_word("period")) else month_after(this, -1)
            rows, unit = unit_months(connection, plant, period, now, rules), _word("unit")
            one = next((row for row in rows if row.said.unit == unit), None)
            if unit and one is None and not refusal:
                return None
            behind = None
            if one:
                month = month_of_plant(connection, plant, period)
                behind = evidence(connection, month, unit, today, rules)
            listed = () if one else oddities(connection, plant, period, rules)
            told = request.args.get("told", "")
            return self._pages.draw(
                "score.html" if one else "scores.html",
                plant,
                language,
                title="quality.scores",
                period=period,
                periods=[month_after(this, -back) for back in range(MONTHS_OFFERED)],
                is_over=period < this,
                rows=rows,
                one=one,
                behind=behind,
                listed=listed,
                rule=rules.score,
                parts=sorted(PARTS),
                small=SMALL_SAMPLE,
                units=work_units(connection, plant),
                names=_named(connection, plant, rows, behind),
                offer=offered(connection, plant, language),
                may_publish=reader().may(plant, SCORE_RIGHT),
                refusal=refusal,
                told=told if told in ("published", "stored") else "",
            )

        response = self._pages.answer(show)
        if refusal and response.status_code == 200:  # noqa: PLR2004 (a page that is there, but nothing was done)
            response.status_code = 422
        return response


def _named(connection: Connection, plant: str, rows: Any, behind: Evidence | None) -> NameBook:
    names = NameBook()
    published: tuple[UnitMonth, ...] = rows
    names.read(connection, plant, "person", {one.person for one in published})
    names.read(connection, plant, "person", {one.head for one in work_units(connection, plant).values()})
    if behind:
        verdicts = (*behind.refused, *behind.miscounted, *behind.late, *behind.rated)
        operations = {code for one in verdicts for code in (one.row.before, one.row.operation)}
        operations |= {operation for _, operation in behind.escapes}
        names.read(connection, plant, "operation", operations)
    return names


def _word(name: str) -> str:
    return request.values.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")
