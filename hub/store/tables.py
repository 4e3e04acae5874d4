"""The hub's tables: which there are, and how each is treated. One that grows carries its plant first, to partition by.

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

from hub.store.booking_tables import (
    badge_days,
    badge_doors,
    cursors,
    desk_acts,
    discrepancies,
    dispositions,
    kiosk_parts,
    kiosks,
    labels,
    parked_lines,
    releases,
)
from hub.store.document_tables import (
    document_joins,
    document_lines,
    documents,
    left_plans,
    outside_answers,
    plan_progress,
    slips,
    uses,
)
from hub.store.follower_tables import (
    audit_balances,
    audits,
    item_periods,
    plan_lines,
    plans_registered,
    registered,
    trails,
)
from hub.store.metadata import metadata
from hub.store.production_tables import PRODUCTION
from hub.store.quality_tables import QUALITY_PROJECTED
from hub.store.register_tables import (
    backups,
    devices,
    events,
    heads,
    meta,
    plants,
    reference,
    reference_acts,
    reference_history,
    safe_heads,
    withheld,
)
from hub.store.stock_tables import (
    arrivals,
    balances,
    derivations,
    item_counts,
    lots,
    movements,
    periods,
    place_totals,
)
from hub.store.table_parts import IS_THERE

__all__ = [
    "AUDITED",
    "FOLDED",
    "IS_THERE",
    "JOURNAL_REGISTERS",
    "PLAN_REGISTERS",
    "PROJECTED",
    "REGISTERED",
    "arrivals",
    "audit_balances",
    "audits",
    "backups",
    "badge_days",
    "badge_doors",
    "balances",
    "cursors",
    "derivations",
    "desk_acts",
    "devices",
    "discrepancies",
    "dispositions",
    "document_joins",
    "document_lines",
    "documents",
    "events",
    "heads",
    "item_counts",
    "item_periods",
    "kiosk_parts",
    "kiosks",
    "labels",
    "left_plans",
    "lots",
    "meta",
    "metadata",
    "movements",
    "outside_answers",
    "parked_lines",
    "periods",
    "place_totals",
    "plan_lines",
    "plan_progress",
    "plans_registered",
    "plants",
    "reference",
    "reference_acts",
    "reference_history",
    "registered",
    "releases",
    "safe_heads",
    "slips",
    "trails",
    "uses",
    "withheld",
]

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
    *PRODUCTION,
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
