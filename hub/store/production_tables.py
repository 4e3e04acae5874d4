"""Projections of production: bundles, who worked on them, what the next operation said of it, and what is paid for it.

Pieces are whole numbers. People are employee numbers; where a row names several they stand in `*_json`, whoever came
first standing first. A unit is a line or workshop, empty where no station of it is known.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from hub.store.metadata import metadata

IS_STANDING = text("since <> ''")
"""Rows of `bundle_at` that are work in process. Said as it stands here, so that both databases see the index serves."""

bundles = Table(
    "bundles",
    metadata,
    # Every bundle there ever was. `closed`: it was split, merged or joined, and others live instead of it.
    Column("plant", String(40), primary_key=True),
    Column("serial", String(120), primary_key=True),
    Column("work_order", String(120), nullable=False),
    Column("style", String(120), nullable=False),
    Column("colour", String(120), nullable=False),
    Column("size", String(120), nullable=False),
    Column("component", String(120), nullable=False),
    Column("shade", String(120), nullable=False),  # the dye lot
    Column("lay", String(120), nullable=False),
    Column(
        "pieces", Integer, nullable=False
    ),  # it began with: its ticket's, less what its parents did not have
    Column("live", Integer, nullable=False),  # those that are not seconds, scrap or missing so far
    Column("copy", Integer, nullable=False),  # the number of the one ticket that is not void
    Column("closed", Boolean, nullable=False),
    Column("unit", String(120), nullable=False),  # of the first station that checked it in
    Column("made_at", String(27), nullable=False),  # cut, or made from others
    Column("position", BigInteger, nullable=False),
    Column("progress_json", Text, nullable=False),  # domain.progress.Progress
    Index(None, "plant", "work_order"),
    Index(None, "plant", "lay"),
    Index(None, "plant", "shade"),
    sqlite_with_rowid=False,
    info={"fold": 2},  # what was told lost twice is lost once
)

bundle_at = Table(
    "bundle_at",
    metadata,
    # Which bundles are, were or may now come to an operation, and the position of the last event that matters there:
    # what stations of that operation are told of. `unit`: whose stations; empty: everybody's. The work in process is
    # the rows with a `since`: pieces that wait to be begun and pieces at work there, of the bundle's `line`.
    Column("plant", String(40), primary_key=True),
    Column("operation", String(120), primary_key=True),
    Column("serial", String(120), primary_key=True),
    Column("unit", String(120), nullable=False),
    Column("line", String(120), nullable=False),
    Column("work_order", String(120), nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("at_work", Integer, nullable=False),
    Column("since", String(27), nullable=False),  # when it came here; empty where nothing of it stands here
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "operation", "unit", "position"),
    Index(None, "plant", "line", "operation", sqlite_where=IS_STANDING, postgresql_where=IS_STANDING),
    sqlite_with_rowid=False,
)

bundle_links = Table(
    "bundle_links",
    metadata,
    # Which bundles were made from which; every parent of an event went into every child of it.
    Column("plant", String(40), primary_key=True),
    Column("parent", String(120), primary_key=True),
    Column("child", String(120), primary_key=True),
    Column("act", String(20), nullable=False),  # split, merged, joined
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "child"),
    sqlite_with_rowid=False,
)

lays = Table(
    "lays",
    metadata,
    Column("plant", String(40), primary_key=True),
    Column("lay", String(120), primary_key=True),
    Column("work_order", String(120), nullable=False),
    Column("style", String(120), nullable=False),
    Column("colour", String(120), nullable=False),
    Column("marker", String(120), nullable=False),
    Column("plies", Integer, nullable=False),
    Column("spread_at", String(27), nullable=False),
    Column("operator", String(40), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "work_order"),
    sqlite_with_rowid=False,
)

lay_rolls = Table(
    "lay_rolls",
    metadata,
    # Which rolls a lay was spread from, from the bottom up.
    Column("plant", String(40), primary_key=True),
    Column("lay", String(120), primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1
    Column("roll", String(120), nullable=False),
    Column("shade", String(120), nullable=False),
    Column("plies", Integer, nullable=False),
    Column("used", BigInteger, nullable=False),  # millionths
    Column("remnant", BigInteger, nullable=False),  # millionths; 0 where nothing was left
    Column("unit", String(3), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "roll"),
    Index(None, "plant", "shade"),
    sqlite_with_rowid=False,
)

jobs = Table(
    "jobs",
    metadata,
    # A bundle at an operation, from check-in to finish. Only pieces `received` count, `claimed` is what people said.
    Column("plant", String(40), primary_key=True),
    Column("job", String(120), primary_key=True),
    Column("bundle", String(120), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("work_order", String(120), nullable=False),
    Column("unit", String(120), nullable=False),  # of the station
    Column("device", String(40), nullable=False),
    Column("people_json", Text, nullable=False),
    Column("state", String(12), nullable=False),  # domain.job.JobState
    Column("reason", Text, nullable=False),  # why it is paused
    Column("unmet", Text, nullable=False),  # operations that were to be finished before; empty for most
    Column("claimed", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("good", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("scrap", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("started_at", String(27), nullable=False),
    Column("finished_at", String(27), nullable=False),  # empty while it is at work
    Column("started_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "bundle"),
    Index(None, "plant", "operation", "started_at"),
    Index(None, "plant", "unit", "started_at"),
    Index(None, "plant", "started_at"),
    Index(None, "plant", "position"),
    sqlite_with_rowid=False,
)

job_shares = Table(
    "job_shares",
    metadata,
    # Whose the good pieces of a job are, and how many of them the next operation has sent back since. A job whose
    # finish was taken back keeps its rows, with nothing in them.
    Column("plant", String(40), primary_key=True),
    Column("job", String(120), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("bundle", String(120), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("finished_at", String(27), nullable=False),
    Column("paid", Integer, nullable=False),  # pieces that `pay_lines` pay so far
    Column("price", BigInteger, nullable=True),  # of each of them, millionths; None: nobody had set one
    Column(
        "paid_position", BigInteger, nullable=False
    ),  # of the first line, 0 before: the price stays what it was
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "person", "finished_at"),
    sqlite_with_rowid=False,
)

IS_REMARKED = text("(rating <> '' OR verdict IN ('part', 'reject') OR declared <> received)")
"""Most verdicts say no more than their check-in; whoever looks for the others says so in these words."""

handoffs = Table(
    "handoffs",
    metadata,
    # What an operation said of goods from the one before: one row for a check-in, whose verdict a later one replaces,
    # and one for each verdict without a check-in. `name`: the job, else the id of the event.
    Column("plant", String(40), primary_key=True),
    Column("bundle", String(120), primary_key=True),
    Column("before", String(120), primary_key=True),
    Column("operation", String(120), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("work_order", String(120), nullable=False),
    Column("job", String(120), nullable=False),
    Column("verdict", String(12), nullable=False),  # domain.handoff.Verdict; withdrawn: with its check-in
    Column("rating", String(1), nullable=False),  # empty: none was given
    Column("pieces", Integer, nullable=False),  # those taken over
    Column("declared", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_silent", Boolean, nullable=False),
    Column("people_json", Text, nullable=False),  # who judged
    Column("senders_json", Text, nullable=False),  # who was judged
    Column("unit_judging", String(120), nullable=False),
    Column("unit_judged", String(120), nullable=False),
    Column("device", String(40), nullable=False),
    Column("month", String(7), nullable=False),  # of the verdict, in the plant's time zone
    Column("at", String(27), nullable=False),
    Column("handoff_json", Text, nullable=False),  # domain.handoff.Handoff; empty: the check-in said it all
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "month", "unit_judged"),
    Index(
        "ix_handoffs_remarked",
        "plant",
        "month",
        "unit_judged",
        "position",
        sqlite_where=IS_REMARKED,
        postgresql_where=IS_REMARKED,
    ),
    Index(None, "plant", "position"),
    sqlite_with_rowid=False,
)

order_tally = Table(
    "order_tally",
    metadata,
    # What became of an order's pieces at each operation; in the row without an operation, `good` is what was cut.
    # In hand: received - good - seconds - scrap - missing.
    Column("plant", String(40), primary_key=True),
    Column("work_order", String(120), primary_key=True),
    Column("colour", String(120), primary_key=True),
    Column("size", String(120), primary_key=True),
    Column("component", String(120), primary_key=True),
    Column("operation", String(120), primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("good", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("scrap", BigInteger, nullable=False),
    Column("missing", BigInteger, nullable=False),
    Column("returned", BigInteger, nullable=False),  # sent back to this operation, to be done again
    Column("short", BigInteger, nullable=False),  # declared here, and did not reach the next one
    Column("replaced", BigInteger, nullable=False),  # cut anew, to be done here again
    Column("at_work", BigInteger, nullable=False),  # jobs that are running or paused
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

unit_hours = Table(
    "unit_hours",
    metadata,
    # What each line finished of each order at each operation, by hour: that of the finish. `hour` is UTC.
    Column("plant", String(40), primary_key=True),
    Column("unit", String(120), primary_key=True),
    Column("operation", String(120), primary_key=True),
    Column("hour", String(13), primary_key=True),
    Column("work_order", String(120), primary_key=True),
    Column("good", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("scrap", BigInteger, nullable=False),
    Column("missing", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

pay_lines = Table(
    "pay_lines",
    metadata,
    # What people are paid by the piece, each line once and for ever: below zero where pieces came back. A price holds
    # from the day the work was done.
    Column("plant", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),  # within the event, from 1
    Column("person", String(120), nullable=False),
    Column("job", String(120), nullable=False),
    Column("bundle", String(120), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("work_order", String(120), nullable=False),
    Column("style", String(120), nullable=False),
    Column("day", String(10), nullable=False),  # of the work, in the plant's time zone
    Column("period", String(7), nullable=False),  # the month it is paid in; never one that was closed
    Column("pieces", Integer, nullable=False),
    Column("price", BigInteger, nullable=True),  # millionths; None: nobody had set one
    Index(None, "plant", "person", "day"),
    Index(None, "plant", "period", "person"),
    Index(None, "plant", "job"),
    sqlite_with_rowid=False,
)

pay_periods = Table(
    "pay_periods",
    metadata,
    # The months whose pay is closed: what comes later is paid in a later one. As `periods` for the books.
    Column("plant", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("person", String(40), nullable=False),
    Column("closed_at", String(27), nullable=False),  # the hub's clock
    Column("position", BigInteger, nullable=False),
)

pay_contests = Table(
    "pay_contests",
    metadata,
    # Lines that people say are wrong, and what came of it.
    Column("plant", String(40), primary_key=True),
    Column("job", String(120), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("contested_at", String(27), nullable=False),
    Column("answered_at", String(27), nullable=False),  # empty: it is open
    Column("answered_by", String(40), nullable=False),
    Column("answer", Text, nullable=False),
    Column("pieces", Integer, nullable=False),  # that became theirs by it
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

pay_settled = Table(
    "pay_settled",
    metadata,
    # What each person earned in a month that is closed, as it was worked out then.
    Column("plant", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("person", String(120), primary_key=True),
    Column("pay_json", Text, nullable=False),  # domain.pay.Pay
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

goods_sent = Table(
    "goods_sent",
    metadata,
    # Bundles on their way to another workshop or plant, each time one set out.
    Column("plant", String(40), primary_key=True),
    Column("bundle", String(120), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("operation", String(120), nullable=False),
    Column("destination", String(120), nullable=False),
    Column("carrier", String(120), nullable=False),
    Column("container", String(120), nullable=False),
    Column("at", String(27), nullable=False),
    Column("protection", String(120), nullable=False),
    Column("condition", String(120), nullable=False),
    Column("person", String(40), nullable=False),  # who let them set out
    Index(None, "plant", "at"),
    sqlite_with_rowid=False,
)

PRODUCTION = (
    bundles,
    bundle_at,
    bundle_links,
    lays,
    lay_rolls,
    jobs,
    job_shares,
    handoffs,
    order_tally,
    unit_hours,
    pay_lines,
    pay_periods,
    pay_contests,
    pay_settled,
    goods_sent,
)
"""What is folded of production; part of `PROJECTED`."""
