"""Events: facts in the past tense. The folder `events/` holds them and is the registry."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

import domain.events

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the fact of one schema version into the next; given and returned as plain data."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened. Schemas only grow; what an old version lacks, `upcasts` supplies.

    `upcasts[n]` turns version n into n + 1.
    """

    schema: ClassVar[int] = 1
    upcasts: ClassVar[Mapping[int, Upcast]] = {}


class UnknownEventError(ValueError):
    """The event's type or schema is newer than this software: keep the bytes, park the event."""


@cache
def event_types() -> Mapping[str, type[Event]]:
    """Return every event class of the folder by its name, which is its name on the wire."""
    for module in pkgutil.iter_modules(domain.events.__path__):
        importlib.import_module(f"domain.events.{module.name}")
    return {kind.__name__: kind for kind in sorted(Event.__subclasses__(), key=lambda kind: kind.__name__)}


@cache
def _decoder(name: str) -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(event_types()[name])


def is_known(name: str, schema: int) -> bool:
    """Tell whether this software reads events of that type and schema."""
    kind = event_types().get(name)
    return kind is not None and 1 <= schema <= kind.schema


def decode_event(name: str, schema: int, fact: bytes | msgspec.Raw) -> Event:
    """Return the event a fact's bytes say.

    Raises UnknownEventError for a type or schema this software does not know, msgspec.ValidationError (a ValueError)
    for a fact that is not of its type's shape.
    """
    kind = event_types().get(name)
    if kind is None or schema > kind.schema or schema < 1:
        message = f"event {name} schema {schema} is not known to this version"
        raise UnknownEventError(message)
    if schema == kind.schema:
        return _decoder(name).decode(fact)
    data: dict[str, Any] = msgspec.json.decode(fact, type=dict[str, Any])
    for version in range(schema, kind.schema):
        data = kind.upcasts[version](data)
    return msgspec.convert(data, kind)
