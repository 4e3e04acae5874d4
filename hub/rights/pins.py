"""PINs for the kiosks: set by their owner or given by whoever looks after the users, and sent to each kiosk as its own.

They stand in no reference data, no history, no export and no backup. A kiosk gets the verifiers of the people who may
approve or take back something, with the person's record (`hub.feed`); `domain/pin.py` says what each is good for.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from msgspec.structs import replace
from sqlalchemy import Connection, select

from domain.pin import kept_pin, pin_for_kiosk, random_pin
from domain.wire import Change
from hub.store.bulk import bulk_for
from hub.store.devices import Device
from hub.store.event_log import EventLog
from hub.store.reference import KEYS_ASKED_MAX, Author, write_again
from hub.store.user_tables import pins
from hub.store.values import instant_text

ACTS = frozenset({"approve", "unapprove"})
"""What a PIN is asked for: nobody else's goes to a kiosk."""


def set_pin(  # noqa: PLR0917 (whose, which, and who says so)
    connection: Connection,
    log: EventLog,
    plant: str,
    person: str,
    digits: str,
    now: datetime,
    author: Author | None = None,
) -> None:
    """Keep somebody's PIN, and let the kiosks know. In a transaction opened by `writing`."""
    row = (plant, person, kept_pin(digits), instant_text(now))
    bulk_for(connection).upsert(connection, pins, [row])
    write_again(connection, log, plant, "person", person, author=author)


def give_pin(  # noqa: PLR0917 (as `set_pin`)
    connection: Connection,
    log: EventLog,
    plant: str,
    person: str,
    now: datetime,
    author: Author | None = None,
) -> str:
    """Give somebody a PIN drawn at random; returns it, and nobody can read it afterwards."""
    digits = random_pin()
    set_pin(connection, log, plant, person, digits, now, author)
    return digits


def has_pin(connection: Connection, plant: str, person: str) -> bool:
    """Tell whether somebody has a PIN."""
    return bool(_kept(connection, plant, (person,)))


def with_pins(connection: Connection, device: Device, changes: Sequence[Change]) -> list[Change]:
    """Return records for a kiosk, with its own verifier beside each person who may approve and has a PIN."""
    asked = [one.key for one in changes if one.kind == "person" and _may_approve(one.body)]
    kept = _kept(connection, device.plant, asked) if asked else {}
    if not kept:
        return [*changes]
    return [_with_pin(one, kept, device.key) for one in changes]


def _with_pin(change: Change, kept: Mapping[str, str], key: bytes) -> Change:
    mine = kept.get(change.key) if change.kind == "person" and _may_approve(change.body) else None
    if mine is None:
        return change
    body = cast("dict[str, object]", change.body)
    return replace(change, body={**body, "pin": pin_for_kiosk(mine, key)})


def _may_approve(body: object) -> bool:
    if not isinstance(body, dict):
        return False
    person = cast("dict[str, object]", body)
    rights = [right for name in ("rights", "granted") for right in cast("list[str]", person.get(name, ()))]
    return any(right.partition(".")[2] in ACTS for right in rights)


def _kept(connection: Connection, plant: str, people: Collection[str]) -> dict[str, str]:
    held = pins.c
    found: dict[str, str] = {}
    asked = sorted(people)
    for start in range(0, len(asked), KEYS_ASKED_MAX):
        some = asked[start : start + KEYS_ASKED_MAX]
        rows = connection.execute(
            select(held.person, held.pin).where(held.plant == plant, held.person.in_(some))
        )
        found.update({row.person: row.pin for row in rows})
    return found
