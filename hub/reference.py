"""Reference data as an import sees them: what is known already, and what new records would change."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from domain.item import Item, ItemId
from domain.place import Place, PlaceId, Station
from domain.plan import Plan
from domain.staff import Group, Person
from hub.store import tables
from hub.store.reference import Written

REFERENCE_KINDS: Mapping[str, type[Struct]] = {
    "item": Item,
    "place": Place,
    "person": Person,
    "plan": Plan,
    "station": Station,
    "group": Group,
}

Record = TypeVar("Record", bound=Struct)


class ReferenceData:
    """A plant's reference data, read once each kind inside one transaction."""

    def __init__(self, connection: Connection, plant: str) -> None:
        self._connection = connection
        self.plant = plant
        self._records: dict[str, dict[str, Struct]] = {}
        self._items_by_number: dict[str, Item] | None = None

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

    def records(self, kind: str, form: type[Struct] | None = None) -> Mapping[str, Struct]:
        """Return everything of a kind by its key; `form` where only a declaration of `hub/objects/` knows it."""
        return self._of_kind(form or REFERENCE_KINDS[kind], kind)

    def all_of(self, kind: str, form: type[Record]) -> Mapping[str, Record]:
        """Return everything of a kind by its key, each as much of it as `form` asks for."""
        return self._of_kind(form, kind)

    def put(self, kind: str, key: str, record: Struct | None) -> None:
        """Take over what was just written in this transaction; None: it is gone."""
        held = self._records.get(kind)
        if held is not None and record is not None:
            held[key] = record
        elif held is not None:
            held.pop(key, None)
        if kind == "item":
            self._items_by_number = None

    def revision(self, kind: str, key: str) -> int:
        """Return the revision a record was written with; 0 where it is not there."""
        held = tables.reference.c
        asked = select(held.revision).where(
            held.plant == self.plant, held.kind == kind, held.key == key, held.body_json.is_not(None)
        )
        return self._connection.execute(asked).scalar() or 0

    def compare(self, kind: str, records: Mapping[str, Struct], form: type[Struct] | None = None) -> Written:
        """Tell what writing these records would do."""
        held = self.records(kind, form)
        new = sum(key not in held for key in records)
        unchanged = sum(key in held and held[key] == record for key, record in records.items())
        return Written(new=new, changed=len(records) - new - unchanged, unchanged=unchanged)

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
