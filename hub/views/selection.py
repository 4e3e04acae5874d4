"""Narrowing an answer down by what reference data say: the items of a category, the places of a warehouse."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.tables import reference


class _Lies(msgspec.Struct, frozen=True):
    """As much of a place as says in which warehouse it lies."""

    warehouse: str = ""


class _Belongs(msgspec.Struct, frozen=True):
    """As much of an item as says to which category it belongs."""

    category: str = ""


def warehouses(connection: Connection, plant: str) -> Mapping[str, str]:
    """Return in which warehouse each place lies."""
    decoder = msgspec.json.Decoder(_Lies)
    return {key: decoder.decode(body).warehouse for key, body in _bodies(connection, plant, "place")}


def places_of(connection: Connection, plant: str, warehouse: str) -> frozenset[str]:
    """Return the places of a warehouse."""
    found = warehouses(connection, plant)
    return frozenset(place for place, lies_in in found.items() if lies_in == warehouse)


def items_of(connection: Connection, plant: str, category: str) -> frozenset[str]:
    """Return the items of a category."""
    decoder = msgspec.json.Decoder(_Belongs)
    return frozenset(
        key for key, body in _bodies(connection, plant, "item") if decoder.decode(body).category == category
    )


def is_among(
    connection: Connection, column: ColumnElement[Any], values: Collection[str]
) -> ColumnElement[bool]:
    """Return the condition that a column is one of many values: they go as one, however many they are."""
    if connection.dialect.name == "postgresql":
        members: Any = func.unnest(bindparam(None, sorted(values), type_=ARRAY(Text())))
    else:
        members = func.json_each(as_list(connection, values)).table_valued("value").c.value
    return column.in_(select(members))


def among(connection: Connection, column: str, name: str) -> str:
    """Return the same condition as SQL; the parameter `name` is given `as_list`."""
    if connection.dialect.name == "postgresql":
        return f"{column} = ANY(CAST(:{name} AS text[]))"
    return f"{column} IN (SELECT value FROM json_each(:{name}))"  # noqa: S608 (our own names)


def as_list(connection: Connection, values: Collection[str]) -> Any:
    """Return many values as one parameter."""
    chosen = sorted(values)
    return chosen if connection.dialect.name == "postgresql" else msgspec.json.encode(chosen).decode()


def _bodies(connection: Connection, plant: str, kind: str) -> Any:
    held = reference.c
    asked = select(held.key, held.body_json).where(
        held.plant == plant, held.kind == kind, held.body_json.is_not(None)
    )
    return connection.execute(asked)
