"""A source of the change feed: rows that a kiosk gets once they have changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select

from domain.wire import Change

AnyRow = Row[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows that carry the position they last changed at.

    `is_of_places`: each lies at a `place`; `is_of_devices`: each comes from a document that a device opened (`maker`).
    """

    query: Select[*tuple[Any, ...]]
    read: Callable[[AnyRow], Change]
    is_of_places: bool = False
    is_of_devices: bool = False
