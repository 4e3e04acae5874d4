"""The profiles of customer steps: every line and workshop, and one with all that it asks, gets and is told."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import Connection

from domain.month import is_month, month_after
from domain.names import Language
from domain.quality_saying import ANSWER_DAYS
from hub.hub import Hub
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.views.plans import today_of
from hub.views.ticket_list import ExposureQuery, exposure_page
from hub.views.unit_profile import Profile, process_kinds, unit_profile
from hub.web.pages import Pages
from hub.web.quality_forms import offered
from hub.work_units import work_units

MONTHS_OFFERED = 13


def serve_units(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the pages."""
    served = _Units(hub, pages)
    app.add_url_rule("/units", "units", served.list)
    app.add_url_rule("/units/<code>", "unit", served.one)


class _Units:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages

    def list(self) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str:
            units, now = work_units(connection, plant), self._hub.clock.now()
            exposed = exposure_page(connection, plant, ExposureQuery(limit=500), now).rows
            names = NameBook()
            names.read(connection, plant, "person", {one.head for one in units.values()})
            return self._pages.draw(
                "units.html",
                plant,
                language,
                title="quality.units",
                units=units,
                kinds=process_kinds(connection, plant),
                exposed={one.owner: one for one in exposed},
                names=names,
            )

        return self._pages.answer(show)

    def one(self, code: str) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            now = self._hub.clock.now()
            today = today_of(connection, plant, now)
            this = today.isoformat()[:7]
            asked = request.args.get("month", "")
            month = asked if is_month(asked) else this
            found = None
            if len(code) <= WORD_CHARS_MAX and "\0" not in code:
                rule = self._hub.quality.satisfaction
                found = unit_profile(connection, plant, code, month=month, now=now, rule=rule)
            if found is None:
                return None
            return self._pages.draw(
                "unit.html",
                plant,
                language,
                title="profile.title",
                profile=found,
                month=month,
                months=[month_after(this, -back) for back in range(MONTHS_OFFERED)],
                units=work_units(connection, plant),
                names=_named(connection, plant, found),
                today=today.isoformat(),
                due=(today + timedelta(days=ANSWER_DAYS)).isoformat(),
                offer=offered(connection, plant, language),
            )

        return self._pages.answer(show)


def _named(connection: Connection, plant: str, found: Profile) -> NameBook:
    names = NameBook()
    edges = (*found.requires, *found.required)
    operations: set[str] = {one.code for one in found.operations}
    operations |= {code for one in edges for code in (one.asked.before, one.asked.operation)}
    operations |= {one.operation for one in found.looks}
    names.read(connection, plant, "operation", operations)
    said: list[Any] = [*found.voices, *(fault for one in found.sessions for fault in one.faults)]
    people = {who for one in said for who in (one.person, one.answered_by, one.owner)}
    people |= {who for one in found.sessions for who in (one.person, *one.present)}
    people |= {who for one in edges for who in one.asked.agreed_by}
    names.read(connection, plant, "person", {found.unit.head, *people})
    return names
