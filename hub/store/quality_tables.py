"""Projections of what people say about each other's work: tickets, holds, inspections, voices, calls, ratings, scores.

As all projections (`hub.store.tables`): folds of the ledger, each row with the `position` it last changed at. Dates are
text on the plant's own calendar; `late` is nowhere a counter: it follows from dates when somebody asks.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from hub.store.metadata import metadata

_IS_LIFTED_NOT = text("lifted_at IS NULL")
"""Work goes on in most places: a kiosk is told of the holds that hold."""

quality_tickets = Table(
    "quality_tickets",
    metadata,
    # Every ticket as it stands (`domain.quality_ticket`). `owner`: the unit, or the party of a disputed one, whose turn
    # it is; nothing once it is closed.
    Column("plant", String(40), primary_key=True),
    Column("number", String(120), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("finder", String(120), nullable=False),
    Column("unit", String(120), nullable=False),  # that answers for it; nothing until somebody proposed one
    Column("owner", String(120), nullable=False),
    Column("due", String(10), nullable=False),
    Column("opened_on", String(10), nullable=False),
    Column("closed_on", String(10), nullable=True),
    Column("opened_by", String(40), nullable=False),
    Column("opened_at", String(27), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("origin", String(120), nullable=False),
    Column("bundle", String(120), nullable=False),
    Column("work_order", String(120), nullable=False),
    Column("pieces", Integer, nullable=False),  # with a defect
    Column("defects_json", Text, nullable=False),  # domain.handoff.Defect, several
    Column("photos_json", Text, nullable=False),  # their digests
    Column("note", Text, nullable=False),
    Column("ticket_json", Text, nullable=False),  # domain.quality_ticket.Ticket
    Column("device", String(40), nullable=False),
    Column("opened_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "state", "due"),
    Index(None, "plant", "unit", "opened_on"),
    Index(None, "plant", "bundle"),
    sqlite_with_rowid=False,
)

ticket_acts = Table(
    "ticket_acts",
    metadata,
    # What people did about tickets, what could not be among it. `owner`, `due`: whose turn it was, and until when.
    Column("plant", String(40), primary_key=True),
    Column("ticket", String(120), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("act", String(12), nullable=False),
    Column("person", String(40), nullable=False),
    Column("at", String(27), nullable=False),
    Column("acted_on", String(10), nullable=False),
    Column("owner", String(120), nullable=False),
    Column("due", String(10), nullable=False),
    Column("act_json", Text, nullable=False),  # domain.quality_ticket.Act
    Column("outcome", String(40), nullable=False),  # done, or the problem for which it changed nothing
    Index(None, "plant", "owner", "acted_on"),
    sqlite_with_rowid=False,
)

holds = Table(
    "holds",
    metadata,
    # Where work must stand still: what people placed, and every bundle that a patrol found red.
    Column("plant", String(40), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("scope", String(12), nullable=False),
    Column("key", String(120), nullable=False),
    Column("person", String(40), nullable=False),
    Column("since", String(27), nullable=False),
    Column("reason", Text, nullable=False),
    Column("ticket", String(120), nullable=False),
    Column("lifted_at", String(27), nullable=True),
    Column("lifted_by", String(40), nullable=False),
    Column("lift_reason", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "position"),
    Index(None, "plant", "scope", "key", sqlite_where=_IS_LIFTED_NOT, postgresql_where=_IS_LIFTED_NOT),
    sqlite_with_rowid=False,
)

inspections = Table(
    "inspections",
    metadata,
    # What was looked at, and what of it was right. `defects`: defects found, of which one piece may have several.
    Column("plant", String(40), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("bundle", String(120), nullable=False),
    Column("work_order", String(120), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("checked", Integer, nullable=False),
    Column("defective", Integer, nullable=False),
    Column("defects", Integer, nullable=False),
    Column("result", String(8), nullable=False),
    Column("points", String(40), nullable=False),  # fabric: per 100 square metres, a decimal number
    Column("people_json", Text, nullable=False),  # who made it
    Column("defects_json", Text, nullable=False),
    Column("figures_json", Text, nullable=False),  # what else was typed and chosen, by its name
    Column("note", Text, nullable=False),
    Column("person", String(40), nullable=False),  # who looked
    Column("device", String(40), nullable=False),
    Column("at", String(27), nullable=False),
    Column("on_day", String(10), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "on_day", "kind"),
    Index(None, "plant", "operation", "on_day"),
    sqlite_with_rowid=False,
)

voices = Table(
    "voices",
    metadata,
    # Suggestions, complaints, thanks and picked faults, with the last answer. `answered_on` is None until there is one.
    Column("plant", String(40), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("unit", String(120), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("person", String(40), nullable=False),
    Column("raised_at", String(27), nullable=False),
    Column("due", String(10), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_by", String(40), nullable=False),
    Column("answered_on", String(10), nullable=True),
    Column("is_done", Boolean, nullable=False),
    Column("owner", String(40), nullable=False),  # whose it is to mend, of a fault that a session picked
    Column("session", String(120), nullable=False),
    Column("raised_position", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "unit", "position"),  # what waits for a unit's answer, told to its stations
    Index(None, "plant", "answered_on", "due"),
    Index(None, "plant", "session"),
    sqlite_with_rowid=False,
)

fault_sessions = Table(
    "fault_sessions",
    metadata,
    # Minutes of fault-picking sessions; what was picked stands in `voices`.
    Column("plant", String(40), primary_key=True),
    Column("session", String(120), primary_key=True),
    Column("unit", String(120), nullable=False),
    Column("held_on", String(10), nullable=False),
    Column("present_json", Text, nullable=False),  # people, as they were written down
    Column("note", Text, nullable=False),
    Column("person", String(40), nullable=False),  # who wrote it down
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "unit", "held_on"),
    sqlite_with_rowid=False,
)

unit_ratings = Table(
    "unit_ratings",
    metadata,
    # How a unit rated another for a month, the last time it did.
    Column("plant", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("judged", String(120), primary_key=True),
    Column("judge", String(120), primary_key=True),
    Column("rating", String(1), nullable=False),
    Column("reason", Text, nullable=False),
    Column("person", String(40), nullable=False),
    Column("at", String(27), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

questionnaire_answers = Table(
    "questionnaire_answers",
    metadata,
    # One answer a row, the last that a unit gave about another for a month.
    Column("plant", String(40), primary_key=True),
    Column("judged", String(120), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("judge", String(120), primary_key=True),
    Column("question", String(120), primary_key=True),
    Column("points", Integer, nullable=False),  # 1 to 5
    Column("note", Text, nullable=False),
    Column("person", String(40), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

calls = Table(
    "calls",
    metadata,
    # Calls from stations: for help, material, a mechanic, quality. Open until `over_at`.
    Column("plant", String(40), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("operation", String(120), nullable=False),
    Column("bundle", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("device", String(40), nullable=False),
    Column("person", String(40), nullable=False),
    Column("made_at", String(27), nullable=False),
    Column("answered_by", String(40), nullable=False),
    Column("answered_at", String(27), nullable=True),
    Column("over_at", String(27), nullable=True),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "over_at", "made_at"),
    sqlite_with_rowid=False,
)

stoppages = Table(
    "stoppages",
    metadata,
    # Stations that stood still: breaks of their people, and stoppages.
    Column("plant", String(40), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("device", String(40), nullable=False),
    Column("person", String(40), nullable=False),
    Column("began_at", String(27), nullable=False),
    Column("ended_at", String(27), nullable=True),
    Column("position", BigInteger, nullable=False),
    Index(None, "plant", "ended_at", "began_at"),
    sqlite_with_rowid=False,
)

unit_verdicts = Table(
    "unit_verdicts",
    metadata,
    # What units said of each other's goods, added up by day: a month's score is worked out from it. Nothing is here of
    # goods that stay in one unit, of a unit that is not known, and of what was taken for accepted by time alone.
    Column("plant", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("unit_judged", String(120), primary_key=True),
    Column("unit_judging", String(120), primary_key=True),
    Column("work_order", String(120), primary_key=True),
    Column("verdict", String(12), primary_key=True),
    Column("rating", String(1), primary_key=True),
    Column("handoffs", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),  # pieces that came
    Column("refused", BigInteger, nullable=False),  # that went back, and did not break on the way
    Column(
        "miscounted", BigInteger, nullable=False
    ),  # handoffs to which another number came than was declared
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

published_scores = Table(
    "published_scores",
    metadata,
    # A unit's month as it was published, for ever. The event itself holds every count behind it.
    Column("plant", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("unit", String(120), primary_key=True),
    Column("score_json", Text, nullable=False),  # domain.events.quality.ScorePublished
    Column("person", String(40), nullable=False),
    Column("published_at", String(27), nullable=False),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

QUALITY_PROJECTED = (
    quality_tickets,
    ticket_acts,
    holds,
    inspections,
    voices,
    fault_sessions,
    unit_ratings,
    questionnaire_answers,
    calls,
    stoppages,
    unit_verdicts,
    published_scores,
)
"""What of these a rebuild empties: all."""
