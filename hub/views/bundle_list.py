"""Bundles as people ask for them: of an order, a colour and size, a lay, a dye lot; and what became of each."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from hub.store.production_tables import IS_STANDING, bundle_at, bundle_links, bundles
from hub.store.values import instant_of
from hub.views.page import Asked, Word, cut, decode_key, encode_key
from hub.views.stock import Plant, booked_position

State = Literal["", "in_process", "finished", "joined", "joined_in", "remade", "lost", "cut"]


class BundleQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which bundles are asked for. `finished`: nothing of it stands at an operation any more.

    `joined`: it became a part of something else; `joined_in`: it was made of such; `remade`: it was split or merged;
    `lost`: not all of its pieces are good; `cut`: it was cut, not made from other bundles.
    """

    plant: Plant = ""
    state: State = ""
    work_order: Word = ""
    colour: Word = ""
    size: Word = ""
    component: Word = ""
    lay: Word = ""
    shade: Word = ""


class BundleRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle: `pieces` it began with, `live` of them good or not told of yet, and so many `lost`."""

    bundle: str
    work_order: str
    colour: str
    size: str
    component: str
    shade: str
    lay: str
    unit: str
    pieces: int
    live: int
    lost: int
    closed: bool
    made_at: datetime | None
    position: int


class BundlePage(Struct, frozen=True, kw_only=True):
    """A page of bundles as of `position`."""

    plant: str
    position: int
    rows: tuple[BundleRow, ...]
    next: str = ""


def bundle_page(connection: Connection, plant: str, query: BundleQuery, _now: datetime) -> BundlePage:
    """Return a page of bundles by their serials. Raises CursorError."""
    held = bundles.c
    where: list[Any] = [held.plant == plant, *_in_state(plant, query)]
    where += [
        held[name] == getattr(query, name)
        for name in ("work_order", "colour", "size", "component", "lay", "shade")
        if getattr(query, name)
    ]
    asked = select(bundles).where(*where).order_by(held.serial).limit(query.limit + 1)
    if query.after:
        asked = asked.where(held.serial > decode_key(query.after, tuple[str])[0])
    rows, more = cut(connection.execute(asked).all(), query.limit)
    return BundlePage(
        plant=plant,
        position=booked_position(connection, plant),
        rows=tuple(_bundle(row) for row in rows),
        next=encode_key([rows[-1].serial]) if more else "",
    )


def _in_state(plant: str, query: BundleQuery) -> tuple[Any, ...]:
    held, at, link = bundles.c, bundle_at.c, bundle_links.c
    standing = select(at.serial).where(at.plant == plant, IS_STANDING)
    if query.work_order:
        standing = standing.where(at.work_order == query.work_order)
    joined = select(link.child).where(link.plant == plant, link.parent == held.serial, link.act == "joined")
    from_others = select(link.parent).where(link.plant == plant, link.child == held.serial)
    match query.state:
        case "in_process":
            return (~held.closed, held.serial.in_(standing))
        case "finished":
            return (~held.closed, held.serial.not_in(standing))
        case "joined":
            return (held.closed, joined.exists())
        case "joined_in":
            return (from_others.where(link.act == "joined").exists(),)
        case "remade":
            return (held.closed, ~joined.exists())
        case "lost":
            return (held.live < held.pieces,)
        case "cut":
            return (~from_others.exists(),)
        case _:
            return ()


def _bundle(row: Row[Any]) -> BundleRow:
    return BundleRow(
        bundle=row.serial,
        work_order=row.work_order,
        colour=row.colour,
        size=row.size,
        component=row.component,
        shade=row.shade,
        lay=row.lay,
        unit=row.unit,
        pieces=row.pieces,
        live=row.live,
        lost=row.pieces - row.live,
        closed=row.closed,
        made_at=instant_of(row.made_at),
        position=row.position,
    )
