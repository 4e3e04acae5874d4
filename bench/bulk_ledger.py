"""Years of movements written straight into a hub's tables, as its projector and its registers leave them.

The ledger is appended as uploads are; only the folding is left out. A test holds the rows of both ways against each
other. What no measured question reads (who names what, what kiosks do) is not written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Engine, delete

from bench import site_data
from bench.long_history import CUSTOMER, PEOPLE, SUPPLIER, Drawn, Line, LongHistory, month_ends
from domain.barcodes.house import house_body
from domain.names import Names
from domain.place import Place, PlaceRole
from domain.staff import Person
from hub.registers import TRAILS, take_in_flows, take_in_trails
from hub.store.bulk import Row, bulk_for
from hub.store.database import writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import (
    balances,
    cursors,
    document_lines,
    documents,
    lots,
    movements,
    place_totals,
    registered,
    trails,
)
from hub.store.values import instant_text, micros

PLANT = site_data.PLANT
RECORDS_AT_ONCE, ROWS_AT_ONCE = 5_000, 100_000
HOUR_CHARS, MONTH_CHARS = 13, 7
SOURCE_INSIDE, TARGET_INSIDE = 1, 2
_encoder = msgspec.json.Encoder(order="deterministic")

BalanceKey = tuple[str, str, str, str]
"""Place, item, lot, unit."""


@dataclass(slots=True)
class _Rows:
    """What one month adds to the tables that only grow."""

    movements: list[Row] = field(default_factory=list[Row])
    documents: list[Row] = field(default_factory=list[Row])
    lines: list[Row] = field(default_factory=list[Row])
    lots: list[Row] = field(default_factory=list[Row])


class BulkLedger:
    """Writes a history into one database, month by month."""

    def __init__(self, engine: Engine, history: LongHistory) -> None:
        self._engine, self._history, self._log = engine, history, EventLog()
        self._position = 0
        self._held: dict[BalanceKey, list[int]] = {}
        self._totals: dict[tuple[str, str], list[int]] = {}
        self._lots: set[tuple[str, str]] = set()
        self._registered = 0
        self.movements = 0
        self.months: list[str] = []
        self.numbers: list[str] = []
        """Of the documents, a few of each month."""

    def begin(self) -> None:
        """Write the reference data."""
        records = _records(self._history.items)
        while some := list(islice(records, RECORDS_AT_ONCE)):
            with writing(self._engine) as connection:
                write_records(connection, self._log, PLANT, some)

    def write_month(self, count: int) -> None:
        """Write a month with at least so many movements: the ledger, the journal, documents, and its month's sums."""
        month = self._history.month
        received_at = instant_text(month_ends(month))
        arrivals: list[Any] = []
        rows, start = _Rows(), self._position
        for drawn in self._history.documents(count):
            sealed = list(self._history.arrivals(drawn))
            self._document(drawn, [one.event_id for one in sealed], start + len(arrivals) + 1, rows)
            arrivals += sealed
        with writing(self._engine) as connection:
            position = self._log.lock(connection, PLANT)
            self._position = self._log.append(connection, PLANT, position, arrivals, received_at)
            bulk = bulk_for(connection)
            bulk.insert(connection, movements, rows.movements)
            bulk.insert(connection, documents, sorted(rows.documents))
            bulk.insert(connection, document_lines, sorted(rows.lines))
            bulk.insert(connection, lots, rows.lots)
            bulk.upsert(connection, cursors, [(PLANT, self._position)])
            take_in_flows(connection, PLANT, start, self._position)
        self.movements += len(rows.movements)
        self.months.append(month)
        self.numbers += [row[1] for row in rows.documents[:: max(1, len(rows.documents) // 20)]]

    def finish(self) -> None:
        """Write what is kept of everything so far: balances, and where each history begins."""
        with writing(self._engine) as connection:
            for table in (balances, place_totals):
                connection.execute(delete(table))
            bulk, keys = bulk_for(connection), sorted(self._held)
            for start in range(0, len(keys), ROWS_AT_ONCE):  # all at once may not fit the memory
                bulk.insert(connection, balances, self._balances(keys[start : start + ROWS_AT_ONCE]))
            totals = [(PLANT, *key, *sums) for key, sums in sorted(self._totals.items())]
            bulk.insert(connection, place_totals, totals)
        with writing(self._engine) as connection:
            connection.execute(delete(trails))
        for kind in sorted(TRAILS):
            with writing(self._engine) as connection:
                take_in_trails(connection, PLANT, 0, self._position, kind)
        with writing(self._engine) as connection:
            bulk_for(connection).upsert(connection, registered, [(PLANT, self._position)])

    def _balances(self, keys: Sequence[BalanceKey]) -> Sequence[Row]:
        return [
            (PLANT, place, item, lot, "", "", "", unit, "", value, 0, position)
            for place, item, lot, unit in keys
            for value, position in (self._held[place, item, lot, unit],)
        ]

    def _document(self, drawn: Drawn, ids: Sequence[str], first: int, rows: _Rows) -> None:
        """Add the rows of a document whose opening stands at `first`, each line after the other, and its end last."""
        at, last = instant_text(drawn.moment), first + len(drawn.lines) + 1
        for number, line in enumerate(drawn.lines, 1):
            rows.lines.append(
                _line(drawn, number, line, event_id=ids[number], position=first + number, at=at)
            )
            if not drawn.moves_at_end:
                self._move(drawn, [line], first + number, at, rows)
        if drawn.moves_at_end:
            self._move(drawn, drawn.lines, last, at, rows)
        header = drawn.header
        rows.documents.append(
            (
                PLANT,
                drawn.number,
                drawn.device,
                drawn.type,
                "closed",
                _encoder.encode(header).decode(),
                header.get("partner", ""),
                "",
                len(drawn.lines),
                drawn.operator,
                "",
                at,
                at,
                first,
                last,
                last if drawn.moves_at_end else 0,
                last,
                "[]",
            )
        )

    def _move(self, drawn: Drawn, lines: Sequence[Line], position: int, at: str, rows: _Rows) -> None:
        changed: dict[BalanceKey, int] = {}
        number = 0
        for line in lines:
            value, unit = micros(line.quantity.value), line.quantity.unit
            item, lot = line.goods.item, line.goods.lot
            if lot and (item, lot) not in self._lots:
                self._lots.add((item, lot))
                rows.lots.append((PLANT, item, lot, at, position))
            for moved in drawn.movements(line):
                number += 1
                source, target = moved.source, moved.target
                inside = (source != SUPPLIER) * SOURCE_INSIDE + (target != CUSTOMER) * TARGET_INSIDE
                rows.movements.append(
                    (
                        PLANT,
                        position,
                        number,
                        source,
                        target,
                        item,
                        lot,
                        "",
                        "",
                        "",
                        unit,
                        value,
                        "",
                        0,
                        drawn.number,
                        drawn.type,
                        drawn.operator,
                        at,
                        at[:MONTH_CHARS],
                        inside,
                    )
                )
                for place, signed in ((source, -value), (target, value)):
                    key = (place, item, lot, unit)
                    changed[key] = changed.get(key, 0) + signed
        self._hold(changed, position)

    def _hold(self, changed: dict[BalanceKey, int], position: int) -> None:
        """Add what an event changed: what only passed through a place left no trace there."""
        for key, value in changed.items():
            if value:
                for sums, name in ((self._held, key), (self._totals, (key[0], key[3]))):
                    held: list[int] = sums.setdefault(name, [0, 0])  # pyright: ignore[reportArgumentType] (each with its own)
                    held[0] += value
                    held[1] = position


def _line(drawn: Drawn, number: int, line: Line, *, event_id: str, position: int, at: str) -> Row:
    return (
        PLANT,
        drawn.number,
        drawn.device,
        number,
        line.goods.item,
        line.goods.lot,
        "",
        line.quantity.unit,
        micros(line.quantity.value),
        _encoder.encode(drawn.values(line)).decode(),
        "",
        0,
        event_id,
        drawn.operator,
        at,
        position,
        0,
        at[:HOUR_CHARS],
    )


def _records(items: int) -> Iterator[Record]:
    customer = Place(
        code=CUSTOMER,
        names=Names(zh="客户", en="Customer"),
        role=PlaceRole.CUSTOMER,
        plant=PLANT,
        barcode=house_body(CUSTOMER),
    )
    for place in (*site_data.places(), customer):
        yield Record(kind="place", key=place.code, body=place)
    for number in range(PEOPLE):
        person = Person(number=f"9{number:03d}", names=Names(zh=f"员工{number}", en=f"Worker {number}"))
        yield Record(kind="person", key=person.number, body=person)
    for item in site_data.items(items):
        yield Record(kind="item", key=item.id, body=item)
