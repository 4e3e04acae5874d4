"""The hub's tables. Every table that grows carries its plant first, so it partitions by plant.

Three kinds of table stand here. The *ledger* (`events`) is append-only and the only truth. *Registers* (`devices`,
`heads`, `reference` …) are written as things arrive. *Projections* are folds of the ledger: dropped and replayed they
come out the same, byte for byte; each row carries the `position` it last changed at.

A subject with many tables has a module of its own, whose tuple of projected ones stands in `PROJECTED` below.

Whoever changes a projected table changes it here, and no more: a database that has it otherwise folds it again from the
ledger (`hub.store.schema`). A fold that makes other rows in the same table raises the table's `fold`, 1 where it says
nothing: `info={"fold": 2}`. What is not projected changes by a step of its own (`hub.store.migration`).

Instants are text, UTC, ISO 8601 with microseconds and `Z` (`hub.store.values.instant_text`), so both databases hold and
order them alike. Amounts are whole millionths of their unit (`hub.store.values.micros`): a Quantity has at most six
decimals and is below 10**12, so it fits 64 bits exactly. Columns named `*_json` hold JSON text.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from hub.store.metadata import metadata
from hub.store.quality_tables import QUALITY_PROJECTED

# --- registers -------------------------------------------------------------------------------------------------------

meta = Table(
    "meta",
    metadata,
    # `generation` (grows when the database was put back or folded anew), `schema_version`, `folds` (how the projected
    # tables were made: `hub.store.schema.Folds`)
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

plants = Table(
    "plants",
    metadata,
    # One row a plant, locked by whoever appends or imports: the last position given and the last revision given.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("key", String(64), nullable=False),  # hexadecimal; never leaves the hub after enrolment
    Column("number_code", String(2), nullable=False),
    Column("station_json", Text, nullable=False),  # domain.place.Station
    Column("epoch", Integer, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("enrolled_at", String(27), nullable=False),
    # What the last upload said; empty or zero until there was one.
    Column("last_seen", String(27), nullable=False),
    Column("clock_offset_s", Float, nullable=False),  # device minus hub
    Column("clock", String(10), nullable=False),
    Column("pending", Integer, nullable=False),  # events not yet sent
    Column("oldest_event_time", String(27), nullable=False),
    Column("software", String(80), nullable=False),
    UniqueConstraint("plant", "number_code"),
)

heads = Table(
    "heads",
    metadata,
    # Where our copy of each device's log ends.
    Column("plant", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

safe_heads = Table(
    "safe_heads",
    metadata,
    # Through where each log is in a backup that was read back and restored on trial; only such a backup moves it.
    Column("plant", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

backups = Table(
    "backups",
    metadata,
    # Every backup that was tried. `problem` is empty where it was proven good, otherwise what is wrong, in words.
    Column("plant", String(40), primary_key=True),
    Column("made_at", String(27), primary_key=True),
    Column("folder", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("problem", Text, nullable=False),
)

reference = Table(
    "reference",
    metadata,
    # The newest of each key; `body_json` is None where it is gone. `revision` is dense per plant, one for each row
    # written, in commit order. Kinds: item, place, person, plan (key: its number), station (key: the device), which
    # kiosks use, and those of `hub/objects/`.
    Column("plant", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("body_json", Text, nullable=True),
    Column("revision", BigInteger, nullable=False),
    Index(None, "plant", "revision", unique=True),
)

reference_history = Table(
    "reference_history",
    metadata,
    # Every version there was. It holds for events after `at_position`, the ledger's end when it was written: a replay
    # judges each event by what was known when it arrived.
    Column("plant", String(40), primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key", String(120), nullable=False),
    Column("body_json", Text, nullable=True),
    Column("at_position", BigInteger, nullable=False),
    Index(None, "plant", "kind", "key"),
)

reference_acts = Table(
    "reference_acts",
    metadata,
    # Who wrote which revisions of reference data, when and by which way in (office, api, import, command).
    Column("plant", String(40), primary_key=True),
    Column("through_revision", BigInteger, primary_key=True),
    Column("from_revision", BigInteger, nullable=False),
    Column("person", String(40), nullable=False),  # an employee number; empty where nobody gave one
    Column("at", String(27), nullable=False),
    Column("means", String(12), nullable=False),
)

withheld = Table(
    "withheld",
    metadata,
    # Events whose handling took longer than the budget: parked unread from then on, so that a rebuild finds the same.
    # `noac hub rebuild` gives them another try.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("took_ms", BigInteger, nullable=False),
)

# --- the ledger ------------------------------------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("device", String(40), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", String(32), nullable=False),  # empty where the bytes cannot be read
    Column("digest", String(64), nullable=False),
    Column("type", String(60), nullable=False),
    # Why the projector parks it unread: empty, `revoked`, `foreign_sender`, `unreadable`. Judged once, on arrival, so
    # that a rebuild finds the same.
    Column("flaw", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),  # exactly as received
    Column("received_at", String(27), nullable=False),
    UniqueConstraint("plant", "device", "epoch", "sequence"),
    Index(None, "plant", "event_id"),
)

for _act in ("update", "delete"):
    event.listen(
        events,
        "after_create",
        DDL(
            f"CREATE TRIGGER events_refuse_{_act} BEFORE {_act} ON events "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        ).execute_if(dialect="sqlite"),
    )
event.listen(
    events,
    "after_create",
    DDL(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$; "
        "CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ).execute_if(dialect="postgresql"),
)

# --- projections -----------------------------------------------------------------------------------------------------

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


def _stays_whole(name: str) -> CheckConstraint:
    """Make SQLite refuse a sum beyond 64 bits, as PostgreSQL does; it would go on with a rounded number."""
    return CheckConstraint(f"typeof({name}) = 'integer'").ddl_if(dialect="sqlite")


_IS_UNIT = text("handling_unit <> ''")
"""Goods in no handling unit are many, and nobody looks for them by one: an index over them would only cost."""

_IS_LOT = text("lot <> ''")
"""Goods without a lot are many, and nobody looks for them by one."""

IS_THERE = text("(value <> 0 OR second <> 0)")
"""What is gone keeps its row for ever, and after years most rows are of such goods: questions about what there is say
so in these words, by which both databases know that an index over the rest serves."""

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
    _stays_whole("value"),
    _stays_whole("second"),
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
    Index(None, "plant", "lot", sqlite_where=_IS_LOT, postgresql_where=_IS_LOT),
    Index(None, "plant", "handling_unit", sqlite_where=_IS_UNIT, postgresql_where=_IS_UNIT),
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
    _stays_whole("value"),
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

_IS_FOR_A_PLAN = text("plan <> ''")
"""Documents without an order are looked for by no order."""

documents = Table(
    "documents",
    metadata,
    # A number made twice (by two devices) is two rows, and a discrepancy.
    Column("plant", String(40), primary_key=True),
    Column("number", String(80), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("type", String(20), nullable=False),
    Column("status", String(12), nullable=False),  # open, submitted, closed, unapproved, void
    Column("header_json", Text, nullable=False),
    Column("partner", String(120), nullable=False),  # from the header, empty where it has none
    Column("plan", String(120), nullable=False),
    Column("lines", Integer, nullable=False),  # in effect: recorded minus reversed
    Column("operator", String(40), nullable=False),
    Column("approver", String(40), nullable=False),
    Column("opened_at", String(27), nullable=False),  # the device's clock
    Column("last_at", String(27), nullable=False),
    Column("opened_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column(
        "effect_position", BigInteger, nullable=False
    ),  # of what completed or approved it with movements; 0: none
    Column("state_position", BigInteger, nullable=False),  # of what brought it to its status
    Column(
        "joined_json", Text, nullable=False
    ),  # the other devices that record lines for it, in the order they came
    Index(None, "plant", "opened_position"),
    Index(None, "plant", "plan", sqlite_where=_IS_FOR_A_PLAN, postgresql_where=_IS_FOR_A_PLAN),
    Index(None, "plant", "status"),
    sqlite_with_rowid=False,
    info={"fold": 2},  # approved once; sent back, it is open again
)

document_joins = Table(
    "document_joins",
    metadata,
    # Whose lines belong to a document that another device opened.
    Column("plant", String(40), primary_key=True),
    Column("number", String(80), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("opened_on", String(40), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

document_lines = Table(
    "document_lines",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("number", String(80), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("item", String(120), nullable=False),
    Column("lot", String(120), nullable=False),
    Column("handling_unit", String(120), nullable=False),
    Column("unit", String(3), nullable=False),  # empty where the line has no quantity
    Column("value", BigInteger, nullable=False),
    Column("values_json", Text, nullable=False),  # everything the line holds, by field name
    Column("plan", String(120), nullable=False),
    Column("plan_line", Integer, nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("operator", String(40), nullable=False),
    Column("event_time", String(27), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("reversed_position", BigInteger, nullable=False),  # 0 while it is in effect
    Column("hour", String(13), nullable=False),  # the hour it counts in, as in `arrivals`
    sqlite_with_rowid=False,
)

plan_progress = Table(
    "plan_progress",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("number", String(120), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("unit", String(3), primary_key=True),
    Column("done", BigInteger, nullable=False),  # millionths
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "position"),
    sqlite_with_rowid=False,
    info={"fold": 2},  # lines with two quantities count in both units
)

left_plans = Table(
    "left_plans",
    metadata,
    # Plans that documents left when they took effect, each under its document's number: what was sent, issued …
    Column("plant", String(40), primary_key=True),
    Column("number", String(120), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("document", String(80), nullable=False),
    Column("body_json", Text, nullable=False),  # domain.plan.Plan; empty once the document is taken back
    Column("lines_open", Integer, nullable=False),  # of which less is done than they name
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "position"),
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
    Index(None, "plant", "handling_unit", sqlite_where=_IS_UNIT, postgresql_where=_IS_UNIT),
    Index(None, "plant", "item", "lot"),
    Index(None, "plant", "lot", sqlite_where=_IS_LOT, postgresql_where=_IS_LOT),
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

slips = Table(
    "slips",
    metadata,
    # In which document each paper slip was entered first, and how many of its lines are in effect there.
    Column("plant", String(40), primary_key=True),
    Column("slip", String(120), primary_key=True),
    Column("document", String(80), nullable=False),
    Column("device", String(40), nullable=False),
    Column("lines", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
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

uses = Table(
    "uses",
    metadata,
    # The document that named an item, place, person or plan first: whoever deletes one is told of it.
    Column("plant", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("document", String(80), nullable=False),
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

# --- the check of the books: a second fold, and how far it is --------------------------------------------------------

audit_balances = Table(
    "audit_balances",
    metadata,
    # The movements added up a second time, by the database itself: `balances` must say the same.
    Column("plant", String(40), primary_key=True),
    Column("place", String(120), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("lot", String(120), primary_key=True),
    Column("handling_unit", String(120), primary_key=True),
    Column("grade", String(40), primary_key=True),
    Column("owner", String(120), primary_key=True),
    Column("unit", String(3), primary_key=True),
    Column("second_unit", String(3), primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("second", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

audits = Table(
    "audits",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),  # checked through
    Column("checked_at", String(27), nullable=False),
    Column("state_json", Text, nullable=False),  # hub.audit.State: counts, and where its rolling looks are
)

# --- the journal's registers: made from `movements` by the database itself, a little behind the booking --------------

item_periods = Table(
    "item_periods",
    metadata,
    # A month's receipts and issues of goods under our own roof, one row for each type of document that moved them:
    # `value` is what came in less what went out. The row without a type is the opening.
    Column("plant", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("place", String(120), primary_key=True),
    Column("lot", String(120), primary_key=True),
    Column("grade", String(40), primary_key=True),
    Column("owner", String(120), primary_key=True),
    Column("unit", String(3), primary_key=True),
    Column("document_type", String(20), primary_key=True),
    Column("value", BigInteger, nullable=False),  # millionths
    sqlite_with_rowid=False,
)

trails = Table(
    "trails",
    metadata,
    # Which events moved something of an item, lot, handling unit, place, document, person, month or type of document:
    # where a history begins to be read.
    Column("plant", String(40), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

registered = Table(
    "registered",
    metadata,
    # How far the two above reflect the journal.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
)


def _bytewise(length: int) -> String:
    """Return text that both databases order byte by byte, as this program does: for keys that rows are merged by."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


# --- the register of plans: made from reference data, left plans and their progress, behind the booking ---------------

plan_lines = Table(
    "plan_lines",
    metadata,
    # Every plan, the office's and those that documents left: a row for each line with what is done of it. One without
    # lines has a line 0.
    Column("plant", String(40), primary_key=True),
    Column("number", _bytewise(120), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("partner", String(120), nullable=False),
    Column("due", _bytewise(10), nullable=False),  # a date; one after all others where it has none
    Column("state", String(10), nullable=False),  # hub.plan_register.State
    Column("item", String(120), nullable=False),
    Column("unit", String(3), nullable=False),
    Column("ordered", BigInteger, nullable=False),  # millionths
    Column("done", BigInteger, nullable=False),  # millionths, in the unit it was ordered in
    Index(None, "plant", "state", "due", "number", "line"),
    Index(None, "plant", "kind", "state", "due", "number", "line"),
    Index(None, "plant", "partner", "state", "due", "number", "line"),
    Index(None, "plant", "item", "state", "due", "number", "line"),
    sqlite_with_rowid=False,
)

plans_registered = Table(
    "plans_registered",
    metadata,
    # Through which revision of reference data and which position the register of plans reflects them.
    Column("plant", String(40), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)

outside_answers = Table(
    "outside_answers",
    metadata,
    # What people outside said of goods we sent: `arrival` of what came, `return` of what comes back.
    Column("plant", String(40), primary_key=True),
    Column("document", String(120), primary_key=True),
    Column("act", String(10), primary_key=True),
    Column("partner", String(80), nullable=False),
    Column("name", String(120), nullable=False),  # as typed
    Column("fact_json", Text, nullable=False),
    Column("answered_at", String(27), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

PROJECTED = (
    dispositions,
    balances,
    place_totals,
    movements,
    periods,
    item_counts,
    documents,
    document_joins,
    document_lines,
    plan_progress,
    left_plans,
    lots,
    derivations,
    arrivals,
    kiosks,
    kiosk_parts,
    labels,
    slips,
    parked_lines,
    badge_doors,
    badge_days,
    uses,
    desk_acts,
    releases,
    *QUALITY_PROJECTED,
    outside_answers,
)
"""What a rebuild empties altogether; of `discrepancies` only the projected rows go."""

AUDITED = (audit_balances, audits)
"""What the check of the books keeps for itself; a rebuild empties it, and it begins anew."""

JOURNAL_REGISTERS = (item_periods, trails, registered)
"""What is made from the journal."""

PLAN_REGISTERS = (plan_lines, plans_registered)
"""What is made from reference data, left plans and their progress."""

REGISTERED = (*JOURNAL_REGISTERS, *PLAN_REGISTERS)
"""What follows the booking a little behind; a rebuild empties it, and it is made anew."""

FOLDED = (cursors, *PROJECTED, *AUDITED, *REGISTERED)
"""What is dropped and folded again from the ledger where a program has it otherwise than the database."""
