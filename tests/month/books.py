"""The books added up by hand: from what the kiosks wrote down, and from the files that a bookkeeper gets.

Nothing of the hub's own arithmetic is used here. Each check raises BooksError with the first rows that differ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from domain.document import document_types
from domain.place import PHYSICAL_ROLES
from domain.words import speak
from hub.export import export_plant
from hub.store import tables
from hub.store.database import reading
from tests.month.group import Goods, Group, Row
from verify import check

ADJUSTING = ("PD", "TZ")
"""The documents by which the books follow what was found."""
OTHER = "Other document"
"""How a type that is not declared is headed: the opening stock's."""
FIGURES = ("Opening", "Receipts", "Issues", "Adjustments", "Closing")
KEYS: Mapping[str, Sequence[str]] = {
    "item": ("Item",),
    "warehouse": ("Item", "Warehouse"),
    "place": ("Item", "Place"),
    "lot": ("Item", "Place", "Lot", "Grade", "Owner"),
}
SHOWN_MAX = 5
ZERO = Decimal(0)
Key = tuple[str, ...]
Cells = dict[str, Decimal]


class BooksError(AssertionError):
    """The books do not agree."""


class Books:
    """The books of a group; `checks` counts what was compared, by name."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._numbers = {str(one.id): one.number for kind in group.things.items.values() for one in kind}
        self._titles = {speak("en", f"document.{code}") for code in document_types()}
        self._adjusting = {speak("en", f"document.{code}") for code in ADJUSTING}
        self._warehouse: dict[str, dict[str, str]] = {}
        self.checks: Counter[str] = Counter()

    def roof(self, plant: str) -> Mapping[str, str]:
        """Return the places under a plant's own roof, and the warehouse of each."""
        if plant not in self._warehouse:
            records = (one.body for one in self._group.things.reference(plant) if one.kind == "place")
            self._warehouse[plant] = {
                str(getattr(one, "code")): str(getattr(one, "warehouse"))  # noqa: B009 a record's body is any object
                for one in records
                if getattr(one, "role") in PHYSICAL_ROLES  # noqa: B009 likewise
            }
        return self._warehouse[plant]

    def check_all(self, plant: str, folder: Path) -> None:
        """Look at everything of a plant that can be looked at, at this moment."""
        self._leaves_out_what_was_decided_apart(plant)
        journal = self._group.file_of(plant, "movements")
        self._journal_is_what_kiosks_said(plant, journal)
        self._stock_is_what_kiosks_said(plant)
        months = sorted({row["Month"] for row in journal})
        for by in KEYS:
            closing: dict[Key, Decimal] = {}
            for month in months:
                closing = self._month_adds_up(plant, journal, month, by, closing)
            if by == "lot":
                self._closing_is_on_hand(plant, closing)
        self._nothing_is_short_in_silence(plant)
        self._export_passes(plant, folder)

    # what kiosks said

    def _journal_is_what_kiosks_said(self, plant: str, journal: Sequence[Row]) -> None:
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for row in journal:
            goods = (row["Item"], row["Lot"], row["Unit"], row["Grade"], row["Owner"])
            value = Decimal(row["Quantity"])
            sums[row["From"], *goods] -= value
            sums[row["To"], *goods] += value
        self._same(
            f"{plant}: journal and kiosks", self._said(plant), dict(sums), "kinds of goods in the journal"
        )
        self.checks["movements read"] += len(journal)

    def _stock_is_what_kiosks_said(self, plant: str) -> None:
        held = {
            (row["Place"], row["Item"], row["Lot"], row["Unit"], row["Grade"], row["Owner"]): Decimal(
                row["Quantity"]
            )
            for row in self._group.file_of(plant, "stock")
        }
        self._same(f"{plant}: stock and kiosks", self._said(plant), held, "kinds of goods on hand")

    def _said(self, plant: str) -> dict[Key, Decimal]:
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for (place, item, lot, serial, grade, owner, _), value in self._group.moved[plant].items():
            sums[place, self._numbers[item], lot, serial, grade, owner] += value
        return dict(sums)

    # months

    def _month_adds_up(
        self, plant: str, journal: Sequence[Row], month: str, by: str, before: Mapping[Key, Decimal]
    ) -> dict[Key, Decimal]:
        """The report's every cell is what the journal adds up to; a month opens with what the last closed at."""
        told: dict[Key, Cells] = {}
        for row in self._group.file_of(plant, "flows", period=month, by=by):
            key = tuple(row[name] for name in KEYS[by])
            cells = {name: Decimal(row.get(name) or 0) for name in (*FIGURES, *self._titles, OTHER)}
            balance = cells["Opening"] + cells["Receipts"] - cells["Issues"] + cells["Adjustments"]
            if balance != cells["Closing"]:
                raise BooksError(f"{plant} {month} {key}: {cells}")
            told[key] = {name: value for name, value in cells.items() if value}
        mine = self._by_hand(plant, journal, month, by)
        self._same_cells(f"{plant} {month} by {by}", mine, told)
        opening = {key: cells["Opening"] for key, cells in told.items() if "Opening" in cells}
        self._same(
            f"{plant} {month} by {by}: opening", dict(before), opening, "openings that are the last closing"
        )
        return {key: cells["Closing"] for key, cells in told.items() if "Closing" in cells}

    def _by_hand(self, plant: str, journal: Sequence[Row], month: str, by: str) -> dict[Key, Cells]:
        key_of = self._key_of(plant, by)
        opening: dict[Key, Decimal] = defaultdict(Decimal)
        types: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in journal:
            if row["Month"] > month:
                continue
            for place, sign in ((row["To"], 1), (row["From"], -1)):
                if place not in self.roof(plant):
                    continue
                key, value = key_of(row, place), sign * Decimal(row["Quantity"])
                if row["Month"] < month:
                    opening[key] += value
                else:
                    types[key][row["Type"]] += value
        return {
            key: cells
            for key in opening.keys() | types.keys()
            if (cells := self._cells(opening.get(key, ZERO), types.get(key, {})))
        }

    def _key_of(self, plant: str, by: str) -> Callable[[Row, str], Key]:
        def key_of(row: Row, place: str) -> Key:
            match by:
                case "item":
                    return (row["Item"],)
                case "warehouse":
                    return (row["Item"], self.roof(plant)[place])
                case "place":
                    return (row["Item"], place)
                case _:
                    return (row["Item"], place, row["Lot"], row["Grade"], row["Owner"])

        return key_of

    def _cells(self, opening: Decimal, types: Mapping[str, Decimal]) -> Cells:
        plain = [value for kind, value in types.items() if kind not in self._adjusting]
        cells = {
            "Opening": opening,
            "Receipts": sum((one for one in plain if one > 0), ZERO),
            "Issues": -sum((one for one in plain if one < 0), ZERO),
            "Adjustments": sum((value for kind, value in types.items() if kind in self._adjusting), ZERO),
            "Closing": opening + sum(types.values()),
            **{kind if kind in self._titles else OTHER: value for kind, value in types.items()},
        }
        return {name: value for name, value in cells.items() if value}

    def _closing_is_on_hand(self, plant: str, closing: Mapping[Key, Decimal]) -> None:
        """What the newest month closes at is what lies there, for every item, place, lot, grade and owner."""
        held: dict[Key, Decimal] = defaultdict(Decimal)
        for row in self._group.file_of(plant, "stock"):
            if row["Place"] in self.roof(plant):
                key = (row["Item"], row["Place"], row["Lot"], row["Grade"], row["Owner"])
                held[key] += Decimal(row["Quantity"])
        self._same(f"{plant}: closing and on hand", dict(held), closing, "closings that are on hand")

    # shortages, parked events, the independent checker

    def _nothing_is_short_in_silence(self, plant: str) -> None:
        """Less than nothing under our own roof is exactly one open shortage of that amount; and none is without it."""
        mine = {
            key: -value
            for key, value in self._group.moved[plant].items()
            if value < 0 and key[0] in self.roof(plant)
        }
        column = tables.discrepancies.c
        asked = select(column.key, column.amount).where(
            column.plant == plant, column.kind == "shortage", column.closed_at.is_(None)
        )
        told: dict[Goods, Decimal] = {}
        with reading(self._group.engine) as connection:
            for row in connection.execute(asked):
                told[msgspec.json.decode(row.key, type=Goods)] = Decimal(row.amount) / 10**6
        self._same(f"{plant}: shortages", mine, told, "shortages with their amount")

    def _leaves_out_what_was_decided_apart(self, plant: str) -> None:
        """Of two who decided about one document apart the second is kept, and books nothing; nothing else is parked."""
        column = tables.dispositions.c
        asked = select(column.state, column.code, column.detail, column.event_id).where(
            column.plant == plant, column.state != "booked_with_exception"
        )
        with reading(self._group.engine) as connection:
            rows = connection.execute(asked).all()
        others = [
            tuple(row)
            for row in rows
            if row.state != "parked"
            or not (row.code == "approved_twice" or self._group.is_taken_back_apart(row.event_id))
        ]
        if others:
            raise BooksError(f"{plant}: {len(others)} events are not booked: {others[:SHOWN_MAX]}")
        for row in rows:
            self._group.never_was(plant, row.event_id)
        self.checks["events of decisions made apart kept out"] += len(rows)

    def _export_passes(self, plant: str, folder: Path) -> None:
        made = folder / f"export-{plant}-{self.checks['exports without a finding']}"
        export_plant(self._group.engine, plant, made, datetime.now(UTC))
        states, found = check(made)
        if found:
            raise BooksError(f"{plant}: {[one.said('en') for one in found[:SHOWN_MAX]]}")
        self.checks["exports without a finding"] += 1
        self.checks["events verified from exports"] += sum(states.values())

    # comparing

    def _same(
        self, what: str, mine: Mapping[Any, Decimal], told: Mapping[Any, Decimal], counted: str
    ) -> None:
        left = {key: value for key, value in mine.items() if value}
        right = {key: value for key, value in told.items() if value}
        if left != right:
            unlike = [key for key in left.keys() | right.keys() if left.get(key) != right.get(key)]
            shown = [(key, left.get(key), right.get(key)) for key in sorted(unlike)[:SHOWN_MAX]]
            raise BooksError(f"{what}: {len(unlike)} differ (mine, told): {shown}")
        self.checks[counted] += len(left)

    def _same_cells(self, what: str, mine: Mapping[Key, Cells], told: Mapping[Key, Cells]) -> None:
        right = {key: cells for key, cells in told.items() if cells}
        if mine != right:
            unlike = sorted(key for key in mine.keys() | right.keys() if mine.get(key) != right.get(key))
            shown = [(key, mine.get(key), right.get(key)) for key in unlike[:SHOWN_MAX]]
            raise BooksError(f"{what}: {len(unlike)} rows differ (mine, told): {shown}")
        self.checks["cells of the month's report"] += sum(map(len, mine.values()))
