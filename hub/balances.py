"""Balances while a batch is booked: added up in memory, added on in the table, and never read unless something left."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, func, select

from domain.stock import Goods, Movement
from hub.overlay import Trail
from hub.store.bulk import Write
from hub.store.tables import balances, place_totals
from hub.store.values import micros

TOTALS_MAX = 200_000
"""Kinds of stock whose total is remembered from batch to batch; beyond, it begins afresh."""

BalanceKey = tuple[str, str, str, str, str, str, str, str]
"""Place, item, lot, handling unit, grade, owner, unit, second unit: the table's key after the plant."""

KindOfStock = tuple[str, str, str, str, str, str, str]
"""The same without the second unit: what a shortage is about."""


class Balances:
    """One plant's balances. Adding needs no reading: the table adds. Totals are read only where asked for."""

    def __init__(self, plant: str, connection: Callable[[], Connection], trail: Trail) -> None:
        self._plant, self._connection, self._trail = plant, connection, trail
        self._batch: dict[BalanceKey, tuple[int, int, int]] = {}
        self._grown: dict[KindOfStock, int] = {}
        self._handed_over: dict[KindOfStock, int] = {}
        self._totals: dict[KindOfStock, int] = {}
        self._is_all = False
        """Whether `_totals` holds every kind of stock there is, so that nobody need look in the table.

        `_grown` begins when that ends, which is between two batches.
        """

    @property
    def held(self) -> int:
        return len(self._batch)

    def begin_afresh(self) -> None:
        self.forget()
        self._is_all = True

    def move(self, movements: Iterable[Movement], position: int) -> dict[KindOfStock, int]:
        """Take an event's movements in; return by how much each kind of stock grew or shrank with it, where it did."""
        grown: dict[KindOfStock, int] = {}
        for key, (value, second) in _changes(movements).items():
            if not value and not second:
                continue  # what only passed through a place in the same event left no trace there
            had, had_second, _ = self._batch.get(key, (0, 0, 0))
            self._trail.change(self._batch, key, (had + value, had_second + second, position))
            kind = key[:7]
            grown[kind] = grown.get(kind, 0) + value
        for kind, change in grown.items():
            if not self._is_all:
                self._trail.change(self._grown, kind, self._grown.get(kind, 0) + change)
            if self._is_all or kind in self._totals:
                self._trail.change(self._totals, kind, self._totals.get(kind, 0) + change)
        return grown

    def total(self, kind: KindOfStock) -> int:
        """Return how much of a kind of stock its place holds, this event included."""
        total = self._totals.get(kind)
        if total is None:
            if self._is_all:
                return 0
            # Read first of all: that may have to wait until what was handed over is written.
            total = self._read(kind)
            total += self._grown.get(kind, 0) + self._handed_over.get(kind, 0)
            # Read while an event is in hand: if it fails, this is forgotten with it, and read again.
            self._trail.change(self._totals, kind, total)
        return total

    def begin(self) -> None:
        if len(self._totals) > TOTALS_MAX:
            self._totals.clear()
            self._is_all = False

    def take(self) -> Iterable[Write]:
        rows = [(self._plant, *key, *change) for key, change in sorted(self._batch.items())]
        yield Write(table=balances, rows=rows, adds=("value", "second"))
        yield Write(table=place_totals, rows=self._place_rows(), adds=("value",))
        self._batch = {}
        self._handed_over, self._grown = self._grown, {}

    def settle(self) -> None:
        self._handed_over = {}

    def forget(self) -> None:
        self._is_all = False
        self._batch = {}
        self._grown = {}
        self._handed_over = {}
        self._totals = {}

    def _place_rows(self) -> list[tuple[str, str, str, int, int]]:
        """Return what the batch changed at each place, over all goods."""
        changes: dict[tuple[str, str], tuple[int, int]] = {}
        for key, (value, _, position) in self._batch.items():
            place_unit = (key[0], key[6])
            had, at = changes.get(place_unit, _NOTHING)
            changes[place_unit] = (had + value, max(at, position))
        return [(self._plant, *key, *change) for key, change in sorted(changes.items())]

    def _read(self, kind: KindOfStock) -> int:
        column = balances.c
        names = ("place", "item", "lot", "handling_unit", "grade", "owner", "unit")
        query = select(func.sum(column.value)).where(
            column.plant == self._plant,
            *(column[name] == value for name, value in zip(names, kind, strict=True)),
        )
        return int(self._connection().execute(query).scalar() or 0)


_NOTHING = (0, 0)


def _changes(movements: Iterable[Movement]) -> dict[BalanceKey, tuple[int, int]]:
    """Return what an event's movements come to for each balance."""
    changes: dict[BalanceKey, tuple[int, int]] = {}
    for movement in movements:
        quantity, second = movement.quantity, movement.second
        value = micros(quantity.value)
        second_value, second_unit = (micros(second.value), second.unit) if second else _NO_SECOND
        goods = _goods(movement.goods)
        gives = (movement.source, *goods, quantity.unit, second_unit)
        gets = (movement.target, *goods, quantity.unit, second_unit)
        had, had_second = changes.get(gives, _NOTHING)
        changes[gives] = (had - value, had_second - second_value)
        had, had_second = changes.get(gets, _NOTHING)
        changes[gets] = (had + value, had_second + second_value)
    return changes


_NO_SECOND = (0, "")


def _goods(goods: Goods) -> tuple[str, str, str, str, str]:
    return (goods.item, goods.lot, goods.handling_unit, goods.grade, goods.owner)
