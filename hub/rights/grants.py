"""What people may do through their groups, worked out whenever a person or a group is written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from domain.staff import Group, Person, rights_of
from hub.store.tables import reference


class _Record(Protocol):
    """As much of a record to be written as is looked at here."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def body(self) -> object: ...


def with_grants(
    connection: Connection, plant: str, records: Iterable[_Record]
) -> Mapping[tuple[str, str], Person]:
    """Return the people among some records, and the members of the groups among them, with what groups give them."""
    people = {
        one.key: msgspec.convert(one.body, Person, from_attributes=True)
        for one in records
        if one.kind == "person" and one.body is not None
    }
    groups: dict[str, Group | None] = {
        one.key: msgspec.convert(one.body, Group, from_attributes=True) if one.body is not None else None
        for one in records
        if one.kind == "group"
    }
    if groups:
        gone = {one.key for one in records if one.kind == "person"}
        for person in _members(connection, plant, groups):
            if person.number not in gone:
                people[person.number] = person
    if not people:
        return {}
    held = groups_of(connection, plant) if any(one.groups for one in people.values()) else {}
    known = {**held, **groups}
    found: dict[tuple[str, str], Person] = {}
    for key, person in people.items():
        theirs = [group for code in person.groups if (group := known.get(code)) is not None]
        found[("person", key)] = replace(person, granted=rights_of(theirs))
    return found


def groups_of(connection: Connection, plant: str) -> dict[str, Group]:
    """Return a plant's groups by code."""
    rows = _bodies(connection, plant, "group")
    return {group.code: group for group in (msgspec.json.decode(body, type=Group) for body in rows)}


def people_of(connection: Connection, plant: str) -> dict[str, Person]:
    """Return a plant's people by number."""
    rows = _bodies(connection, plant, "person")
    return {person.number: person for person in (msgspec.json.decode(body, type=Person) for body in rows)}


def person_of(connection: Connection, plant: str, number: str) -> Person | None:
    """Return one of a plant's people."""
    held = reference.c
    asked = select(held.body_json).where(
        held.plant == plant, held.kind == "person", held.key == number, held.body_json.is_not(None)
    )
    body = connection.execute(asked).scalar()
    return msgspec.json.decode(body, type=Person) if body else None


def _members(connection: Connection, plant: str, groups: Iterable[str]) -> list[Person]:
    wanted = set(groups)
    found = people_of(connection, plant).values()
    return [person for person in found if wanted.intersection(person.groups)]


def _bodies(connection: Connection, plant: str, kind: str) -> Sequence[str]:
    held = reference.c
    asked = select(held.body_json).where(held.plant == plant, held.kind == kind, held.body_json.is_not(None))
    return connection.execute(asked.order_by(held.key)).scalars().all()
