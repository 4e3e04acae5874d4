"""Projections of stock: what moved, what lies where, what was made of what."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
)

from hub.store.metadata import metadata
from hub.store.table_parts import IS_LOT, IS_THERE, IS_UNIT, stays_whole

balances = Table(
    "balances",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("place", String(120), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("lot", String(120), primary_key=True),
    Column("handling_unit", String(120), primary_key=True),
    Column("grade", String(40), primary_key=True),
    Column("owner", String(120), primary_key=True),
    Column("unit", String(3), primary_key=True),
    Column("second_unit", String(3), primary_key=True),
    Column("value", BigInteger, nullable=False),  # millionths; may be zero or below
    Column("second", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    stays_whole("value"),
    stays_whole("second"),
    Index(None, "plant", "position"),
    Index(  # in the order of the list of an item's stock, so that its first page ends after a page
        "ix_balances_of_item",
        "plant",
        "item",
        "place",
        "lot",
        "handling_unit",
        "grade",
        "owner",
        "unit",
        "second_unit",
        sqlite_where=IS_THERE,
        postgresql_where=IS_THERE,
    ),
    Index(None, "plant", "lot", sqlite_where=IS_LOT, postgresql_where=IS_LOT),
    Index(None, "plant", "handling_unit", sqlite_where=IS_UNIT, postgresql_where=IS_UNIT),
    sqlite_with_rowid=False,
)

place_totals = Table(
    "place_totals",
    metadata,
    # The sum of `balances` over everything at a place, so that a board's stock costs the same however much lies there.
    Column("plant", String(40), primary_key=True),
    Column("place", String(120), primary_key=True),
    Column("unit", String(3), primary_key=True),
    Column("value", BigInteger, nullable=False),  # millionths; may be zero or below
    Column("position", BigInteger, nullable=False),
    stays_whole("value"),
    sqlite_with_rowid=False,
)

movements = Table(
    "movements",
    metadata,
    # The journal: every movement that was booked, with the event it came from, so every number opens to its scans.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),  # within the event, from 1
    Column("source", String(120), nullable=False),
    Column("target", String(120), nullable=False),
    Column("item", String(120), nullable=False),
    Column("lot", String(120), nullable=False),
    Column("handling_unit", String(120), nullable=False),
    Column("grade", String(40), nullable=False),
    Column("owner", String(120), nullable=False),
    Column("unit", String(3), nullable=False),
    Column("value", BigInteger, nullable=False),  # millionths, above zero
    Column("second_unit", String(3), nullable=False),
    Column("second", BigInteger, nullable=False),
    Column("document", String(80), nullable=False),
    Column("document_type", String(20), nullable=False),
    Column("operator", String(40), nullable=False),
    Column("happened_at", String(27), nullable=False),  # the device's clock, never later than the arrival
    Column(
        "period", String(7), nullable=False
    ),  # the month it counts in, `2026-11`; never one that was closed
    Column(
        "inside", Integer, nullable=False
    ),  # which ends lay under our own roof: 1 source, 2 target, 3 both
    sqlite_with_rowid=False,
)

periods = Table(
    "periods",
    metadata,
    # The months that are closed, all before one included: what is booked afterwards counts in a later one.
    Column("plant", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("person", String(40), nullable=False),
    Column("closed_at", String(27), nullable=False),  # the hub's clock
    Column("position", BigInteger, nullable=False),
)

item_counts = Table(
    "item_counts",
    metadata,
    # When each item was last counted at a place, whatever came of it.
    Column("plant", String(40), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("place", String(120), primary_key=True),
    Column("counted_at", String(27), nullable=False),  # the device's clock, never later than the arrival
    Column("document", String(80), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

lots = Table(
    "lots",
    metadata,
    # When each lot was first moved in the plant, by the time of the scan.
    Column("plant", String(40), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("lot", String(120), primary_key=True),
    Column("since", String(27), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "position"),
    sqlite_with_rowid=False,
)

derivations = Table(
    "derivations",
    metadata,
    # Which goods were made from which: all parents of one position and group went in for all its children.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("group", Integer, primary_key=True),  # within the event, from 1
    Column("number", Integer, primary_key=True),  # within the group, from 1
    Column("is_parent", Boolean, nullable=False),
    Column("document", String(80), nullable=False),
    Column("item", String(120), nullable=False),
    Column("lot", String(120), nullable=False),
    Column("handling_unit", String(120), nullable=False),
    Column("grade", String(40), nullable=False),
    Column("owner", String(120), nullable=False),
    Index(None, "plant", "handling_unit", sqlite_where=IS_UNIT, postgresql_where=IS_UNIT),
    Index(None, "plant", "item", "lot"),
    Index(None, "plant", "lot", sqlite_where=IS_LOT, postgresql_where=IS_LOT),
    Index(None, "plant", "document"),
    sqlite_with_rowid=False,
)

arrivals = Table(
    "arrivals",
    metadata,
    # What came in from outside (a receipt's lines), by hour: the hour of the scan, never later than its arrival here:
    # a morning without the hub stands where it happened. `hour` is UTC, `2026-11-22T08`.
    Column("plant", String(40), primary_key=True),
    Column("hour", String(13), primary_key=True),
    Column("unit", String(3), primary_key=True),
    Column("lines", Integer, nullable=False),  # recorded minus reversed
    Column("value", BigInteger, nullable=False),  # millionths
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
