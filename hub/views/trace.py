"""Scan or type anything: what it is, where it is, and what became of it."""

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select

from domain.barcode import (
    BadgeCode,
    DocumentCode,
    Element,
    Gtin,
    HandlingUnitCode,
    ItemNumber,
    Lot,
    OrderNumber,
    PlaceCode,
    PlainText,
    Serial,
    Sscc,
    content_of,
    read,
)
from domain.barcodes.house import house_body
from hub.store import tables
from hub.views.documents import DocumentQuery, DocumentRow, documents_page
from hub.views.genealogy import Related, made_from, made_into
from hub.views.journal import JournalQuery, journal_page
from hub.views.labels import LabelQuery, LabelRow, labels_page
from hub.views.page import WORD_CHARS_MAX
from hub.views.stock import MovementRow, StockQuery, StockRow, stock_page

SHOWN = 30
"""Rows of each kind; each list opens to all of it."""
FINDS_MAX = 8

What = Literal["item", "place", "lot", "handling_unit", "document", "plan", "person"]


class Find(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a code may mean: what it is, where it lies, what moved (newest first), its labels and documents.

    `made_from` and `made_into`: the goods it was made from, and those made of it, one step each.
    """

    what: What
    key: str
    stock: tuple[StockRow, ...] = ()
    moved: tuple[MovementRow, ...] = ()
    labels: tuple[LabelRow, ...] = ()
    documents: tuple[DocumentRow, ...] = ()
    made_from: tuple[Related, ...] = ()
    made_into: tuple[Related, ...] = ()


Meaning = tuple[What, str]


def trace(connection: Connection, plant: str, code: str, seen: ColumnElement[bool]) -> tuple[Find, ...]:
    """Return everything a code, number, lot or serial may mean that the books know; nothing where they know nothing.

    `seen`: which documents are listed.
    """
    found: list[Find] = []
    for what, key in dict.fromkeys(_meanings(connection, plant, code)):
        find = _find(connection, plant, what, key, seen)
        if find is not None:
            found.append(find)
        if len(found) == FINDS_MAX:
            break
    return tuple(found)


def _meanings(connection: Connection, plant: str, code: str) -> Iterator[Meaning]:
    """Yield what a code may mean, the surest first: as a scan is read, then the text as it stands."""
    for element in read(code).elements:
        yield from _of_element(connection, plant, element)
    text, _ = content_of(code)
    if 0 < len(text) <= WORD_CHARS_MAX:
        yield from _of_text(connection, plant, text)


def _of_element(connection: Connection, plant: str, element: Element) -> Iterator[Meaning]:
    match element:
        case HandlingUnitCode(value=value) | Serial(value=value) | Sscc(value=value):
            yield "handling_unit", value
        case Gtin(value=value):
            yield from _having(connection, plant, "item", "code", value)
        case ItemNumber(value=value):
            yield from _having(connection, plant, "item", "number", value)
        case PlaceCode(value=value):
            yield from _having(connection, plant, "place", "barcode", value)
        case BadgeCode(value=value):
            yield from _having(connection, plant, "person", "badge", value)
        case Lot(value=value):
            yield "lot", value
        case DocumentCode(value=value):
            yield from _documents_by_body(connection, plant, value)
        case OrderNumber(value=value):
            yield "plan", value
        case PlainText(value=value):
            yield from _of_text(connection, plant, value[:WORD_CHARS_MAX])
        case _:
            pass  # a day, a weight, a count: nothing to look for


def _of_text(connection: Connection, plant: str, text: str) -> Iterator[Meaning]:
    yield "handling_unit", text
    yield "document", text
    yield "plan", text
    yield "lot", text
    yield "item", text
    yield from _having(connection, plant, "item", "number", text)
    yield "place", text
    yield "person", text


def _having(connection: Connection, plant: str, what: What, name: str, value: str) -> list[Meaning]:
    """Return the records of a kind in which a field of that name holds a text."""
    held = tables.reference.c
    said = f'"{name}":{msgspec.json.encode(value).decode()}'
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    asked = select(held.key).where(held.plant == plant, held.kind == what, find(held.body_json, said) > 0)
    keys = connection.execute(asked.order_by(held.key).limit(FINDS_MAX)).scalars()
    return [(what, key) for key in keys]


def _documents_by_body(connection: Connection, plant: str, body: str) -> list[Meaning]:
    """Return the documents whose number has these letters and digits; all of them begin with prefix and day."""
    held = tables.documents.c
    begins = body[:NUMBER_BEGINS_CHARS]
    asked = select(held.number).where(
        held.plant == plant, held.number >= begins, held.number < f"{begins}\uffff"
    )
    numbers: list[str] = [
        number
        for number in connection.execute(asked.order_by(held.number)).scalars()
        if house_body(number) == body
    ]
    return [("document", number) for number in numbers[:FINDS_MAX]]


NUMBER_BEGINS_CHARS = len("CS20261122")
"""As much of a document's number as is the same in its code: what follows has separators in the one."""


def _find(connection: Connection, plant: str, what: What, key: str, seen: ColumnElement[bool]) -> Find | None:
    """Return what the books know of a thing; None where they know nothing."""
    find = Find(what=what, key=key)
    match what:
        case "item" | "lot" | "handling_unit" | "place":
            find = _with(connection, plant, find, {what: key}, {what: key})
            if what == "handling_unit":
                labels = labels_page(connection, plant, LabelQuery(serial=key, limit=SHOWN)).rows
                find = msgspec.structs.replace(find, labels=labels)
        case "document":
            documents = documents_page(connection, plant, DocumentQuery(number=key, limit=SHOWN), seen).rows
            find = _with(connection, plant, find, None, {"document": key})
            find = msgspec.structs.replace(find, documents=documents)
        case "plan":
            documents = documents_page(connection, plant, DocumentQuery(plan=key, limit=SHOWN), seen).rows
            find = msgspec.structs.replace(find, documents=documents)
        case "person":
            find = _with(connection, plant, find, None, {"person": key})
    if what in {"lot", "handling_unit", "document"}:
        find = msgspec.structs.replace(
            find,
            made_from=made_from(connection, plant, what, key),
            made_into=made_into(connection, plant, what, key),
        )
    is_known = what in _RECORDS and _is_record(connection, plant, what, key)
    found = (find.stock, find.moved, find.labels, find.documents, find.made_from, find.made_into)
    return find if is_known or any(found) else None


_RECORDS = frozenset({"item", "place", "person", "plan"})


def _with(
    connection: Connection, plant: str, find: Find, stock: dict[str, str] | None, moved: dict[str, str]
) -> Find:
    replace = msgspec.structs.replace
    here = stock_page(connection, plant, replace(StockQuery(limit=SHOWN), **stock)).rows if stock else ()
    history = journal_page(connection, plant, replace(JournalQuery(limit=SHOWN), **moved)).rows
    return replace(find, stock=here, moved=history)


def _is_record(connection: Connection, plant: str, kind: str, key: str) -> bool:
    held = tables.reference.c
    asked = select(held.key).where(
        held.plant == plant, held.kind == kind, held.key == key, held.body_json.is_not(None)
    )
    return connection.execute(asked).first() is not None
