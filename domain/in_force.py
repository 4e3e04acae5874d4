"""What holds on a day: of records that each hold from a day on, the newest that was in force then. Pure.

One for a later day never reaches back.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """Something that holds from a day on."""

    @property
    def valid_from(self) -> date: ...


D = TypeVar("D", bound=Dated)


def newest_in_force(records: Iterable[D], day: date, rank: Callable[[D], Any] = lambda _one: 0) -> D | None:
    """Return the record that holds on a day; None where none does yet. `rank`: what counts before newness."""
    begun = (one for one in records if one.valid_from <= day)
    return max(begun, key=lambda one: (rank(one), one.valid_from), default=None)
