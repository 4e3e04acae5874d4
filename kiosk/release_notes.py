"""Puts into the log that another release of the program runs here: each change once, however often the kiosk starts."""

from collections.abc import Sequence
from datetime import datetime

from domain.events.terminal import ReleaseChanged
from kiosk.kept import recent_event_ids
from kiosk.store.log import Fact
from kiosk.store.store import Store
from updates.starter import Change

NOTED = "release_change"
"""In `meta`: the number of the last change that is in the log."""


def changes_not_noted(changes: Sequence[Change], store: Store) -> tuple[Fact, ...]:
    """Return the changes that are not in the log yet, oldest first. Raises StoreError.

    The power may have gone between a change's entry and its number, so the end of the log is asked too.
    """
    noted = int(store.connection.meta(NOTED) or 0)
    fresh = [one for one in changes if one.number > noted]
    if not fresh:
        return ()
    known = recent_event_ids(store, len(fresh))
    place = store.facts.station().place
    return tuple(
        Fact(
            event=ReleaseChanged(before=one.before, after=one.after, reason=one.reason, detail=one.detail),
            event_id=one.id,
            event_time=datetime.fromisoformat(one.at),
            read_point=place,
        )
        for one in fresh
        if one.id not in known
    )


def note(changes: Sequence[Change], store: Store) -> None:
    """Remember that these are in the log. Raises StoreError."""
    newest = str(changes[-1].number) if changes else ""
    if newest and store.connection.meta(NOTED) != newest:
        with store.connection.transaction():
            store.connection.remember(NOTED, newest)
