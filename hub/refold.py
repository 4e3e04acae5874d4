"""Folding the ledger again because this program knows more than the one before it; kiosks begin afresh afterwards."""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, select

from domain.event import is_known
from domain.log import open_entry
from hub.projector import rebuild
from hub.store.database import generation_of, reading, set_generation, writing
from hub.store.tables import dispositions, events, withheld

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
