"""Signing on: a person of the reference data, with a password that the hub keeps as a digest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, select

from domain.staff import Person
from hub.rights import sessions, throttle
from hub.rights.grants import person_of
from hub.rights.secret import (
    NOBODYS,
    PASSWORD_CHARS_MAX,
    PASSWORD_CHARS_MIN,
    digest_password,
    is_password,
    one_time_password,
)
from hub.store.bulk import bulk_for
from hub.store.database import reading, writing
from hub.store.user_tables import credentials
from hub.store.values import instant_of, instant_text

ONE_TIME_DAYS = 7
"""How long a password given by somebody else can be used."""


class Refused(StrEnum):
    """Why somebody is not signed on, or a password not taken; words are `sign_on.refused.<value>`."""

    WRONG = "wrong"
    WAIT = "wait"
    ENDED = "ended"
    SHORT = "short"
    LONG = "long"
    SAME = "same"
    NUMBER = "number"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is kept of somebody's password."""

    password: str
    must_change: bool
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody at the sign-on page. `known`: a browser in which this person signed on before, or empty."""

    plant: str
    number: str
    password: str
    address: str = ""
    browser: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOn:
    """It was the password: the browser's new secret."""

    person: Person
    secret: str
    must_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSignedOn:
    """Why not. `wait_s`: so long no further guess is looked at."""

    why: Refused
    wait_s: int = 0


def sign_on(engine: Engine, attempt: Attempt, now: Callable[[], datetime]) -> SignedOn | NotSignedOn:
    """Look at a password, and sign its owner on. A wrong number and a wrong password are one answer."""
    lanes = throttle.lanes_of(attempt.plant, attempt.number, attempt.address, attempt.known)
    begun = now()
    with reading(engine) as connection:
        until = throttle.waits_until(connection, lanes, begun)
        person = person_of(connection, attempt.plant, attempt.number)
        held = credential_of(connection, attempt.plant, attempt.number)
    if until is not None:
        return NotSignedOn(why=Refused.WAIT, wait_s=int((until - begun).total_seconds()) + 1)
    # Counted before it is looked at: guesses that come together, or a hub stopped in between, gain nothing.
    with writing(engine) as connection:
        throttle.note_failure(connection, lanes, begun)
    is_right = is_password(held.password if held else NOBODYS, attempt.password[:PASSWORD_CHARS_MAX])
    if not is_right or held is None or person is None or person.disabled:
        return NotSignedOn(why=Refused.WRONG)
    if held.ends_at is not None and begun > held.ends_at:
        return NotSignedOn(why=Refused.ENDED)
    with writing(engine) as connection:
        throttle.note_success(connection, lanes)
        secret = sessions.begin(
            connection,
            attempt.plant,
            attempt.number,
            now(),
            address=attempt.address,
            browser=attempt.browser,
        )
    return SignedOn(person=person, secret=secret, must_change=held.must_change)


def why_not_password(person: str, old: str, new: str, again: str) -> Refused | None:
    """Return what is wrong with a new password; None where nothing is (NIST SP 800-63B, 5.1.1: length, no rules)."""
    if new != again:
        return Refused.DIFFERENT
    if len(new) < PASSWORD_CHARS_MIN:
        return Refused.SHORT
    if len(new) > PASSWORD_CHARS_MAX:
        return Refused.LONG
    if new == old:
        return Refused.SAME
    if person and person in new and len(new) - len(person) < PASSWORD_CHARS_MIN // 2:
        return Refused.NUMBER
    return None


def set_password(connection: Connection, plant: str, person: str, password: str, now: datetime) -> None:
    """Keep the password somebody chose. In a transaction opened by `writing`."""
    _keep(connection, plant, person, digest_password(password), now, ends_at=None)


def give_password(connection: Connection, plant: str, person: str, now: datetime) -> str:
    """Give somebody a password that serves for one sign-on, and end all their sessions; returns it."""
    password = one_time_password()
    ends_at = now + timedelta(days=ONE_TIME_DAYS)
    _keep(connection, plant, person, digest_password(password), now, ends_at=ends_at)
    sessions.end(connection, plant, person)
    return password


def lock_out(connection: Connection, plant: str, person: str) -> None:
    """Take somebody's password away and end all their sessions; they sign on again when they are given a new one."""
    held = credentials.c
    connection.execute(delete(credentials).where(held.plant == plant, held.person == person))
    sessions.end(connection, plant, person)


def credential_of(connection: Connection, plant: str, person: str) -> Credential | None:
    """Return what is kept of somebody's password; None: they have none, and cannot sign on."""
    held = credentials.c
    row = connection.execute(select(credentials).where(held.plant == plant, held.person == person)).first()
    if row is None:
        return None
    return Credential(password=row.password, must_change=row.must_change, ends_at=instant_of(row.ends_at))


def _keep(
    connection: Connection, plant: str, person: str, digest: str, now: datetime, *, ends_at: datetime | None
) -> None:
    is_given = ends_at is not None
    ends = instant_text(ends_at) if ends_at else ""
    row = (plant, person, digest, is_given, instant_text(now), ends)
    bulk_for(connection).upsert(connection, credentials, [row])
