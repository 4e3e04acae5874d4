"""Projections of documents and of the orders they are written for."""

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
from hub.store.table_parts import IS_FOR_A_PLAN

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
    Index(None, "plant", "plan", sqlite_where=IS_FOR_A_PLAN, postgresql_where=IS_FOR_A_PLAN),
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
