"""Who is signed on: rows on the hub, which can be looked through and ended; the browser holds only a random secret."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from hub.rights.secret import digest_token
from hub.store.user_tables import sessions
from hub.store.values import instant_text

SECRET_BYTES = 32
SEEN_EVERY = timedelta(seconds=30)
"""How often it is written down that somebody is still there."""
NAME_CHARS = 16
"""So much of a session's digest names it to people and in the ledger: nobody can sign on with it."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a session lasts: without a word from the browser, and in all."""

    idle: timedelta
    most: timedelta


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One person signed on in one browser."""

    digest: str
    plant: str
    person: str
    begun_at: datetime
    seen_at: datetime
    address: str
    browser: str

    @property
    def name(self) -> str:
        """Return what it is called before people."""
        return self.digest[:NAME_CHARS]


def begin(
    connection: Connection, plant: str, person: str, now: datetime, *, address: str = "", browser: str = ""
) -> str:
    """Sign somebody on; returns the browser's secret, new each time. In a transaction opened by `writing`."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    at = instant_text(now)
    connection.execute(
        insert(sessions).values(
            digest=digest_token(secret),
            plant=plant,
            person=person,
            begun_at=at,
            seen_at=at,
            address=address[:64],
            browser=browser[:200],
        )
    )
    return secret


def session_of(connection: Connection, secret: str, now: datetime, limits: Limits) -> Session | None:
    """Return the session a browser's secret belongs to, unless it is over."""
    row = connection.execute(select(sessions).where(sessions.c.digest == digest_token(secret))).first()
    if row is None:
        return None
    found = _session(row)
    return None if is_over(found, now, limits) else found


def is_over(session: Session, now: datetime, limits: Limits) -> bool:
    """Tell whether a session has ended by itself; a clock that was turned back gives nobody more time."""
    idle, all_in_all = now - session.seen_at, now - session.begun_at
    ahead = timedelta(minutes=-5)
    return idle > limits.idle or all_in_all > limits.most or min(idle, all_in_all) < ahead


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether it should be written down that somebody is still there."""
    return now - session.seen_at >= SEEN_EVERY


def note_seen(connection: Connection, session: Session, now: datetime) -> None:
    """Write down that somebody is still there."""
    connection.execute(
        update(sessions).where(sessions.c.digest == session.digest).values(seen_at=instant_text(now))
    )


def sessions_of(
    connection: Connection, plant: str, person: str, now: datetime, limits: Limits
) -> tuple[Session, ...]:
    """Return where somebody is signed on, the newest first."""
    held = sessions.c
    asked = select(sessions).where(held.plant == plant, held.person == person).order_by(held.begun_at.desc())
    found = [_session(row) for row in connection.execute(asked)]
    return tuple(one for one in found if not is_over(one, now, limits))


def end(connection: Connection, plant: str, person: str, name: str = "", *, keep: str = "") -> int:
    """End the sessions of somebody that `name` names, all where it is empty, but never the one of digest `keep`."""
    held = sessions.c
    where = [held.plant == plant, held.person == person, held.digest != keep]
    if name:
        where.append(held.digest.startswith(name, autoescape=True))
    return connection.execute(delete(sessions).where(*where)).rowcount


def end_old(connection: Connection, now: datetime, limits: Limits) -> None:
    """Remove what ended by itself."""
    connection.execute(delete(sessions).where(sessions.c.seen_at < instant_text(now - limits.most)))


def _session(row: Row[Any]) -> Session:
    return Session(
        digest=row.digest,
        plant=row.plant,
        person=row.person,
        begun_at=datetime.fromisoformat(row.begun_at),
        seen_at=datetime.fromisoformat(row.seen_at),
        address=row.address,
        browser=row.browser,
    )
