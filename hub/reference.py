"""Reference data as the hub holds them: what is known already, what a new record changes, and writing it in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from domain.item import Item, ItemId
from domain.place import Place, PlaceId, Station
from domain.plan import Plan
from domain.staff import Person
from hub.store import tables

REFERENCE_KINDS: Mapping[str, type[Struct]] = {
    "item": Item,
    "place": Place,
    "person": Person,
    "plan": Plan,
    "station": Station,
}
_WRITE_ROWS_MAX = 500

Record = TypeVar("Record", bound=Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a set of records would change."""

    new: Mapping[str, Struct]
    changed: Mapping[str, Struct]
    unchanged: int


def body_of(record: Struct) -> str:
    """Return a record as the reference table holds it: JSON text, the same for equal records."""
    return msgspec.json.encode(record, order="deterministic").decode()


class Known:
    """A plant's reference data inside one transaction. With `writes` the plant is locked first."""

    def __init__(self, connection: Connection, plant: str, *, writes: bool) -> None:
        self._connection = connection
        self.plant = plant
        self._records: dict[str, dict[str, Struct]] = {}
        self._items_by_number: dict[str, Item] | None = None
        if writes:
            self._lock()

    def item_by_number(self, number: str) -> Item | None:
        """Return the item a business number names."""
        if self._items_by_number is None:
            self._items_by_number = {item.number: item for item in self._of_kind(Item, "item").values()}
        return self._items_by_number.get(number)

    def item(self, key: ItemId) -> Item | None:
        """Return an item by its id."""
        return self._of_kind(Item, "item").get(key)

    def place(self, code: str) -> Place | None:
        """Return a place by its code."""
        return self._of_kind(Place, "place").get(PlaceId(code))

    def records(self, kind: str) -> Mapping[str, Struct]:
        """Return everything of a kind by its key."""
        return self._of_kind(REFERENCE_KINDS[kind], kind)

    def compare(self, kind: str, records: Mapping[str, Struct]) -> Changes:
        """Tell what is new, what differs and what is the same already."""
        held = self.records(kind)
        new = {key: record for key, record in records.items() if key not in held}
        changed = {key: record for key, record in records.items() if key in held and held[key] != record}
        return Changes(new=new, changed=changed, unchanged=len(records) - len(new) - len(changed))

    def write(self, kind: str, records: Mapping[str, Struct]) -> int:
        """Write records with the plant's next revisions. Returns the last revision."""
        position, revision = self._lasts()
        keys = sorted(records)
        for start in range(0, len(keys), _WRITE_ROWS_MAX):
            part = keys[start : start + _WRITE_ROWS_MAX]
            rows = [
                {
                    "plant": self.plant,
                    "kind": kind,
                    "key": key,
                    "body_json": body_of(records[key]),
                    "revision": revision + start + offset,
                }
                for offset, key in enumerate(part, start=1)
            ]
            held = tables.reference.c
            where = (held.plant == self.plant) & (held.kind == kind) & held.key.in_(part)
            self._connection.execute(delete(tables.reference).where(where))
            self._connection.execute(insert(tables.reference), rows)
            history = [row | {"at_position": position} for row in rows]
            self._connection.execute(insert(tables.reference_history), history)
        last = revision + len(keys)
        if keys:
            mine = update(tables.plants).where(tables.plants.c.plant == self.plant)
            self._connection.execute(mine.values(revision=last))
        self._records.pop(kind, None)
        self._items_by_number = None
        return last

    def _lock(self) -> None:
        """Take the plant's row before anything is read, so that what was checked is still true when it is written."""
        row = update(tables.plants).where(tables.plants.c.plant == self.plant)
        if not self._connection.execute(row.values(revision=tables.plants.c.revision)).rowcount:
            self._connection.execute(insert(tables.plants).values(plant=self.plant, position=0, revision=0))

    def _lasts(self) -> tuple[int, int]:
        """Return the last position and the last revision given in this plant."""
        asked = select(tables.plants.c.position, tables.plants.c.revision)
        row = self._connection.execute(asked.where(tables.plants.c.plant == self.plant)).one()
        return int(row.position), int(row.revision)

    def _of_kind(self, form: type[Record], kind: str) -> dict[str, Record]:
        held = self._records.get(kind)
        if held is None:
            decoder = msgspec.json.Decoder(form)
            asked = select(tables.reference.c.key, tables.reference.c.body_json).where(
                tables.reference.c.plant == self.plant,
                tables.reference.c.kind == kind,
                tables.reference.c.body_json.is_not(None),
            )
            found: dict[str, Struct] = {
                key: decoder.decode(body) for key, body in self._connection.execute(asked)
            }
            self._records[kind] = held = found
        return held  # pyright: ignore[reportReturnType] - the kind's own form, decoded above
