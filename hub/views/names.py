"""Names of places, people and items, for those who read pages."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select

from domain.names import Language, Names
from domain.place import PlaceRole
from hub.store import tables
from hub.store.reference import KEYS_ASKED_MAX


class _Named(msgspec.Struct, frozen=True):
    """The part of a record that pages show."""

    names: Names = Names()
    number: str = ""


class _PlaceRole(msgspec.Struct, frozen=True):
    role: PlaceRole


class NameBook:
    """Names by kind and key; a thing without a name goes by its code."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], _Named] = {}

    def of(self, kind: str, key: str, language: Language) -> str:
        """Return what to call a thing."""
        held = self._names.get((kind, key))
        return (held.names.of(language) if held else "") or key

    def number(self, key: str) -> str:
        """Return the business number of an item."""
        held = self._names.get(("item", key))
        return (held.number if held else "") or key

    def read(self, connection: Connection, plant: str, kind: str, keys: Iterable[str]) -> None:
        """Look names up; keys that are known already or empty cost nothing."""
        wanted = sorted({key for key in keys if key and (kind, key) not in self._names})
        held = tables.reference.c
        for start in range(0, len(wanted), KEYS_ASKED_MAX):
            part = wanted[start : start + KEYS_ASKED_MAX]
            asked = select(held.key, held.body_json).where(
                held.plant == plant, held.kind == kind, held.key.in_(part), held.body_json.is_not(None)
            )
            for row in connection.execute(asked):
                self._names[(kind, row.key)] = msgspec.json.decode(row.body_json, type=_Named)


def place_roles(connection: Connection, plant: str) -> Mapping[str, PlaceRole]:
    """Return what each place of a plant is for."""
    held = tables.reference.c
    asked = select(held.key, held.body_json).where(
        held.plant == plant, held.kind == "place", held.body_json.is_not(None)
    )
    decoder = msgspec.json.Decoder(_PlaceRole)
    return {row.key: decoder.decode(row.body_json).role for row in connection.execute(asked)}
