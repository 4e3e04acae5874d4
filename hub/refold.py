"""Folding the ledger again because this program knows more, or keeps its projections otherwise, than the one before it.

Kiosks begin afresh afterwards.
"""

import logging
from collections.abc import Iterator, Sequence

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, delete, select

from domain.event import is_known
from domain.log import open_entry
from hub.rebuild import catch_up, rebuild
from hub.store.database import generation_of, reading, set_generation, writing
from hub.store.schema import SchemaState, folds_of, note_folds, state_of
from hub.store.tables import dispositions, events, plants, withheld
from hub.store.upgrade import migrate, renew_tables

_log = logging.getLogger(__name__)


def refold(engine: Engine, plant: str) -> int:
    """Fold a plant's ledger again; return the position reached. Run it with no hub on the database.

    The generation grows first: rows may come out otherwise than a kiosk heard of them, so it takes all of them anew.
    Events that were too slow have another try.
    """
    with writing(engine) as connection:
        set_generation(connection, generation_of(connection) + 1)
        connection.execute(delete(withheld).where(withheld.c.plant == plant))
    return rebuild(engine, plant)


def bring_up_to_date(engine: Engine) -> Iterator[str]:
    """Bring a database to this program's shape and fold what has to be folded; yield what was done, in words.

    Run it with no hub on the database. Ended anywhere, it goes on from there when it is run again. Raises StoreError.
    """
    for step in migrate(engine):
        yield f"schema version {step.version}: {step.tells}"
    with reading(engine) as connection:
        if state_of(connection) is SchemaState.EMPTY:
            return
    if renew_tables(engine):
        _log.warning("this version keeps its projections otherwise: they are folded again from the ledger")
    with reading(engine) as connection:
        folds = folds_of(connection)
        every = connection.execute(select(plants.c.plant).order_by(plants.c.plant)).scalars().all()
    if folds.is_done:
        return
    for plant in every:
        yield f"{plant}: {catch_up(engine, plant)} events folded again"
    with writing(engine) as connection:
        note_folds(connection, replace(folds, is_done=True))


def refold_what_is_known_now(engine: Engine, plants: Sequence[str]) -> list[str]:
    """Book what was parked because an older program did not know it; return the plants that were folded again."""
    folded: list[str] = []
    for plant in plants:
        with reading(engine) as connection:
            known = _parked_and_known(connection, plant)
        if known:
            _log.warning("%s: %d parked events are known to this version; folding again", plant, known)
            refold(engine, plant)
            folded.append(plant)
    return folded


def _parked_and_known(connection: Connection, plant: str) -> int:
    """Return how many events are parked as unknown that this program could read."""
    own = dispositions.c
    query = (
        select(events.c.body)
        .join(dispositions, (own.plant == events.c.plant) & (own.position == events.c.position))
        .where(own.plant == plant, own.state == "parked", own.code == "unknown_event")
    )
    envelopes = (open_entry(bytes(body)).envelope for body in connection.execute(query).scalars())
    return sum(is_known(envelope.type, envelope.schema) for envelope in envelopes)
