"""The discrepancy desk as a page asks for it: the list with its filters, and one with everything that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, and_, func, or_, select, tuple_

from domain.quantity import Quantity
from hub.exception import ROLE_PREFIX, Act, ExceptionKind, exception_kind, exception_kinds, first_owner
from hub.store import tables
from hub.store.values import instant_of, instant_text
from hub.views.page import cut, decode_key, encode_key
from hub.views.stock import booked_position, quantity_of

ROWS_SHOWN = 60
VERY_LATE_TIMES = 3
"""This many times its time is very late."""
ONE_EVENT = 10**6

Lateness = Literal["fresh", "late", "very_late", "settled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskQuery:
    """Which discrepancies the desk shows; empty: all that are open, the oldest first."""

    kind: str = ""
    owner: str = ""
    late: bool = False
    settled: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """One discrepancy as the desk shows it. `times`: how many events, where that is what its amount counts."""

    id: str
    kind: str
    key: str
    owner: str
    lateness: Lateness
    opened_position: int
    position: int
    opened_at: datetime | None
    closed_at: datetime | None
    settled_position: int
    due: str
    quantity: Quantity | None
    times: int
    detail: Mapping[str, str]
    declared: ExceptionKind

    @property
    def acts(self) -> Sequence[Act]:
        """Return what may settle it; nothing, once it is closed."""
        return () if self.closed_at else self.declared.acts

    @property
    def may_be_reopened(self) -> bool:
        """Tell whether somebody settled it, so that it can be opened again."""
        return bool(self.settled_position) and not self.declared.is_register

    @property
    def code(self) -> str:
        """Return what its cause is told by within its kind."""
        return next(
            (self.detail[name] for name in ("code", "reason", "check", "state") if name in self.detail), ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """A page of the list as of `position`; counts are of all open ones."""

    position: int
    rows: Sequence[DeskRow]
    next: str
    open: int
    late: int
    oldest: datetime | None
    kinds: Sequence[tuple[str, int]]
    owners: Sequence[tuple[str, int]]
    matching: int


def desk_page(connection: Connection, plant: str, query: DeskQuery, now: datetime) -> DeskPage:
    """Return a page of the desk. Raises CursorError."""
    held = tables.discrepancies.c
    where = _where(plant, query, now)
    asked = select(tables.discrepancies).where(*where)
    order = (held.opened_at, held.id)
    if query.settled:
        order = (held.closed_at.desc(), held.id.desc())
    if query.after:
        key = decode_key(query.after, tuple[str, str])
        beyond = (
            tuple_(held.closed_at, held.id) < tuple_(*key) if query.settled else tuple_(*order) > tuple_(*key)
        )
        asked = asked.where(beyond)
    found = connection.execute(asked.order_by(*order).limit(ROWS_SHOWN + 1)).all()
    rows, more = cut(found, ROWS_SHOWN)
    last = rows[-1] if rows else None
    is_open = (held.plant == plant, held.closed_at.is_(None))
    kinds = select(held.kind, func.count()).where(*is_open).group_by(held.kind)
    owners = select(held.owner, func.count()).where(*is_open).group_by(held.owner)
    late = select(func.count()).where(*is_open, _is_late(now)).select_from(tables.discrepancies)
    by_kind = sorted(
        ((row[0], int(row[1])) for row in connection.execute(kinds)), key=lambda one: (-one[1], one[0])
    )
    matching = select(func.count()).where(*where).select_from(tables.discrepancies)
    return DeskPage(
        position=booked_position(connection, plant),
        rows=tuple(_row(row, now) for row in rows),
        next=encode_key([last.closed_at if query.settled else last.opened_at, last.id])
        if more and last
        else "",
        open=sum(count for _, count in by_kind),
        late=int(connection.execute(late).scalar_one()),
        oldest=instant_of(
            connection.execute(select(func.min(held.opened_at)).where(*is_open)).scalar() or ""
        ),
        kinds=by_kind,
        owners=sorted((row[0], int(row[1])) for row in connection.execute(owners)),
        matching=int(connection.execute(matching).scalar_one()),
    )


def matching_ids(
    connection: Connection, plant: str, query: DeskQuery, now: datetime, most: int
) -> Sequence[str]:
    """Return the ids of everything a filter lets through, at most `most` + 1."""
    held = tables.discrepancies.c
    asked = select(held.id).where(*_where(plant, query, now)).order_by(held.opened_position, held.id)
    return list(connection.execute(asked.limit(most + 1)).scalars())


def matching_rows(
    connection: Connection, plant: str, query: DeskQuery, now: datetime, most: int
) -> Sequence[DeskRow]:
    """Return everything a filter lets through, at most `most`."""
    held = tables.discrepancies.c
    asked = select(tables.discrepancies).where(*_where(plant, query, now)).order_by(held.opened_at, held.id)
    return [_row(row, now) for row in connection.execute(asked.limit(most))]


def desk_row(connection: Connection, plant: str, named: str, now: datetime) -> DeskRow | None:
    """Return one by its id."""
    held = tables.discrepancies.c
    asked = select(tables.discrepancies).where(held.plant == plant, held.id == named)
    row = connection.execute(asked).first()
    return _row(row, now) if row else None


def _where(plant: str, query: DeskQuery, now: datetime) -> list[Any]:
    held = tables.discrepancies.c
    where: list[Any] = [held.plant == plant]
    where.append(held.closed_at.is_not(None) if query.settled else held.closed_at.is_(None))
    if query.kind:
        where.append(held.kind == query.kind)
    if query.owner:
        where.append(held.owner == query.owner)
    if query.late and not query.settled:
        where.append(_is_late(now))
    return where


def _is_late(now: datetime) -> Any:
    """Return the condition that an open one is older than its kind may be, or beyond the date it was given."""
    held = tables.discrepancies.c
    declared = exception_kinds()
    by_kind = [
        and_(held.kind == kind.name, held.opened_at < _ago(now, kind.late_h)) for kind in declared.values()
    ]
    other = and_(held.kind.not_in([*declared]), held.opened_at < _ago(now, exception_kind("").late_h))
    is_given = held.due != ""
    return or_(and_(is_given, held.due < now.date().isoformat()), and_(held.due == "", or_(*by_kind, other)))


def _ago(now: datetime, hours: int) -> str:
    return instant_text(now - timedelta(hours=hours))


def _row(row: Row[Any], now: datetime) -> DeskRow:
    declared = exception_kind(row.kind)
    opened_at, closed_at = instant_of(row.opened_at), instant_of(row.closed_at or "")
    plain: dict[str, Any] = msgspec.json.decode(row.detail_json or "{}", type=dict[str, Any])
    return DeskRow(
        id=row.id,
        kind=row.kind,
        key=row.key,
        owner=row.owner or first_owner(row.kind, "", ""),
        lateness="settled" if closed_at else _lateness(declared, row.due, opened_at, now),
        opened_position=row.opened_position,
        position=row.position,
        opened_at=opened_at,
        closed_at=closed_at,
        settled_position=row.settled_position,
        due=row.due,
        quantity=quantity_of(row.amount, row.unit),
        times=row.amount // ONE_EVENT if declared.counts_events else 0,
        detail={name: str(value) for name, value in plain.items()},
        declared=declared,
    )


def _lateness(declared: ExceptionKind, due: str, opened_at: datetime | None, now: datetime) -> Lateness:
    if due:
        return "very_late" if due < now.date().isoformat() else "fresh"
    age = now - opened_at if opened_at else timedelta()
    if age > VERY_LATE_TIMES * timedelta(hours=declared.late_h):
        return "very_late"
    return "late" if age > timedelta(hours=declared.late_h) else "fresh"


def is_role(owner: str) -> bool:
    """Tell whether an owner is a role, not a person or a kiosk."""
    return owner.startswith(ROLE_PREFIX)
