"""Do the books balance: checked to which position, when, and what is off."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import func, select

from hub.audit import KIND, State
from hub.store import tables
from hub.store.values import instant_of
from hub.tile import Scope, Tile
from hub.views.stock import booked_position

OLD_AFTER = timedelta(minutes=2)
"""Rounds are seconds apart; no round for so long means that the check does not work."""
BEHIND_MAX = 5_000
"""So many events not checked yet are no more than the check being under way."""

Verdict = Literal["good", "bad", "checking", "old"]


def _query(scope: Scope) -> Mapping[str, Any]:
    held = tables.audits.c
    row = scope.connection.execute(select(tables.audits).where(held.plant == scope.plant)).first()
    booked = booked_position(scope.connection, scope.plant)
    found = _found(scope)
    position = row.position if row else 0
    checked_at = instant_of(row.checked_at) if row else None
    state = msgspec.json.decode(row.state_json, type=State) if row else State()
    is_old = booked > 0 if row is None else checked_at is not None and scope.now - checked_at > OLD_AFTER
    verdict: Verdict = "good"
    if found:
        verdict = "bad"
    elif is_old:
        verdict = "old"
    elif booked - position > BEHIND_MAX or (row is not None and checked_at is None):
        verdict = "checking"
    return {
        "verdict": verdict,
        "position": position,
        "left": booked - position,
        "checked_at": checked_at,
        "found": found,
        "state": state,
    }


def _found(scope: Scope) -> int:
    held = tables.discrepancies.c
    asked = select(func.count()).where(held.plant == scope.plant, held.kind == KIND, held.closed_at.is_(None))
    return int(scope.connection.execute(asked.select_from(tables.discrepancies)).scalar_one())


TILE = Tile(name="books", order=60, span=2, query=_query)
