"""The register of plans: every order and all that documents left, line by line, with what is done of it.

Like the registers of the journal (`hub.registers`) it is made behind the booking, which pays nothing for it. Whoever
asks reads beside it what changed since: an answer is never older than the books, however long they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import ColumnElement, Connection, delete, select, union

from domain.document import plan_kinds
from domain.plan import Plan, PlanLine
from hub.known import read_plan
from hub.store.bulk import bulk_for
from hub.store.reference import KEYS_ASKED_MAX, revision_of
from hub.store.tables import (
    PLAN_REGISTERS,
    cursors,
    left_plans,
    plan_lines,
    plan_progress,
    plans_registered,
    reference,
)
from hub.store.values import micros

NO_DAY = "9999-12-31"
"""Stands for the day of what is not due on any: it comes last."""
ROUND_CHANGES_MAX = 1_000
"""Changes taken in with one transaction: writers wait for it."""
BESIDE_CHANGES_MAX = 4_000
"""What an answer reads beside the register at most; further behind, it tells an older position."""


class State(StrEnum):
    """How it stands with one line of a plan.

    OPEN: less is done than it names. DONE: all of it is. CLOSED: ended with less. PENDING: not approved yet, nobody
    builds on it. RETURNABLE: nothing is to come, but so much may come back (of what was received, issued, shipped).
    """

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"
    PENDING = "pending"
    RETURNABLE = "returnable"


class PlanLineRow(Struct, frozen=True, gc=False):
    """A row of `plan_lines`."""

    plant: str
    number: str
    line: int
    kind: str
    partner: str
    due: str
    state: State
    item: str
    unit: str
    ordered: int
    done: int


class Through(NamedTuple):
    """How far the register goes: by revision of reference data, and by position of the projections."""

    revision: int
    position: int


BEGINNING = Through(0, 0)


class Changed(NamedTuple):
    """The plans that changed after one point and through another; `more` changed after that."""

    numbers: Sequence[str]
    through: Through
    more: bool


Progress = Mapping[tuple[str, int, str], int]
"""What is done, in millionths, by number, line and unit."""


def registered_through(connection: Connection, plant: str) -> Through:
    """Return how far a plant's register goes; from the beginning, where the ledger was folded anew meanwhile."""
    held = plans_registered.c
    asked = select(held.revision, held.position).where(held.plant == plant)
    row = connection.execute(asked).one_or_none()
    if row is None or row.position > _booked(connection, plant):
        return BEGINNING
    return Through(row.revision, row.position)


def changed_since(connection: Connection, plant: str, since: Through, limit: int) -> Changed:
    """Return what changed after a point, about `limit` changes of each source; one event's changes are never parted."""
    held, newest, booked = reference.c, revision_of(connection, plant), _booked(connection, plant)
    asked = select(held.key, held.revision).where(
        held.plant == plant, held.kind == "plan", held.revision > since.revision, held.revision <= newest
    )
    written = connection.execute(asked.order_by(held.revision).limit(limit)).all()
    revision = written[-1].revision if len(written) == limit else newest
    position = booked
    for column in (left_plans.c.position, plan_progress.c.position):
        beyond = select(column).where(column.table.c.plant == plant, column > since.position)
        first = connection.execute(beyond.order_by(column).offset(limit).limit(1)).scalar()
        if first is not None:
            position = min(position, first - 1 if first - 1 > since.position else first)

    def moved(held: Any) -> Any:
        return select(held.number).where(
            held.plant == plant, held.position > since.position, held.position <= position
        )

    numbers = {row.key for row in written}
    numbers.update(connection.execute(union(moved(left_plans.c), moved(plan_progress.c))).scalars())
    return Changed(sorted(numbers), Through(revision, position), more=revision < newest or position < booked)


def rows_of(connection: Connection, plant: str, numbers: Sequence[str]) -> Iterator[PlanLineRow]:
    """Yield the rows of some plans as they are now; a plan that is gone has none."""
    for start in range(0, len(numbers), KEYS_ASKED_MAX):
        part = numbers[start : start + KEYS_ASKED_MAX]
        plans = plans_named(connection, plant, part)
        done = progress_of(connection, plant, part)
        for number in part:
            if plan := plans.get(number):
                yield from _rows(plant, number, plan, done)


def plans_named(connection: Connection, plant: str, numbers: Sequence[str]) -> Mapping[str, Plan]:
    """Return the plans of some numbers: the office's, or the one a document left that was not taken back."""
    left, held = left_plans.c, reference.c
    of_documents = select(left.number, left.body_json).where(
        left.plant == plant, left.number.in_(numbers), left.body_json != ""
    )
    of_office = select(held.key, held.body_json).where(
        held.plant == plant, held.kind == "plan", held.key.in_(numbers), held.body_json.is_not(None)
    )
    rows = [*connection.execute(of_documents), *connection.execute(of_office)]
    return {number: read_plan(body) for number, body in rows}


def progress_of(connection: Connection, plant: str, numbers: Sequence[str]) -> Progress:
    """Return how much of some plans is done."""
    held = plan_progress.c
    asked = select(held.number, held.line, held.unit, held.done).where(
        held.plant == plant, held.number.in_(numbers)
    )
    return {(row.number, row.line, row.unit): row.done for row in connection.execute(asked)}


def state_of(plan: Plan, *, is_done: bool) -> State:
    """Tell how it stands with a line of a plan."""
    if is_done:
        return State.DONE
    if plan.closed:
        return State.CLOSED
    if plan.pending:
        return State.PENDING
    return State.OPEN if plan_kinds().get(plan.kind, True) else State.RETURNABLE


def take_in(connection: Connection, plant: str) -> bool:
    """Bring the register on by one round, in a transaction opened by `writing`; tells whether more waits."""
    since = registered_through(connection, plant)
    if since == BEGINNING:
        for table in PLAN_REGISTERS:
            connection.execute(delete(table).where(table.c.plant == plant))
    changed = changed_since(connection, plant, since, ROUND_CHANGES_MAX)
    for start in range(0, len(changed.numbers), KEYS_ASKED_MAX):
        part = changed.numbers[start : start + KEYS_ASKED_MAX]
        held = plan_lines.c
        connection.execute(delete(plan_lines).where(held.plant == plant, held.number.in_(part)))
    rows = [astuple(row) for row in rows_of(connection, plant, changed.numbers)]
    bulk = bulk_for(connection)
    bulk.upsert(connection, plan_lines, rows)
    bulk.upsert(connection, plans_registered, [(plant, *changed.through)])
    return changed.more


def is_behind(connection: Connection, plant: str) -> bool:
    """Tell whether any plan changed since the last round."""
    since = registered_through(connection, plant)
    return any(
        _any(connection, column, column.table.c.plant == plant, column > reached)
        for column, reached in (
            (reference.c.revision, since.revision),
            (left_plans.c.position, since.position),
            (plan_progress.c.position, since.position),
        )
    )


def _any(connection: Connection, column: ColumnElement[int], *where: ColumnElement[bool]) -> bool:
    return connection.execute(select(column).where(*where).limit(1)).first() is not None


def _booked(connection: Connection, plant: str) -> int:
    held = cursors.c
    return int(connection.execute(select(held.position).where(held.plant == plant)).scalar() or 0)


def _rows(plant: str, number: str, plan: Plan, done: Progress) -> Iterator[PlanLineRow]:
    for line in plan.lines:
        ordered = micros(line.quantity.value)
        so_far = done.get((number, line.line, line.quantity.unit), 0)
        state = state_of(plan, is_done=so_far >= ordered)
        yield _row(plant, number, plan, state, line=line, ordered=ordered, done=so_far)
    if not plan.lines:
        yield _row(plant, number, plan, state_of(plan, is_done=False))


def _row(
    plant: str,
    number: str,
    plan: Plan,
    state: State,
    *,
    line: PlanLine | None = None,
    ordered: int = 0,
    done: int = 0,
) -> PlanLineRow:
    return PlanLineRow(
        plant,
        number,
        line.line if line else 0,
        plan.kind,
        plan.partner,
        plan.due[: len(NO_DAY)] or NO_DAY,
        state,
        line.item if line else "",
        line.quantity.unit if line else "",
        ordered,
        done,
    )
