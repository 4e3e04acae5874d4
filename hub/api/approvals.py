"""Routes that decide about documents: approve, send back, take back; in somebody's name, by that person's rights."""

from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct

from domain.document import document_types
from domain.words import speak_problem
from hub.api.projections import plant_to_write
from hub.api.route import RefusedError, Registry, Request, not_found
from hub.approvals import REASON_CHARS_MAX, Approvals, CannotDecideError, Named
from hub.office import Hand, Office
from hub.store.database import reading
from hub.views.documents import documents_rows
from hub.views.page import Position
from hub.views.stock import Plant

REGISTRY = Registry()
_Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00]+$")]
_TYPE = {"type": f"The document's type: one of {', '.join(document_types())}."}
_ERRORS = {
    404: "There is no such document of this type, or no such plant.",
    409: "The rules refuse it: no right of the person's, their own work, or another state of the document.",
}


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which document is decided about, and who decides: an employee number, and that person's rights count.

    `device`: the kiosk that opened it, where two made one number. `reason`: its maker reads it. `unticked`: the places,
    from 0, of the movements that approving it is not to make.
    """

    number: _Name
    person: _Name
    device: Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*$")] = ""
    reason: Annotated[str, Meta(max_length=REASON_CHARS_MAX, pattern=r"^[^\x00]*$")] = ""
    unticked: Annotated[tuple[Position, ...], Meta(max_length=10_000)] = ()
    plant: Plant = ""


class Decided(Struct, frozen=True, kw_only=True):
    """It is decided. `booked` false: it is stored, and will be booked after what came before it."""

    number: str
    booked: bool


@REGISTRY.route("POST", "/approvals/{type}", answer=Decided, parts=_TYPE, body=Decision, errors=_ERRORS)
def approve(request: Request) -> Decided:
    """Let a submitted document take effect, but for the movements that are not ticked."""
    return _decide(request, "approve")


@REGISTRY.route(
    "POST", "/approvals/{type}/send-back", answer=Decided, parts=_TYPE, body=Decision, errors=_ERRORS
)
def send_back(request: Request) -> Decided:
    """Give a submitted document back to whoever made it, with the reason."""
    return _decide(request, "send_back")


@REGISTRY.route(
    "POST", "/approvals/{type}/unapprove", answer=Decided, parts=_TYPE, body=Decision, errors=_ERRORS
)
def unapprove(request: Request) -> Decided:
    """Take a document back that took effect, by its exact inverse."""
    return _decide(request, "unapprove")


def _decide(request: Request, act: str) -> Decided:
    hub, asked = request.hub, request.body
    plant = plant_to_write(request, asked.plant)
    named = _named(request, plant)
    office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)
    approvals = Approvals(hub.engine, office, hub.clock.now)
    hand = Hand(person=asked.person)
    try:
        match act:
            case "approve":
                is_booked = approvals.approve(plant, hand, named, frozenset(asked.unticked))
            case "send_back":
                is_booked = approvals.send_back(plant, hand, named, asked.reason)
            case _:
                is_booked = approvals.unapprove(plant, hand, named, asked.reason)
    except CannotDecideError as error:
        problem = error.problem
        raise RefusedError(HTTPStatus.CONFLICT, problem.code, speak_problem("en", problem)) from error
    return Decided(number=asked.number, booked=is_booked)


def _named(request: Request, plant: str) -> Named:
    """Return the one document that is meant; the token's right is for the type in the address. Raises RefusedError."""
    asked, code = request.body, request.path["type"]
    with reading(request.hub.engine) as connection:
        rows = documents_rows(connection, plant, asked.number)
    rows = [row for row in rows if row.type == code and asked.device in ("", row.device)]
    if not rows:
        raise not_found(f"document {code}", asked.number)
    if len(rows) > 1:
        words = f"{asked.number} was made by {', '.join(row.device for row in rows)}: name the device"
        raise RefusedError(HTTPStatus.CONFLICT, "several", words)
    return Named(number=asked.number, device=rows[0].device)
