"""Which operation is done here, and how operations, people, defects and reasons are called on the screen."""

from collections.abc import Sequence
from datetime import UTC

from domain.check_in import At
from domain.code_list import ReasonUse
from domain.job import Job
from domain.route import OperationCode
from domain.staff import Person
from kiosk.activity import Desk
from kiosk.parts import Choice
from kiosk.state import State

OWN_REASONS: dict[ReasonUse, tuple[str, ...]] = {
    "pause": ("machine", "material", "quality", "other_work"),
    "stoppage": ("machine", "material", "power", "other"),
    "concession": ("within_limit", "urgent", "other"),
    "reject": ("quality", "count", "damaged", "late"),
    "reprint": ("damaged", "lost", "not_printed", "unreadable", "other"),
    "remake": ("scrap", "shade", "cut_wrong", "lost"),
    "hold": ("quality", "shade", "measure", "customer"),
    "lift": ("mended", "looked_at", "customer_agrees", "mistake"),
    "suggestion": ("order", "tools", "requirement", "training"),
    "complaint": ("quality", "late", "count", "mixed", "dirty", "no_answer"),
    "thanks": ("quality", "on_time", "help"),
    "fault_picking": ("quality", "requirement", "order", "count"),
    "answer": ("done", "will_do", "come_and_see", "cannot"),
    "rating": ("quality", "late", "count", "no_answer"),
    "contest": ("pieces", "back", "shared", "price", "other"),
}
"""Reasons where the factory keeps no list of its own; the words are `choice.<use>.<code>`."""


def operation_here(state: State, desk: Desk) -> OperationCode:
    """Return the operation done here: the station's only one, or the one chosen; nothing where none is chosen yet."""
    known = tuple(OperationCode(one) for one in desk.station.operations)
    if len(known) == 1:
        return known[0]
    return state.work.operation if state.work.operation in known else OperationCode("")


def at_desk(operation: OperationCode, person: Person, desk: Desk) -> At:
    """Return where and by whom a bundle is checked in."""
    zone = desk.now.astimezone().tzinfo or UTC
    return At(operation=operation, person=person, now=desk.now, zone=zone, is_in_touch=desk.is_in_touch)


def operation_name(code: OperationCode, desk: Desk) -> str:
    """Return what an operation is called in the language of the badge."""
    operation = desk.floor.operation(code)
    return operation.names.of(desk.language) if operation else code


def person_name(number: str, desk: Desk) -> str:
    """Return what a person is called in the language of the badge."""
    person = desk.floor.person(number)
    return person.names.of(desk.language) if person else number


def people_names(numbers: Sequence[str], desk: Desk) -> str:
    """Return what people are called, one after the other."""
    return ", ".join(person_name(one, desk) for one in numbers)


def clock(job: Job) -> str:
    """Return when a job was begun, by the wall clock."""
    return f"{job.started_at.astimezone():%H:%M}"


def reason_choices(use: ReasonUse, desk: Desk) -> tuple[Choice, ...]:
    """Return the reasons to choose from: the factory's, or our own where it keeps none."""
    known = desk.floor.reasons(use)
    if known:
        return tuple(Choice(value=one.code, title=one.names.of(desk.language)) for one in known)
    return tuple(Choice(value=code, title=f"choice.{use}.{code}") for code in OWN_REASONS.get(use, ()))


def reason_title(code: str, desk: Desk, *uses: ReasonUse) -> str:
    """Return the words of a reason for one of these uses, or the catalogue's key of them."""
    known = (one for use in uses for one in reason_choices(use, desk))
    return next((one.title for one in known if one.value == code), code)


def defect_title(code: str, operation: OperationCode, desk: Desk) -> str:
    """Return what a defect is called."""
    known = (one for one in desk.floor.defects(operation) if one.code == code)
    return next((one.names.of(desk.language) for one in known), code)
