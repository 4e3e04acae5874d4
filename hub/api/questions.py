"""Routes of the questions people ask (`hub.question`): declared there, nothing is added here."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from domain.barcode import READING_CHARS_MAX
from hub.api.projections import NOT_FOUND, PlantQuery, plant_of, read_page, sight_of
from hub.api.route import Registry, Request, not_found
from hub.question import Question, questions
from hub.rights.reader import reader
from hub.store.database import reading
from hub.views.plans import PlanView, plan_view
from hub.views.stock import Plant, booked_position
from hub.views.trace import Find, trace

REGISTRY = Registry()

Code = Annotated[
    str,
    Meta(
        min_length=1, max_length=READING_CHARS_MAX, pattern=r"^[^\x00]+$", description="As scanned or typed."
    ),
]


class TraceQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was scanned or typed."""

    code: Code
    plant: Plant = ""


class TraceAnswer(Struct, frozen=True, kw_only=True):
    """Everything the code may mean, the surest first, as of `position`; nothing where the books know nothing."""

    plant: str
    position: int
    finds: tuple[Find, ...]


def _asked(question: Question) -> Callable[[Request], Struct]:
    def handle(request: Request) -> Struct:
        now = request.hub.clock.now()
        return read_page(
            request,
            lambda connection, plant, query: question.ask(
                connection, plant, query, now, partial(reader().may, plant)
            ),
        )

    handle.__doc__ = question.summary
    return handle


for _question in questions().values():
    REGISTRY.route(
        "GET", f"/{_question.name}", answer=_question.answer, query=_question.query, errors=NOT_FOUND
    )(_asked(_question))


@REGISTRY.route(
    "GET",
    "/plans/{number}",
    answer=PlanView,
    parts={"number": "The plan's number: an order's, or of the document that left it."},
    query=PlantQuery,
    errors=NOT_FOUND,
)
def plan(request: Request) -> PlanView:
    """Show one plan: its lines with what is done and open of each, and the scans behind every figure."""
    plant, number = plant_of(request, request.query.plant), request.path["number"]
    with reading(request.hub.engine) as connection:
        now, seen = request.hub.clock.now(), sight_of(request, plant).where()
        found = plan_view(connection, plant, number, now, seen)
    if found is None:
        raise not_found("plan", number)
    return found


@REGISTRY.route("GET", "/trace", answer=TraceAnswer, query=TraceQuery, errors=NOT_FOUND)
def find(request: Request) -> TraceAnswer:
    """Tell what a code, serial, lot or number is, where it is, and what became of it."""
    plant = plant_of(request, request.query.plant)
    with reading(request.hub.engine) as connection:
        return TraceAnswer(
            plant=plant,
            position=booked_position(connection, plant),
            finds=trace(connection, plant, request.query.code, sight_of(request, plant).where()),
        )
