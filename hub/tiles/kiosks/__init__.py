"""Kiosk health: is it heard, is its queue empty, is its clock right, do its scanner and printer work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from hub.tile import Scope, Tile
from hub.views.kiosks import KioskQuery, KioskRow, kiosks_page

SHOWN_MAX = 5
SILENT_AFTER = timedelta(seconds=90)
"""A kiosk speaks at least every half minute; three missed turns are silence."""
LATE_AFTER = timedelta(minutes=5)
"""An event that waits longer is late."""
CLOCK_OFF_S = 60.0
GOOD_PART_STATES = frozenset({"", "ready", "ok", "connected", "idle", "printing"})

State = Literal["good", "late", "attention", "silent", "revoked", "new"]
_WORST_FIRST: tuple[State, ...] = ("silent", "late", "attention", "revoked", "new", "good")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A kiosk and the word for how it is."""

    kiosk: KioskRow
    state: State
    broken: tuple[str, ...]
    is_clock_off: bool


def _query(scope: Scope) -> Mapping[str, Any]:
    page = kiosks_page(scope.connection, scope.plant, KioskQuery(limit=500))
    healths = sorted(
        (_health(kiosk, scope) for kiosk in page.rows),
        key=lambda one: (_WORST_FIRST.index(one.state), one.kiosk.device),
    )
    good = sum(one.state == "good" for one in healths)
    return {
        "kiosks": healths[:SHOWN_MAX],
        "good": good,
        "all": len(healths),
        "unshown": len(healths) - SHOWN_MAX,
    }


def _health(kiosk: KioskRow, scope: Scope) -> Health:
    broken = tuple(part.part for part in kiosk.parts if part.state not in GOOD_PART_STATES)
    is_clock_off = abs(kiosk.clock_offset_s) > CLOCK_OFF_S
    return Health(
        kiosk=kiosk,
        state=_state(kiosk, scope, is_troubled=bool(broken) or is_clock_off),
        broken=broken,
        is_clock_off=is_clock_off,
    )


def _state(kiosk: KioskRow, scope: Scope, *, is_troubled: bool) -> State:
    if kiosk.revoked:
        return "revoked"
    if kiosk.last_seen is None:
        return "new"
    if scope.now - kiosk.last_seen > SILENT_AFTER:
        return "silent"
    oldest = kiosk.oldest_event_time
    if kiosk.pending and oldest and scope.now - oldest > LATE_AFTER:
        return "late"
    return "attention" if is_troubled else "good"


TILE = Tile(name="kiosks", order=50, span=3, query=_query)
