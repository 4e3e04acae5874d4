"""Who asks: a person who signed on, a program with a token, or nobody in particular."""

from typing import cast

from flask import g
from msgspec import Struct

from domain.staff import Person
from hub.rights.sessions import Session


class Reader(Struct, frozen=True, kw_only=True):
    """Whoever a request comes from. `plant`: where these rights hold; empty for a token of every plant."""

    plant: str = ""
    rights: frozenset[str] = frozenset()
    person: Person | None = None
    session: Session | None = None
    token: str = ""
    must_change: bool = False

    @property
    def is_known(self) -> bool:
        """Tell whether it was proven who asks."""
        return self.person is not None or bool(self.token)

    def may(self, plant: str, right: str) -> bool:
        """Tell whether the reader has a right in a plant."""
        return right in self.rights and self.covers(plant)

    def covers(self, plant: str) -> bool:
        """Tell whether what the reader may do holds in a plant."""
        return self.is_known and self.plant in ("", plant)


NOBODY = Reader()


def reader() -> Reader:
    """Return whom the request in hand comes from."""
    return cast("Reader", g.get("reader", NOBODY))
