"""Reference data: the newest of each record, every version there was, and one count of revisions per plant."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select, update

from hub.rights.grants import with_grants
from hub.slices import changes_a_slice
from hub.store.bulk import bulk_for
from hub.store.database import generation_of, set_generation
from hub.store.event_log import EventLog
from hub.store.tables import plants, reference, reference_acts, reference_history

KINDS = ("item", "place", "person", "plan", "station", "document_type")
KEYS_ASKED_MAX = 500
"""Keys in one question to the database."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record to be written: its body as plain data (a domain struct will do), or None when it is gone."""

    kind: str
    key: str
    body: object


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes, when (UTC text) and by which way in: office, api, import or command. `person` may be empty."""

    person: str
    at: str
    means: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the records."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


_encoder = msgspec.json.Encoder(order="deterministic")


def write_records(
    connection: Connection, log: EventLog, plant: str, records: Sequence[Record], author: Author | None = None
) -> Written:
    """Write records with the plant's next revisions, in a transaction opened by `writing`; equal ones are left alone.

    Of several records with one key the last counts. Where kiosks hold the wrong part of it all now, the generation
    grows, and they begin afresh. `author` is kept beside the versions.
    """
    position = log.lock(connection, plant)
    bodies: dict[tuple[str, str], object] = {(one.kind, one.key): one.body for one in records}
    bodies.update(with_grants(connection, plant, records))
    wanted = {key: None if body is None else _encoder.encode(body).decode() for key, body in bodies.items()}
    held = _bodies(connection, plant, list(wanted))
    unset = object()
    changes = [(key, body) for key, body in wanted.items() if held.get(key, unset) != body]
    changes = [(key, body) for key, body in changes if body is not None or key in held]
    if any(changes_a_slice(kind, held.get((kind, key)), body) for (kind, key), body in changes):
        set_generation(connection, generation_of(connection) + 1)
    _write(connection, plant, position, changes, author)
    changed = sum(key in held for key, _ in changes)
    return Written(new=len(changes) - changed, changed=changed, unchanged=len(wanted) - len(changes))


def write_again(
    connection: Connection, log: EventLog, plant: str, kind: str, key: str, *, author: Author | None = None
) -> None:
    """Give a record a new revision as it is: kiosks get something beside it that has changed."""
    position = log.lock(connection, plant)
    held = _bodies(connection, plant, [(kind, key)])
    _write(connection, plant, position, [*held.items()], author)


def _write(
    connection: Connection,
    plant: str,
    position: int,
    changes: Sequence[tuple[tuple[str, str], str | None]],
    author: Author | None,
) -> None:
    """Write versions with the plant's next revisions; they hold for events after `position`."""
    revision = connection.execute(select(plants.c.revision).where(plants.c.plant == plant)).scalar_one()
    now = [
        (plant, kind, key, body, number) for number, ((kind, key), body) in enumerate(changes, revision + 1)
    ]
    past = [(plant, number, kind, key, body, position) for _, kind, key, body, number in now]
    bulk = bulk_for(connection)
    bulk.upsert(connection, reference, now)
    bulk.insert(connection, reference_history, past)
    if author is not None and changes:
        through = revision + len(changes)
        row = (plant, through, revision + 1, author.person, author.at, author.means)
        bulk.insert(connection, reference_acts, [row])
    connection.execute(update(plants).where(plants.c.plant == plant).values(revision=revision + len(changes)))


def revision_of(connection: Connection, plant: str) -> int:
    """Return the last revision given."""
    return connection.execute(select(plants.c.revision).where(plants.c.plant == plant)).scalar() or 0


def _bodies(
    connection: Connection, plant: str, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str | None]:
    column, held = reference.c, dict[tuple[str, str], str | None]()
    for kind in {kind for kind, _ in keys}:
        wanted = [key for one, key in keys if one == kind]
        for start in range(0, len(wanted), KEYS_ASKED_MAX):
            rows = connection.execute(
                select(column.key, column.body_json).where(
                    column.plant == plant,
                    column.kind == kind,
                    column.key.in_(wanted[start : start + KEYS_ASKED_MAX]),
                )
            )
            held.update({(kind, row.key): row.body_json for row in rows})
    return held
