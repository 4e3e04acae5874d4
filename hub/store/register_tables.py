"""Registers, written as things arrive, and the ledger, which is append-only and the only truth."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
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
)

from hub.store.metadata import metadata

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
