"""Routes of the months: which are closed, and closing one."""

from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct

from domain.words import speak
from hub.api.projections import NOT_FOUND, plant_of
from hub.api.route import RefusedError, Registry, Request
from hub.months import CannotCloseError, Month, months_of
from hub.office import Hand, Office, OrderError
from hub.store.database import reading
from hub.views.stock import Plant, booked_position

REGISTRY = Registry()


class MonthsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which plant is meant."""

    plant: Plant = ""


class MonthsAnswer(Struct, frozen=True, kw_only=True):
    """The months there is anything of, the newest first, as of `position`."""

    plant: str
    position: int
    months: tuple[Month, ...]


class MonthClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month (`2026-10`) is closed, with every one before it, and by whom (who has the right `month.close`)."""

    period: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    person: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]
    plant: Plant = ""


class MonthClosed(Struct, frozen=True, kw_only=True):
    """The month is closed. `booked` false: it is stored, and will be booked after what came before it."""

    period: str
    booked: bool


@REGISTRY.route("GET", "/months", answer=MonthsAnswer, query=MonthsQuery, errors=NOT_FOUND)
def months(request: Request) -> MonthsAnswer:
    """List the months, and which are closed."""
    plant = plant_of(request, request.query.plant)
    with reading(request.hub.engine) as connection:
        return MonthsAnswer(
            plant=plant,
            position=booked_position(connection, plant),
            months=months_of(connection, plant),
        )


@REGISTRY.route(
    "POST",
    "/months",
    answer=MonthClosed,
    body=MonthClosing,
    errors={
        403: "The person has not the right.",
        404: "There is no such plant.",
        409: "The month is not over, or closed already.",
    },
)
def close(request: Request) -> MonthClosed:
    """Close a month: its figures stay as they are, and what comes late counts in the next one."""
    hub, asked = request.hub, request.body
    plant = plant_of(request, asked.plant)
    office = Office(hub.engine, hub.ingest, hub.projector, hub.clock)
    try:
        is_booked = office.close_month(plant, Hand(person=asked.person), asked.period)
    except OrderError as error:
        raise RefusedError(HTTPStatus.FORBIDDEN, "no_right", speak("en", error.key)) from error
    except CannotCloseError as error:
        said = speak("en", error.key, period=asked.period)
        raise RefusedError(HTTPStatus.CONFLICT, error.key.rpartition(".")[2], said) from error
    return MonthClosed(period=asked.period, booked=is_booked)
