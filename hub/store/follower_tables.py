"""What follows the booking a little behind: the second fold, and registers made from what is booked."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from hub.store.metadata import metadata
from hub.store.table_parts import bytewise

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

plan_lines = Table(
    "plan_lines",
    metadata,
    # Every plan, the office's and those that documents left: a row for each line with what is done of it. One without
    # lines has a line 0.
    Column("plant", String(40), primary_key=True),
    Column("number", bytewise(120), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("partner", String(120), nullable=False),
    Column("due", bytewise(10), nullable=False),  # a date; one after all others where it has none
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
