"""Documents that wait for somebody's approval: what they say, what approving them moves, and why they need it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from domain.document import Document
from domain.events.documents import DocumentCompleted, DocumentSentBack
from domain.life import why_not_decide
from domain.problem import Problem
from domain.quantity import Quantity
from domain.staff import Person
from domain.stock import Movement
from domain.words import has_words
from hub.booked_facts import BookedFacts, document_types_of, entry_at, said_at
from hub.store import tables
from hub.views.documents import DocumentView, document_view

WAITING_MAX = 20
"""Documents on one page; those that wait longest come first."""
LINES_SHOWN_MAX = 12
"""Lines of a document among others; its own page shows all."""
MOVES_SHOWN_MAX = 25
"""Movements of a document among others that can be ticked there; its own page shows all."""
_WHY = "approval.why"


class Proposal(Struct, frozen=True, kw_only=True):
    """One movement that approving a document makes, and its place among them."""

    index: int
    item: str
    source: str
    target: str
    quantity: Quantity
    second: Quantity | None = None
    lot: str = ""
    handling_unit: str = ""
    grade: str = ""


class Submission(Struct, frozen=True, kw_only=True):
    """A document as it waits. `position`: of the event that submitted it; `by` did so.

    `why`: words for why its type asks for an approval. `problem`: why the reader cannot decide, None where they can.
    """

    view: DocumentView
    position: int
    by: str
    at: datetime | None
    why: str
    proposed: tuple[Proposal, ...]
    problem: Problem | None = None


class Return(Struct, frozen=True, kw_only=True):
    """Who sent a document back, why and when."""

    person: str
    reason: str
    at: datetime | None


class Waiting(Struct, frozen=True, kw_only=True):
    """What waits, the longest first. `matching`: how many there are in all."""

    rows: tuple[Submission, ...]
    matching: int


def waiting(connection: Connection, plant: str, types: Collection[str], person: Person) -> Waiting:
    """Return what of some types waits for an approval; `person` looks at it."""
    held = tables.documents.c
    where = (held.plant == plant, held.status == "submitted", held.type.in_(sorted(types)))
    matching = connection.execute(select(func.count()).select_from(tables.documents).where(*where)).scalar()
    asked = select(tables.documents).where(*where).order_by(held.state_position).limit(WAITING_MAX)
    rows = connection.execute(asked).all()
    found = (submission(connection, plant, row, person) for row in rows)
    return Waiting(rows=tuple(one for one in found if one is not None), matching=matching or 0)


def submission(connection: Connection, plant: str, row: Row[Any], person: Person) -> Submission | None:
    """Return a document as it waits; None where it does not."""
    said = said_at(connection, plant, row.state_position)
    entry = entry_at(connection, plant, row.state_position)
    if row.status != "submitted" or not isinstance(said, DocumentCompleted) or entry is None:
        return None
    document = Document(type=row.type, number=row.number, status="submitted")
    return Submission(
        view=document_view(connection, plant, row),
        position=row.state_position,
        by=entry.operator,
        at=entry.event_time,
        why=_why(connection, plant, row.type),
        proposed=tuple(_proposal(number, one) for number, one in enumerate(said.proposed)),
        problem=why_not_decide(document, person, BookedFacts(connection, plant, row)),
    )


def sent_back(connection: Connection, plant: str, row: Row[Any]) -> Return | None:
    """Return who sent a document back that is open again; None where nobody did."""
    said = said_at(connection, plant, row.state_position) if row.status == "open" else None
    entry = entry_at(connection, plant, row.state_position)
    if not isinstance(said, DocumentSentBack) or entry is None:
        return None
    return Return(person=said.person, reason=said.reason, at=entry.event_time)


def _why(connection: Connection, plant: str, document_type: str) -> str:
    """Return words for what a type's documents are approved for."""
    kind = document_types_of(connection, plant).get(document_type)
    named = f"{_WHY}.{getattr(kind.approval, '__name__', '')}" if kind else ""
    return named if has_words(named) else f"{_WHY}.submitted"


def _proposal(index: int, one: Movement) -> Proposal:
    return Proposal(
        index=index,
        item=one.goods.item,
        source=one.source,
        target=one.target,
        quantity=one.quantity,
        second=one.second,
        lot=one.goods.lot,
        handling_unit=one.goods.handling_unit,
        grade=one.goods.grade,
    )


def names_in(rows: Sequence[Submission]) -> tuple[set[str], set[str], set[str]]:
    """Return the items, places and people that some submissions name."""
    lines = [line for one in rows for line in one.view.lines]
    moved = [move for one in rows for move in one.proposed]
    items = {*(line.item for line in lines), *(move.item for move in moved)}
    places = {*(move.source for move in moved), *(move.target for move in moved)}
    places |= {one.view.document.partner for one in rows}
    people = {*(line.operator for line in lines), *(one.by for one in rows)}
    return items, places, people | {one.view.document.operator for one in rows}
