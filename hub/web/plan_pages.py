"""The page of one plan: its lines with what is done of each, and behind every figure its documents and scans."""

from flask import Flask, Response
from sqlalchemy import Connection

from domain.names import Language
from domain.place import PlaceId
from domain.plan import Plan
from hub.hub import Hub
from hub.object import objects
from hub.outside import KIND
from hub.rights.matrix import INVITE_RIGHT
from hub.rights.reader import reader
from hub.views.names import NameBook
from hub.views.page import WORD_CHARS_MAX
from hub.views.plans import PlanView, plan_view
from hub.web.pages import Pages


def serve_plans(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the page."""

    def plan(number: str) -> Response:
        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if len(number) > WORD_CHARS_MAX or "\x00" in number:
                return None
            view = plan_view(connection, plant, number, hub.clock.now(), pages.sight(plant).where())
            if view is None:
                return None
            return pages.draw(
                "plan.html",
                plant,
                language,
                title="report.plans",
                view=view,
                names=_names(connection, plant, view),
                packs=_packs(view),
                office=_office(view, plant),
                may_invite=view.kind == KIND and reader().may(plant, INVITE_RIGHT),
            )

        return pages.answer(show)

    app.add_url_rule("/plans/<path:number>", "plan", plan)


def _names(connection: Connection, plant: str, view: PlanView) -> NameBook:
    scans = [scan for one in view.lines for scan in one.scans]
    owners = [one.line.owner for one in view.lines]
    names = NameBook()
    names.read(connection, plant, "item", (one.line.item for one in view.lines))
    names.read(connection, plant, "person", (scan.operator for scan in scans))
    names.read(connection, plant, "place", [view.partner, *(one.line.place for one in view.lines), *owners])
    return names


def _packs(view: PlanView) -> bool:
    """Tell whether the plan is a packing list as well."""
    return any(one.line.packs for one in view.lines)


def _office(view: PlanView, plant: str) -> str:
    """Return under which object the office keeps the plan, where the reader may see it there."""
    plan = Plan(kind=view.kind, number=view.number, partner=PlaceId(view.partner))
    kept = (one.name for one in objects().values() if one.kind == "plan" and one.belongs(plan))
    named = "" if view.document else next(kept, "")
    return named if reader().may(plant, f"{named}.see") else ""
