"""Balances while a batch is booked: added up in memory, added on in the table, and never read unless something left."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlalchemy import Connection, func, select

from domain.stock import Goods, Movement
from hub.overlay import CACHED_MAX, Layer
from hub.store.bulk import bulk_for
from hub.store.tables import balances, place_totals
from hub.store.values import micros

BalanceKey = tuple[str, str, str, str, str, str, str, str]
"""Place, item, lot, handling unit, grade, owner, unit, second unit: the table's key after the plant."""

KindOfStock = tuple[str, str, str, str, str, str, str]
"""The same without the second unit: what a shortage is about."""


class Balances:
    """One plant's balances. Adding needs no reading: the table adds. Totals are read only where asked for."""

    def __init__(self, plant: str, connection: Callable[[], Connection], touched: list[Layer]) -> None:
        self._plant, self._connection, self._touched = plant, connection, touched
        self._batch: dict[BalanceKey, tuple[int, int, int]] = {}
        self._event: dict[BalanceKey, tuple[int, int]] = {}
        self._event_position = 0
        self._grown: dict[KindOfStock, int] = defaultdict(int)
        self._totals: dict[KindOfStock, int] = {}

    def move(self, movements: Iterable[Movement], position: int) -> dict[KindOfStock, int]:
        """Take an event's movements in; return by how much each kind of stock grew or shrank with it, where it did."""
        changes: dict[BalanceKey, tuple[int, int]] = {}
        for movement in movements:
            quantity, second = movement.quantity, movement.second
            value = micros(quantity.value)
            second_value, second_unit = (micros(second.value), second.unit) if second else (0, "")
            goods = _goods(movement.goods)
            gives = (movement.source, *goods, quantity.unit, second_unit)
            gets = (movement.target, *goods, quantity.unit, second_unit)
            had, had_second = changes.get(gives, _NOTHING)
            changes[gives] = (had - value, had_second - second_value)
            had, had_second = changes.get(gets, _NOTHING)
            changes[gets] = (had + value, had_second + second_value)
        # What only passed through a place in the same event left no trace there.
        self._event = {key: change for key, change in changes.items() if change != _NOTHING}
        self._event_position = position
        self._touched.append(self)
        grown: dict[KindOfStock, int] = {}
        for key, (value, _) in self._event.items():
            grown[key[:7]] = grown.get(key[:7], 0) + value
        return grown

    def total(self, kind: KindOfStock) -> int:
        """Return how much of a kind of stock its place holds, this event included."""
        if kind not in self._totals:
            self._totals[kind] = self._read(kind) + self._grown[kind]
        in_event = sum(value for key, (value, _) in self._event.items() if key[:7] == kind)
        return self._totals[kind] + in_event

    def keep(self) -> None:
        for key, (value, second) in self._event.items():
            had, had_second, _ = self._batch.get(key, (0, 0, 0))
            self._batch[key] = (had + value, had_second + second, self._event_position)
            kind = key[:7]
            self._grown[kind] += value
            if kind in self._totals:
                self._totals[kind] += value
        self._event = {}

    def drop(self) -> None:
        self._event = {}

    def write(self, connection: Connection) -> None:
        rows = [(self._plant, *key, *change) for key, change in sorted(self._batch.items())]
        bulk = bulk_for(connection)
        bulk.upsert(connection, balances, rows, adds=("value", "second"))
        bulk.upsert(connection, place_totals, self._place_rows(), adds=("value",))

    def _place_rows(self) -> list[tuple[str, str, str, int, int]]:
        """Return what the batch changed at each place, over all goods."""
        changes: dict[tuple[str, str], tuple[int, int]] = {}
        for key, (value, _, position) in self._batch.items():
            place_unit = (key[0], key[6])
            had, at = changes.get(place_unit, _NOTHING)
            changes[place_unit] = (had + value, max(at, position))
        return [(self._plant, *key, *change) for key, change in sorted(changes.items())]

    def settle(self) -> None:
        self._batch.clear()
        self._grown.clear()
        if len(self._totals) > CACHED_MAX:
            self._totals.clear()

    def forget(self) -> None:
        self._batch.clear()
        self._grown.clear()
        self._totals.clear()
        self._event = {}

    def _read(self, kind: KindOfStock) -> int:
        column = balances.c
        names = ("place", "item", "lot", "handling_unit", "grade", "owner", "unit")
        query = select(func.sum(column.value)).where(
            column.plant == self._plant,
            *(column[name] == value for name, value in zip(names, kind, strict=True)),
        )
        return int(self._connection().execute(query).scalar() or 0)


_NOTHING = (0, 0)


def _goods(goods: Goods) -> tuple[str, str, str, str, str]:
    return (goods.item, goods.lot, goods.handling_unit, goods.grade, goods.owner)
