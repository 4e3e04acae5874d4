"""Routes of pay: what people say is wrong, the answer to it, and closing a month."""

from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct

from domain.events.quality import PayContestAnswered
from domain.words import speak
from hub.api.projections import NOT_FOUND, plant_of
from hub.api.route import RefusedError, Registry, Request
from hub.office import Hand, Office, OrderError
from hub.pay_office import PayContest, answer_contest, close_pay, contests_of
from hub.store.database import reading
from hub.views.stock import Plant, booked_position

REGISTRY = Registry()
CONTESTS_MAX = 500
"""Contested lines in one answer, the open ones first."""

Code = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00]+$")]
Number = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]
_REFUSED = {
    403: "The person has not the right.",
    404: "There is no such plant.",
    409: "It cannot be done now; the code says why.",
}


class ContestsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which plant is meant."""

    plant: Plant = ""


class ContestsAnswer(Struct, frozen=True, kw_only=True):
    """Lines of pay that were contested, the open ones first, as of `position`."""

    plant: str
    position: int
    contests: tuple[PayContest, ...]


class ContestAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to what `worker` contested of a job, by `person`, who has the right `pay.answer`.

    `pieces`: so many more of the job are the worker's, taken from the others on it; 0: it stands.
    """

    job: Code
    worker: Number
    reason: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]
    person: Number
    pieces: Annotated[int, Meta(ge=0, le=100_000)] = 0
    plant: Plant = ""


class PayClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which month of pay is closed, with every one before it, by `person`, who has the right `pay.close`."""

    period: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    person: Number
    plant: Plant = ""


class PaySaid(Struct, frozen=True, kw_only=True):
    """It is said. `booked` false: it is stored, and will be booked after what came before it."""

    booked: bool


@REGISTRY.route("GET", "/pay/contests", answer=ContestsAnswer, query=ContestsQuery, errors=NOT_FOUND)
def contests(request: Request) -> ContestsAnswer:
    """List lines of pay that people say are wrong."""
    plant = plant_of(request, request.query.plant)
    with reading(request.hub.engine) as connection:
        return ContestsAnswer(
            plant=plant,
            position=booked_position(connection, plant),
            contests=contests_of(connection, plant, CONTESTS_MAX),
        )


@REGISTRY.route("POST", "/pay/contests", answer=PaySaid, body=ContestAnswer, errors=_REFUSED)
def answer_pay_contest(request: Request) -> PaySaid:
    """Answer a contested line: it stands, or pieces change hands within the job."""
    asked = request.body
    answered = PayContestAnswered(
        job=asked.job, person=asked.worker, reason=asked.reason, pieces=asked.pieces
    )
    plant = plant_of(request, asked.plant)
    try:
        is_booked = answer_contest(_office(request), plant, Hand(person=asked.person), answered)
    except OrderError as error:
        raise _refused(error) from error
    return PaySaid(booked=is_booked)


@REGISTRY.route("POST", "/pay/months", answer=PaySaid, body=PayClosing, errors=_REFUSED)
def close_pay_month(request: Request) -> PaySaid:
    """Close a month of pay: what comes later is paid in a later one."""
    asked = request.body
    plant = plant_of(request, asked.plant)
    hand, now = Hand(person=asked.person), request.hub.clock.now()
    try:
        is_booked = close_pay(_office(request), plant, hand, asked.period, now)
    except OrderError as error:
        raise _refused(error) from error
    return PaySaid(booked=is_booked)


def _office(request: Request) -> Office:
    hub = request.hub
    return Office(hub.engine, hub.ingest, hub.projector, hub.clock)


def _refused(error: OrderError) -> RefusedError:
    code = error.key.rpartition(".")[2]
    status = HTTPStatus.FORBIDDEN if code == "no_right" else HTTPStatus.CONFLICT
    return RefusedError(status, code, speak("en", error.key))
