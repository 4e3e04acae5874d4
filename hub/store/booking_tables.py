"""Projections of how booking went: what became of events, what is not as it should be, what kiosks do."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from hub.store.metadata import metadata

cursors = Table(
    "cursors",
    metadata,
    # How far the projections reflect the ledger.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

dispositions = Table(
    "dispositions",
    metadata,
    # What became of an event that was not simply booked. Booked = at or below the cursor, and no row here.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("device", String(40), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("state", String(24), nullable=False),  # booked_with_exception, parked, known
    Column("code", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "plant", "device", "position"),
)

kiosks = Table(
    "kiosks",
    metadata,
    # What each kiosk is doing, as its events tell. Its health (queue, clock, last seen) is in `devices`.
    Column("plant", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("operator", String(40), nullable=False),  # empty when nobody is signed on
    Column("document", String(80), nullable=False),  # the last one worked on and not ended; empty otherwise
    Column("document_type", String(20), nullable=False),
    Column("last_scan_at", String(27), nullable=False),  # the device's clock, of the last line or refusal
    Column("last_event_at", String(27), nullable=False),
    Column("started_at", String(27), nullable=False),
    Column("software", String(80), nullable=False),
    Column("refusals", Integer, nullable=False),  # refused scans, ever
    Column("position", BigInteger, nullable=False),
)

kiosk_parts = Table(
    "kiosk_parts",
    metadata,
    # Scanners, scales and printers, as last reported.
    Column("plant", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("part", String(120), primary_key=True),
    Column("kind", String(10), nullable=False),  # scanner, scale, printer
    Column("state", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("event_time", String(27), nullable=False),
    Column("position", BigInteger, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("job", String(80), primary_key=True),
    Column("state", String(12), nullable=False),  # requested, or a LabelState
    Column("device", String(40), nullable=False),
    Column("template", String(80), nullable=False),
    Column("serial", String(120), nullable=False),
    Column("document", String(80), nullable=False),
    Column("printer", String(80), nullable=False),
    Column("copies", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("requested_at", String(27), nullable=False),
    Column("requested_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "serial"),
    sqlite_with_rowid=False,
)

parked_lines = Table(
    "parked_lines",
    metadata,
    # Where a line of a document was parked, by its event id: one that is taken back meanwhile waits with it.
    Column("plant", String(40), primary_key=True),
    Column("event_id", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

badge_doors = Table(
    "badge_doors",
    metadata,
    # Who showed a badge at a kiosk last, and since when they are there; empty once they left, or by an unsure clock.
    Column("plant", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("person", String(120), nullable=False),
    Column("since", String(40), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

badge_days = Table(
    "badge_days",
    metadata,
    # Where somebody worked on a day (UTC), from when to when.
    Column("plant", String(40), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("stays_json", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

discrepancies = Table(
    "discrepancies",
    metadata,
    # What is not as it should be, one row from opening to closing; at most one open per (plant, kind, key).
    # Kinds: shortage, over_plan, document_number, label, parked (from the ledger); fork (seen on arrival); backup.
    Column("plant", String(40), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key", Text, nullable=False),
    Column("is_projected", Boolean, nullable=False),  # False: seen on arrival, kept at a rebuild
    Column("opened_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("owner", String(40), nullable=False),  # an employee number, else the device
    Column("opened_at", String(27), nullable=False),  # the hub's clock
    Column("closed_at", String(27), nullable=True),  # None while it is open
    Column(
        "amount", BigInteger, nullable=False
    ),  # millionths: how much is short or above plan; 0 where it has none
    Column("unit", String(3), nullable=False),
    Column("detail_json", Text, nullable=False),
    Column("due", String(10), nullable=False, default=""),  # a date, where somebody was given it with one
    # The office's fact that closed it; 0 while it is open, and where it closed by itself.
    Column("settled_position", BigInteger, nullable=False, default=0),
    Index(None, "plant", "closed_at"),
    Index(None, "plant", "kind", "key"),
)

desk_acts = Table(
    "desk_acts",
    metadata,
    # What people did about discrepancies at the hub's desk, and whether it had an effect (twice has none).
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("discrepancy", String(16), nullable=False),
    Column("act", String(20), nullable=False),
    Column("person", String(40), nullable=False),
    Column("at", String(27), nullable=False),  # the hub's clock
    Column("reason", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("outcome", String(20), nullable=False),  # done, or why it changed nothing
    Index(None, "plant", "discrepancy"),
)

releases = Table(
    "releases",
    metadata,
    # Parked events that were booked after all, by event id: the same fact that comes again later has no effect.
    Column("plant", String(40), primary_key=True),
    Column("event_id", String(32), primary_key=True),
    Column("parked_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),  # of the fact that released it
)
