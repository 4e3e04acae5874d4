"""What a plant decides by, kept with the reference data: one record of a kind, for the hub alone; kiosks do not get it.

A setting alone would not do: changed, it would book what happened long ago in another way at the next rebuild. What
stands here holds from the position it was written at.
"""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, select

from hub.store.database import writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import reference

Rule = TypeVar("Rule", bound=Struct)


def rule_of(connection: Connection, plant: str, kind: str, form: type[Rule]) -> Rule | None:
    """Return what a plant decides by now; None where nobody said."""
    held = reference.c
    asked = select(held.body_json).where(held.plant == plant, held.kind == kind, held.key == "")
    body = connection.execute(asked).scalar()
    return msgspec.json.decode(body, type=form) if body else None


def keep_rule(engine: Engine, log: EventLog, plants: Sequence[str], kind: str, rule: Struct) -> None:
    """Write down what plants decide by; nothing is written where it is known. Raises StoreError."""
    for plant in plants:
        with writing(engine) as connection:
            write_records(connection, log, plant, [Record(kind=kind, key="", body=rule)])
