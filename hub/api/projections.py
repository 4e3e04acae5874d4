"""Routes that read the projections and the ledger."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from hub.api.route import RefusedError, Registry, Request, not_found
from hub.rights.documents import Sight
from hub.rights.prices import document_seen, event_seen
from hub.rights.reader import reader
from hub.store.database import generation_of, reading
from hub.views.discrepancies import DiscrepancyPage, DiscrepancyQuery, discrepancies_page
from hub.views.documents import DocumentPage, DocumentQuery, DocumentViews, documents_named, documents_page
from hub.views.events import EventPage, EventQuery, EventView, event_view, events_page
from hub.views.kiosks import KioskPage, KioskQuery, kiosks_page
from hub.views.labels import LabelPage, LabelQuery, labels_page
from hub.views.page import POSITION_MAX, CursorError
from hub.views.stock import Plant, booked_position, ledger_position

REGISTRY = Registry()
NOT_FOUND = {404: "There is no such thing, plant or page."}

Page = TypeVar("Page", bound=Struct)


class PlantQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only which plant is meant."""

    plant: Plant = ""


class PlantHealth(Struct, frozen=True, kw_only=True):
    """How far one plant is: the ledger's last position and the one the projections reflect."""

    plant: str
    ledger_position: int
    booked_position: int


class Health(Struct, frozen=True, kw_only=True):
    """That the hub is there, with its clock and how far it is."""

    generation: int
    hub_time: datetime
    plants: tuple[PlantHealth, ...]


def plant_of(request: Request, asked: str) -> str:
    """Return the plant that is meant. Raises RefusedError for one the hub does not serve."""
    plants = request.hub.settings.plants
    if not asked:
        return plants[0]
    if asked not in plants:
        raise not_found("plant", asked)
    return asked


def plant_to_write(request: Request, asked: str) -> str:
    """Return the plant that is meant, where the request may write. Raises RefusedError."""
    plant = plant_of(request, asked)
    if not reader().covers(plant):
        raise RefusedError(
            HTTPStatus.FORBIDDEN, "no_right", f"this token holds in another plant than {plant}"
        )
    return plant


def read_page(request: Request, read: Callable[[Connection, str, Any], Page]) -> Page:
    """Read a page for a request inside one transaction. Raises RefusedError."""
    plant = plant_of(request, request.query.plant)
    try:
        with reading(request.hub.engine) as connection:
            return read(connection, plant, request.query)
    except CursorError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, "bad_cursor", str(error)) from error


@REGISTRY.route("GET", "/health", answer=Health)
def health(request: Request) -> Health:
    """Tell that the hub is there and how far it is."""
    hub = request.hub
    with reading(hub.engine) as connection:
        plants = tuple(
            PlantHealth(
                plant=plant,
                ledger_position=ledger_position(connection, plant),
                booked_position=booked_position(connection, plant),
            )
            for plant in hub.settings.plants
        )
        generation = generation_of(connection)
    return Health(generation=generation, hub_time=hub.clock.now(), plants=plants)


@REGISTRY.route("GET", "/documents", answer=DocumentPage, query=DocumentQuery, errors=NOT_FOUND)
def documents(request: Request) -> DocumentPage:
    """List documents, newest first."""
    sight = sight_of(request, plant_of(request, request.query.plant))

    def read(connection: Connection, plant: str, query: DocumentQuery) -> DocumentPage:
        return documents_page(connection, plant, query, sight.where())

    return read_page(request, read)


@REGISTRY.route(
    "GET",
    "/documents/{number}",
    answer=DocumentViews,
    parts={"number": "The document's number."},
    query=PlantQuery,
    errors=NOT_FOUND,
)
def document(request: Request) -> DocumentViews:
    """Show the documents of one number with their lines and the events behind them."""
    plant = plant_of(request, request.query.plant)
    number = request.path["number"]
    sight = sight_of(request, plant)
    with reading(request.hub.engine) as connection:
        found = [one for one in documents_named(connection, plant, number) if sight.sees(one.document)]
        position = booked_position(connection, plant)
    if not found:
        raise not_found("document", number)
    seen = tuple(document_seen(view, reader(), plant) for view in found)
    return DocumentViews(plant=plant, position=position, documents=seen)


def sight_of(request: Request, plant: str) -> Sight:
    """Return which documents the request may look at."""
    return Sight(asks=reader(), plant=plant, is_open=request.hub.settings.open_board)


@REGISTRY.route("GET", "/events", answer=EventPage, query=EventQuery, errors=NOT_FOUND)
def events(request: Request) -> EventPage:
    """List events in the plant's order, after a position."""
    return read_page(request, events_page)  # pyright: ignore[reportArgumentType] - as above


@REGISTRY.route(
    "GET",
    "/events/{plant}/{position}",
    answer=EventView,
    parts={"plant": "The plant.", "position": "The event's position in the plant's order."},
    errors=NOT_FOUND,
)
def event(request: Request) -> EventView:
    """Show one event: its exact bytes, their digest, its envelope and what became of it."""
    plant = plant_of(request, request.path["plant"])
    text = request.path["position"]
    position = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(POSITION_MAX)) else 0
    with reading(request.hub.engine) as connection:
        found = event_view(connection, plant, position)
    if found is None:
        raise not_found("event", text)
    return event_seen(found, reader(), plant)


@REGISTRY.route("GET", "/kiosks", answer=KioskPage, query=KioskQuery, errors=NOT_FOUND)
def kiosks(request: Request) -> KioskPage:
    """List kiosks: what each is doing and how it is."""
    return read_page(request, kiosks_page)  # pyright: ignore[reportArgumentType] - as above


@REGISTRY.route("GET", "/discrepancies", answer=DiscrepancyPage, query=DiscrepancyQuery, errors=NOT_FOUND)
def discrepancies(request: Request) -> DiscrepancyPage:
    """List discrepancies, the oldest first."""
    return read_page(request, discrepancies_page)  # pyright: ignore[reportArgumentType] - as above


@REGISTRY.route("GET", "/labels", answer=LabelPage, query=LabelQuery, errors=NOT_FOUND)
def labels(request: Request) -> LabelPage:
    """List label jobs and what became of them."""
    return read_page(request, labels_page)  # pyright: ignore[reportArgumentType] - as above
