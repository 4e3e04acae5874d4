"""What moved: the journal, newest first."""

from datetime import datetime

from sqlalchemy import Connection

from domain.document import document_types
from hub.question import Column, Kind, Question
from hub.views.journal import JournalPage, JournalQuery, journal_page


def _read(connection: Connection, plant: str, query: JournalQuery, _now: datetime) -> JournalPage:
    return journal_page(connection, plant, query)


_COLUMNS = (
    Column(name="position", kind=Kind.EVENT),
    Column(name="happened_at", kind=Kind.INSTANT),
    Column(name="period"),
    Column(name="document_type", kind=Kind.TYPE),
    Column(name="document", kind=Kind.DOCUMENT),
    Column(name="item", kind=Kind.ITEM),
    Column(name="lot", kind=Kind.LOT, is_spare=True),
    Column(name="handling_unit", kind=Kind.UNIT, is_spare=True),
    Column(name="grade", is_spare=True),
    Column(name="owner", is_spare=True),
    Column(name="source", kind=Kind.PLACE),
    Column(name="target", kind=Kind.PLACE),
    Column(name="quantity", kind=Kind.QUANTITY, has_unit=True),
    Column(name="second", kind=Kind.QUANTITY, has_unit=True, is_spare=True),
    Column(name="operator", kind=Kind.PERSON),
)

QUESTION = Question(
    name="movements",
    order=2,
    summary="List movements, newest first, by item, lot, place, document, type, person or month.",
    query=JournalQuery,
    answer=JournalPage,
    read=_read,
    columns=lambda _query, _page: _COLUMNS,
    choices={"type": lambda: ("", *document_types())},
)
