"""The tables of the kiosk's file. `entry` is the log; everything else can be worked out from it and from the hub."""

SCHEMA_VERSION = 9

GOODS_COLUMNS = "place, item, lot, handling_unit, grade, owner, unit, second_unit"
"""What names one balance. Amounts are whole millionths: a quantity has at most 6 decimals and is below 10^12."""

BATCH = "coalesce(nullif(rtrim(rtrim(job_id, replace(job_id, '.', '')), '.'), ''), job_id)"
"""The batch of a print job: what stands before the last dot of its name, or the name where there is none."""

WAITING = "('waiting', 'held', 'unproven', 'aside')"
"""The states of a print job that waits and can be cancelled."""

UNSETTLED = "('waiting', 'held', 'unproven', 'aside', 'sending')"
"""The states of which nothing stands in the log yet."""

_GOODS = """
    place TEXT NOT NULL, item TEXT NOT NULL, lot TEXT NOT NULL, handling_unit TEXT NOT NULL, grade TEXT NOT NULL,
    owner TEXT NOT NULL, unit TEXT NOT NULL, second_unit TEXT NOT NULL,
    value INTEGER NOT NULL, second INTEGER NOT NULL
"""

OWN_TABLES = ("own_balance", "own_plan_done", "own_plan", "own_lot", "own_work", "own_record")
"""What our own newest events add to the hub's figures, each row until the hub counts its event itself.

`own_stock` and `own_done` are the sums of the first two, so that a scan after a month without the hub costs what the
first one did; triggers keep them.
"""

REFERENCE_TABLES = ("hub_balance", "hub_plan_done", "reference", "lookup", "not_understood", "disposition")
"""What the hub lets the kiosk know. A snapshot is written beside them, and takes their place at once."""

SNAPSHOT_SUFFIXES = ("_1", "_2")
_REFERENCE_INDEXES = (
    "hub_balance_by_place",
    "hub_balance_by_item",
    "hub_balance_by_unit",
    "hub_plan_done_by_line",
    "lookup_by_key",
)


def reference_tables(prefix: str = "", suffix: str = "") -> str:
    """Return what makes the tables of REFERENCE_TABLES, under other names; an index keeps its name with its table."""
    return f"""
CREATE TABLE IF NOT EXISTS {prefix}hub_balance (key TEXT PRIMARY KEY, {_GOODS}) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hub_balance_by_place{suffix} ON {prefix}hub_balance (place, item);
CREATE INDEX IF NOT EXISTS hub_balance_by_item{suffix} ON {prefix}hub_balance (item);
CREATE INDEX IF NOT EXISTS hub_balance_by_unit{suffix} ON {prefix}hub_balance (handling_unit) WHERE handling_unit <> '';

CREATE TABLE IF NOT EXISTS {prefix}hub_plan_done (
    key TEXT PRIMARY KEY, number TEXT NOT NULL, line INTEGER NOT NULL, unit TEXT NOT NULL, value INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hub_plan_done_by_line{suffix} ON {prefix}hub_plan_done (number, line, unit);

CREATE TABLE IF NOT EXISTS {prefix}reference (
    kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS {prefix}lookup (
    name TEXT NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, code, kind, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lookup_by_key{suffix} ON {prefix}lookup (kind, key);

CREATE TABLE IF NOT EXISTS {prefix}not_understood (
    kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS {prefix}disposition (
    event_id TEXT PRIMARY KEY, state TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL
) WITHOUT ROWID;
"""


def _summed(table: str, sums: str, key: str, values: tuple[str, ...]) -> str:
    """Return what makes `sums` hold what the rows of `table` add up to, now and ever after; zeros are left out."""
    columns = ", ".join((key, *values))
    added = ", ".join(f"{one} = {one} + excluded.{one}" for one in values)
    is_zero = " AND ".join(f"{one} = 0" for one in values)
    triggers = ""
    for change, row, sign in (("INSERT", "NEW", ""), ("DELETE", "OLD", "-")):
        names = [f"{row}.{one}" for one in key.split(", ")]
        is_row = " AND ".join(f"{one} = {row}.{one}" for one in key.split(", "))
        given = ", ".join((*names, *(f"{sign}{row}.{one}" for one in values)))
        triggers += f"""
CREATE TRIGGER IF NOT EXISTS {sums}_after_{change.lower()} AFTER {change} ON {table} BEGIN
    INSERT INTO {sums} ({columns}) VALUES ({given}) ON CONFLICT ({key}) DO UPDATE SET {added};
    DELETE FROM {sums} WHERE {is_row} AND {is_zero};
END;
"""  # noqa: S608 our own names
    total = ", ".join(f"sum({one}) AS {one}" for one in values)
    return f"""
DELETE FROM {sums};
INSERT INTO {sums} ({columns}) SELECT {key}, {total} FROM {table} GROUP BY {key} HAVING NOT ({is_zero});
{triggers}"""  # noqa: S608 our own names


_OWN_SUMS = f"""
DROP INDEX IF EXISTS own_balance_by_place;
DROP INDEX IF EXISTS own_balance_by_item;
DROP INDEX IF EXISTS own_balance_by_unit;
DROP INDEX IF EXISTS own_plan_done_by_line;
CREATE TABLE IF NOT EXISTS own_stock ({_GOODS}, PRIMARY KEY ({GOODS_COLUMNS})) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS own_stock_by_item ON own_stock (item);
CREATE INDEX IF NOT EXISTS own_stock_by_unit ON own_stock (handling_unit) WHERE handling_unit <> '';
CREATE TABLE IF NOT EXISTS own_done (
    number TEXT NOT NULL, line INTEGER NOT NULL, unit TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (number, line, unit)
) WITHOUT ROWID;
{_summed("own_balance", "own_stock", GOODS_COLUMNS, ("value", "second"))}
{_summed("own_plan_done", "own_done", "number, line, unit", ("value",))}
"""


_ALTERNATE_INDEXES = "".join(
    f"DROP INDEX IF EXISTS {name}{suffix};\n" for name in _REFERENCE_INDEXES for suffix in SNAPSHOT_SUFFIXES
)
"""Indexes under the names a snapshot gave them: an upgrade makes them anew under their own."""

SCHEMA = f"""
{_ALTERNATE_INDEXES}
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS entry (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, digest TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (epoch, sequence)
);
CREATE TABLE IF NOT EXISTS base (epoch INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mark (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, hub_time TEXT NOT NULL, PRIMARY KEY (epoch, sequence)
) WITHOUT ROWID;
DROP TRIGGER IF EXISTS entry_stays;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry
WHEN OLD.sequence > coalesce((SELECT sequence FROM base WHERE epoch = OLD.epoch), 0)
BEGIN SELECT RAISE(ABORT, 'nothing is deleted from the log but what lies before its base'); END;
CREATE TRIGGER IF NOT EXISTS entry_is_final BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'nothing is changed in the log'); END;

CREATE TABLE IF NOT EXISTS damaged (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, reason TEXT NOT NULL, body BLOB, found TEXT NOT NULL,
    PRIMARY KEY (epoch, sequence)
);

CREATE TABLE IF NOT EXISTS session (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), body BLOB NOT NULL);

CREATE TABLE IF NOT EXISTS document (
    number TEXT PRIMARY KEY, type TEXT NOT NULL, status TEXT NOT NULL, book BLOB NOT NULL, proposed BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS submission (document TEXT PRIMARY KEY, event_id TEXT NOT NULL) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS document_by_code ON document (replace(number, '-', ''));

CREATE TABLE IF NOT EXISTS line (
    id INTEGER PRIMARY KEY, document TEXT NOT NULL, line INTEGER NOT NULL, day TEXT NOT NULL,
    is_reversed INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (document, line)
);
CREATE INDEX IF NOT EXISTS line_by_day ON line (day);

CREATE TABLE IF NOT EXISTS shared_line (
    document TEXT NOT NULL, device TEXT NOT NULL, line INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (document, device, line)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS slip (
    number TEXT NOT NULL, document TEXT NOT NULL, line INTEGER NOT NULL, operator TEXT NOT NULL,
    event_time TEXT NOT NULL, PRIMARY KEY (number, document, line)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS document_total (
    document TEXT NOT NULL, unit TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (document, unit)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS own_balance (epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, {_GOODS});
CREATE INDEX IF NOT EXISTS own_balance_by_sequence ON own_balance (epoch, sequence);
CREATE TABLE IF NOT EXISTS own_plan_done (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
    number TEXT NOT NULL, line INTEGER NOT NULL, unit TEXT NOT NULL, value INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS own_plan_done_by_sequence ON own_plan_done (epoch, sequence);
{_OWN_SUMS}
CREATE TABLE IF NOT EXISTS own_lot (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, item TEXT NOT NULL, lot TEXT NOT NULL, since TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS own_lot_by_sequence ON own_lot (epoch, sequence);
CREATE INDEX IF NOT EXISTS own_lot_by_lot ON own_lot (item, lot);

CREATE TABLE IF NOT EXISTS own_work (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, bundle TEXT NOT NULL,
    event_id TEXT NOT NULL, event_time TEXT NOT NULL, operator TEXT NOT NULL, station TEXT NOT NULL,
    type TEXT NOT NULL, schema INTEGER NOT NULL, fact BLOB NOT NULL, PRIMARY KEY (epoch, sequence, bundle)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS own_work_by_bundle ON own_work (bundle, epoch, sequence);

CREATE TABLE IF NOT EXISTS own_record (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    name TEXT NOT NULL, code TEXT NOT NULL, body BLOB, PRIMARY KEY (epoch, sequence)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS own_record_by_code ON own_record (kind, name, code);
CREATE INDEX IF NOT EXISTS own_record_by_key ON own_record (kind, key);

CREATE TABLE IF NOT EXISTS station_job (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE, bundle TEXT NOT NULL, operation TEXT NOT NULL,
    act TEXT NOT NULL, event_id TEXT NOT NULL, start_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS station_job_by_act ON station_job (act, id);

CREATE TABLE IF NOT EXISTS photo (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL, event_id TEXT NOT NULL, state TEXT NOT NULL,
    is_forgotten INTEGER NOT NULL, UNIQUE (digest, event_id)
);
CREATE INDEX IF NOT EXISTS photo_by_event ON photo (event_id);
CREATE INDEX IF NOT EXISTS photo_by_state ON photo (state, digest);

CREATE TABLE IF NOT EXISTS document_effect (document TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS own_plan (
    epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, document TEXT NOT NULL,
    kind TEXT NOT NULL, number TEXT NOT NULL, code TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (epoch, sequence)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS own_plan_by_number ON own_plan (kind, number);
CREATE INDEX IF NOT EXISTS own_plan_by_code ON own_plan (kind, code);

CREATE TABLE IF NOT EXISTS unit_origin (
    serial TEXT PRIMARY KEY, document TEXT NOT NULL, operator TEXT NOT NULL, event_time TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS wrong_pin (
    person TEXT PRIMARY KEY, issue TEXT NOT NULL, failures INTEGER NOT NULL,
    boot_id TEXT NOT NULL, monotonic_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS job (
    number INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, printer TEXT NOT NULL, state TEXT NOT NULL,
    detail TEXT NOT NULL, reported TEXT NOT NULL, created TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS job_unknown ON job (created) WHERE state = 'unknown';
CREATE INDEX IF NOT EXISTS job_by_batch ON job ({BATCH}, state, number);
CREATE INDEX IF NOT EXISTS job_unproven ON job ({BATCH}) WHERE state = 'unproven';
CREATE INDEX IF NOT EXISTS job_aside ON job (printer, detail) WHERE state = 'aside';
CREATE TABLE IF NOT EXISTS media (printer TEXT PRIMARY KEY, declared TEXT NOT NULL, loaded TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job_count (
    job_id TEXT PRIMARY KEY, printed_before INTEGER, copies_out INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job_counter (job_id TEXT PRIMARY KEY, printed_before INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO job_count SELECT job_id, printed_before, 0 FROM job_counter;
DROP TABLE job_counter;
CREATE TABLE IF NOT EXISTS held_printer (printer TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS job_by_state ON job (printer, state, number);
{reference_tables()}
"""  # noqa: S608 our own column names
