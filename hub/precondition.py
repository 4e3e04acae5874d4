"""What must hold before a record of master data may be deleted. Each refusal is named and brings its evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import Connection, select

from domain.place import PHYSICAL_ROLES
from domain.problem import Problem, refusal
from domain.quantity import Quantity
from hub.cells import Value
from hub.reference import ReferenceData
from hub.store.tables import IS_THERE, balances, uses
from hub.store.values import amount

if TYPE_CHECKING:  # a declaration names its preconditions, these only look at it
    from hub.object import Field, ObjectType

SHOWN_MAX = 5
"""So much evidence stands in a refusal; there may be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The record that is to go: what people call it, what documents know it as, and which fields might name it."""

    connection: Connection
    known: ReferenceData
    kind: str
    key: str
    number: str
    used_as: Sequence[tuple[str, str]]
    referring: "Sequence[tuple[ObjectType, Field]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """One condition. `find` returns what speaks against deleting, empty where nothing does."""

    name: str
    find: Callable[[Subject], tuple[Sequence[str], Mapping[str, str]]]

    def refuses(self, subject: Subject) -> Problem | None:
        """Say why a record must stay, with the evidence; None if this condition lets it go."""
        found, more = self.find(subject)
        if not found:
            return None
        shown = ", ".join(found[:SHOWN_MAX]) + (" …" if len(found) > SHOWN_MAX else "")
        return refusal(f"object.delete.{self.name}", number=subject.number, evidence=shown, **more)


def _documents(subject: Subject) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return documents that name it: of each thing it is to them the first one."""
    column, found = uses.c, list[str]()
    for kind, key in subject.used_as:
        asked = select(column.document, column.position).where(
            column.plant == subject.known.plant, column.kind == kind, column.key == key
        )
        found += [row.document or f"#{row.position}" for row in subject.connection.execute(asked)]
    return tuple(dict.fromkeys(found)), {}


def _stock(subject: Subject) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return where there is stock of it, or in it, under our own roof: what a supplier's account says is no stock."""
    column, found = balances.c, list[str]()
    for kind, key in subject.used_as:
        where = column.item == key if kind == "item" else column.place == key
        asked = (
            select(column.place, column.item, column.value, column.unit)
            .where(column.plant == subject.known.plant, where, IS_THERE)
            .order_by(column.place, column.item, column.lot, column.handling_unit)
        )
        for row in subject.connection.execute(asked):
            place = subject.known.place(row.place)
            if place is None or place.role in PHYSICAL_ROLES:
                amount_there = Quantity(value=amount(row.value), unit=row.unit)
                found.append(f"{row.place if kind == 'item' else row.item} {amount_there}")
            if len(found) > SHOWN_MAX:
                return found, {}
    return found, {}


def _references(subject: Subject) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the records of the first object that name it."""
    for declared, field in subject.referring:
        found = [
            _number(declared, record, key, subject.known)
            for key, record in subject.known.records(declared.kind, declared.form).items()
            if declared.belongs(record)
            and (declared.kind, key) != (subject.kind, subject.key)
            and subject.number in _named(declared, field, record, key, subject.known)
        ]
        if found:
            return sorted(found), {"object": f"object.{declared.name}"}
    return (), {}


def _number(declared: "ObjectType", record: Struct, key: str, known: ReferenceData) -> str:
    return str(declared.values(record, key, known)[declared.number])


def _named(
    declared: "ObjectType", field: "Field", record: Struct, key: str, known: ReferenceData
) -> Sequence[Value]:
    if field in declared.lines:
        return [line[field.name] for line in declared.line_values(record, known)]
    value = declared.values(record, key, known)[field.name]
    return [*value] if isinstance(value, tuple) else [value]


NO_DOCUMENT = Precondition(name="no_document", find=_documents)
NO_STOCK = Precondition(name="no_stock", find=_stock)
NOTHING_REFERS = Precondition(name="nothing_refers", find=_references)
