"""What the forms of the pages of quality are sent to, and what they offer to choose from."""

from typing import Any

from flask import Flask, g, make_response, redirect, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as AnyResponse

from domain.quality_saying import QUALITY_ACTS
from domain.words import speak
from domain.work_unit import units_of
from hub.hub import Hub
from hub.office import NOTE_CHARS_MAX, Office, OrderError
from hub.quality_desk import FAULTS_MAX, Saying, say
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.store.tables import reference
from hub.views.names import NameBook
from hub.web.hand import hand_of
from hub.web.pages import Pages
from hub.work_units import work_units

PAGE = {
    "open": "tickets",
    "hold": "inspections",
    "lift": "inspections",
    "rate": "scores",
    "raise": "voices",
    "minutes": "unit",
}
"""The page each form stands on, and that is shown again: with what was typed, where nothing came of it."""
_FIELDS_MAX = 60


def serve_quality_forms(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the address of the forms."""
    office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)

    def said() -> AnyResponse:
        plant, language = pages.asked()
        act = request.form.get("act", "")
        names = [*request.form][:_FIELDS_MAX]
        values = {name: request.form.get(name, "")[:NOTE_CHARS_MAX] for name in names}
        page = PAGE.get(act, "tickets")
        path: dict[str, Any] = {"code": values.get("unit", "")} if page == "unit" else {}
        saying, now = Saying(act=act, values=values), hub.clock.now()
        try:
            told = act if say(office, plant, hand_of(reader(), plant), saying, now) else "stored"
        except OrderError as error:
            g.refused, g.typed = error.key, saying
        except StoreBusyError:
            g.refused, g.typed = "desk.refused.busy", saying
        else:
            return redirect(url_for(page, plant=plant, lang=language, told=told, **path), 303)
        response = make_response(app.view_functions[page](**path))
        response.status_code = 422
        return response

    app.add_url_rule("/quality", "quality_said", said, methods=["POST"])


def offered(connection: Connection, plant: str, language: Any) -> dict[str, Any]:
    """Return what the forms of a page offer to whoever reads it, and what came of the last one."""
    asks = reader()
    units = work_units(connection, plant)
    names = NameBook()
    choices: dict[str, list[tuple[str, str]]] = {}
    for kind in ("operation", "defect_code"):
        held = reference.c
        asked = select(held.key).where(held.plant == plant, held.kind == kind, held.body_json.is_not(None))
        keys = list(connection.execute(asked.order_by(held.key)).scalars())
        names.read(connection, plant, kind, keys)
        choices[kind] = [(key, names.of(kind, key, language)) for key in keys]
    refused, typed, told = g.get("refused", ""), g.get("typed"), request.args.get("told", "")

    def was(act: str, name: str) -> str:
        """Return what was typed into a field of the form that was refused; nothing in all others."""
        return typed.values.get(name, "") if typed and typed.act == act else ""

    return {
        "choices": choices,
        "own_units": sorted(units_of(asks.person, units)) if asks.person else [],
        "may_say": {act for act, right in QUALITY_ACTS.items() if not right or asks.may(plant, right)}
        if asks.person
        else set[str](),
        "said": told if told in QUALITY_ACTS else "",
        "refused": speak(language, refused) if refused else "",
        "was": was,
        "faults_max": FAULTS_MAX,
    }
