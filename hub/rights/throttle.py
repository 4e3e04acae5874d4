"""Guessing passwords gets slower and slower, and nobody is locked out for ever by a stranger's guesses.

A guess runs in lanes. Each lane counts wrong guesses in a row and says when the next one is looked at. A browser in
which this person has signed on before has a lane of its own: what strangers guess elsewhere does not slow it. All
others share a lane for the person at their address, one for the address, and one for the person at any address. The
counts stand in the database, so a restart forgets nothing.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from hub.store.bulk import bulk_for
from hub.store.user_tables import guesses
from hub.store.values import instant_of, instant_text

FORGET_AFTER = timedelta(hours=24)
"""After so long without a wrong guess a lane begins afresh."""
KNOWN_PREFIX = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Where guesses are counted: `free` wrong ones cost nothing, each further one twice the time, up to `most_s`."""

    name: str
    free: int
    most_s: float

    def wait_s(self, failures: int) -> float:
        """Return how long after a wrong guess the next one is not looked at."""
        beyond = failures - self.free
        return 0.0 if beyond < 0 else min(self.most_s, 2.0 ** min(beyond, 30))


def lanes_of(plant: str, person: str, address: str, known: str) -> tuple[Lane, ...]:
    """Return the lanes of one guess. `known`: the name of a browser in which this person signed on before, or empty."""
    who = hashlib.sha256(f"{plant}\n{person}".encode()).hexdigest()[:32]
    if known:
        return (Lane(name=f"{KNOWN_PREFIX} {who} {known[:64]}", free=5, most_s=900.0),)
    return (
        Lane(name=f"person at {who} {address[:64]}", free=5, most_s=900.0),
        Lane(name=f"address {address[:64]}", free=30, most_s=300.0),
        Lane(name=f"person {who}", free=50, most_s=3600.0),
    )


def waits_until(connection: Connection, lanes: tuple[Lane, ...], now: datetime) -> datetime | None:
    """Return until when guesses in these lanes are not looked at; None: now one is."""
    held = guesses.c
    asked = select(held.wait_until).where(held.lane.in_([one.name for one in lanes]))
    instants = [instant_of(text) for text in connection.execute(asked).scalars()]
    later = [one for one in instants if one is not None and one > now]
    return max(later, default=None)


def note_failure(connection: Connection, lanes: tuple[Lane, ...], now: datetime) -> None:
    """Count a wrong guess. In a transaction opened by `writing`."""
    held = guesses.c
    asked = select(held.lane, held.failures, held.failed_at).where(held.lane.in_([one.name for one in lanes]))
    before = {row.lane: row for row in connection.execute(asked)}
    rows: list[tuple[str, int, str, str]] = []
    for lane in lanes:
        row = before.get(lane.name)
        failed_at = instant_of(row.failed_at) if row else None
        is_fresh = failed_at is None or now - failed_at > FORGET_AFTER
        failures = 1 if row is None or is_fresh else row.failures + 1
        until = now + timedelta(seconds=lane.wait_s(failures))
        rows.append((lane.name, failures, instant_text(now), instant_text(until)))
    bulk_for(connection).upsert(connection, guesses, rows)
    connection.execute(delete(guesses).where(held.failed_at < instant_text(now - 7 * FORGET_AFTER)))


def note_success(connection: Connection, lanes: tuple[Lane, ...]) -> None:
    """Forget the wrong guesses of the one who got in; an address' count stays, others may guess from there too."""
    own = [one.name for one in lanes if not one.name.startswith("address ")]
    connection.execute(delete(guesses).where(guesses.c.lane.in_(own)))


def known_browser(key: str, plant: str, person: str, cookie: str) -> str:
    """Return the name of a browser that proves an earlier sign-on of this person; empty where it does not."""
    name, _, mac = cookie.partition(".")
    expected = _browser_mac(key, plant, person, name)
    return name if name and hmac.compare_digest(mac.encode(), expected.encode()) else ""


def browser_cookie(key: str, plant: str, person: str, name: str) -> str:
    """Return what is left with a browser after a sign-on; it lets nobody in, it only shows a way around strangers."""
    return f"{name}.{_browser_mac(key, plant, person, name)}"


def _browser_mac(key: str, plant: str, person: str, name: str) -> str:
    said = f"known browser\n{plant}\n{person}\n{name}"
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()
