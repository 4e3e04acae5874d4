"""The journal of movements, newest first, by whatever they are asked for: each opens to its document and its scan."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select, tuple_

from hub.registers import TRAILS, extent_of
from hub.store.tables import movements, trails
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.stock import MovementRow, Plant, movement_row

COUNTED_MAX = 10_000
"""A trail longer than this is as good as any other of its length."""
PIECE_GROWS, PIECE_MAX = 4, 4_000
"""Events of a trail looked at in one go: more and more, where few of them are what is asked for."""

Period = Annotated[
    str, Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="A month, `2026-11`; empty: all.")
]


class JournalQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which movements are asked for; empty: all of them. `place` is where they came from or went to."""

    plant: Plant = ""
    item: Word = ""
    lot: Word = ""
    place: Word = ""
    document: Word = ""
    type: Word = ""
    person: Word = ""
    period: Period = ""
    handling_unit: Word = ""


class JournalPage(Struct, frozen=True, kw_only=True):
    """A page of movements as of `position`."""

    plant: str
    position: int
    rows: tuple[MovementRow, ...]
    next: str = ""


Mark = tuple[str, str]
"""A kind of trail, and which of that kind."""

_KIND_OF: Mapping[str, str] = {"handling_unit": "unit"}
"""What a trail is called, where it is not called as it is asked for."""


def journal_page(connection: Connection, plant: str, query: JournalQuery) -> JournalPage:
    """Return a page of movements, newest first. Raises CursorError."""
    held = movements.c
    extent = extent_of(connection, plant)
    named = {_KIND_OF.get(name, name): wanted for name in _ASKED if (wanted := getattr(query, name))}
    where: list[ColumnElement[bool]] = [held.plant == plant, *(_is(kind, one) for kind, one in named.items())]
    top = extent.through
    if query.after:
        position, number = decode_key(query.after, tuple[int, int])
        where.append(tuple_(held.position, held.number) < tuple_(position, number))
        top = min(top, position)
    wanted = query.limit + 1
    found: list[Row[Any]] = []
    if top > extent.registered:
        found += connection.execute(_beside(where, extent.registered if named else 0, top, wanted)).all()
    if named and len(found) < wanted:
        by = _shortest(connection, plant, named)
        found += _along(
            connection, plant, (by, named[by]), where, min(top, extent.registered), wanted - len(found)
        )
    elif not named and top <= extent.registered:
        found += connection.execute(_beside(where, 0, top, wanted)).all()
    rows, more = cut(found, query.limit)
    return JournalPage(
        plant=plant,
        position=extent.through,
        rows=tuple(movement_row(row) for row in rows),
        next=encode_key([rows[-1].position, rows[-1].number]) if more else "",
    )


_ASKED = ("item", "lot", "place", "document", "type", "person", "period", "handling_unit")


def _is(kind: str, wanted: str) -> ColumnElement[bool]:
    return or_(*(movements.c[column] == wanted for column in TRAILS[kind]))


def _beside(where: list[ColumnElement[bool]], after: int, top: int, limit: int) -> Select[Any]:
    """Read the journal itself, from its end."""
    held = movements.c
    asked = select(movements).where(*where, held.position > after, held.position <= top)
    return asked.order_by(held.position.desc(), held.number.desc()).limit(limit)


def _along(  # noqa: PLR0917 (one question's parts)
    connection: Connection, plant: str, mark: Mark, where: list[ColumnElement[bool]], top: int, limit: int
) -> list[Row[Any]]:
    """Follow a trail from its end, piece by piece: first which events, then what of them is asked for.

    One question for both would leave it to the database which it begins with. SQLite, which knows nothing of how many
    rows there are, begins with the journal and reads all of it.
    """
    held, found, piece = movements.c, list[Row[Any]](), limit
    while len(found) < limit:
        positions = connection.execute(_marked(plant, mark, top, piece)).scalars().all()
        asked = select(movements).where(*where, held.position.in_(positions))
        ordered = asked.order_by(held.position.desc(), held.number.desc())
        found += connection.execute(ordered.limit(limit - len(found))).all()
        if len(positions) < piece:
            break
        top, piece = positions[-1] - 1, min(piece * PIECE_GROWS, PIECE_MAX)
    return found


def _marked(plant: str, mark: Mark, top: int, limit: int) -> Select[Any]:
    """Return the next events of a trail, the newest first."""
    trail, (kind, key) = trails.c, mark
    asked = select(trail.position).where(
        trail.plant == plant, trail.kind == kind, trail.key == key, trail.position <= top
    )
    return asked.order_by(trail.position.desc()).limit(limit)


def _shortest(connection: Connection, plant: str, named: Mapping[str, str]) -> str:
    """Return by which of several things the fewest movements need be looked at."""
    if len(named) == 1:
        return next(iter(named))
    lengths: dict[str, int] = {}
    trail = trails.c
    for kind, key in named.items():
        some = select(trail.position).where(trail.plant == plant, trail.kind == kind, trail.key == key)
        counted = select(func.count()).select_from(some.limit(COUNTED_MAX).subquery())
        lengths[kind] = int(connection.execute(counted).scalar_one())
    return min(lengths, key=lambda kind: lengths[kind])
