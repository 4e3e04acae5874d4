"""A person's own pay for the kiosk where they stand: made when it is asked for, and kept nowhere else.

The hub gives it only to the kiosk at which that person was the last to sign on, as the kiosk's own log says: whoever
looks at somebody's pay leaves their sign-on behind. Asked sooner than that was booked, it says to ask again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, and_, func, select

from domain.names import Names
from domain.pay_sheet import ENTRIES_MAX, ContestSaid, OperationPay, PayEntry, PayFigures, PaySheet
from hub.calendar import zone_of
from hub.month_counts import Month, month_of_plant, records
from hub.pay_entries import Entry, entries_of
from hub.payroll import PayrollQuery, payroll_page
from hub.piece_sums import PieceSum, piece_sums
from hub.store.production_tables import job_shares, jobs, pay_lines
from hub.store.tables import kiosks


class _Named(msgspec.Struct, frozen=True):
    names: Names = Names()


def stands_at(connection: Connection, plant: str, device: str) -> str:
    """Return who signed on last at a kiosk and has not signed off, as far as that is booked."""
    held = kiosks.c
    asked = select(held.operator).where(held.plant == plant, held.device == device)
    return connection.execute(asked).scalar() or ""


def pay_sheet(
    connection: Connection, plant: str, person: str, now: datetime, *, sees_money: bool
) -> PaySheet:
    """Return somebody's pay of today and of this month."""
    day = now.astimezone(ZoneInfo(zone_of(connection, plant))).date()
    period = day.isoformat()[:7]
    month = month_of_plant(connection, plant, period)
    rows = payroll_page(connection, plant, PayrollQuery(period=period, person=person), now).rows
    row = rows[0] if rows and sees_money else None
    entries = entries_of(connection, plant, period, person)[:ENTRIES_MAX]
    return PaySheet(
        person=person,
        period=period,
        day=day,
        hub_time=now,
        operations=_operations(connection, month, person, day, sees_money=sees_money),
        entries=tuple(_entry(one, sees_money=sees_money) for one in entries),
        bonuses=(row.bonuses or ()) if row else (),
        total=row.total if row else None,
    )


def _operations(
    connection: Connection, month: Month, person: str, day: date, *, sees_money: bool
) -> tuple[OperationPay, ...]:
    line = pay_lines.c
    mine = [line.plant == month.plant, line.person == person]
    paid_today = _sums(connection, month, [*mine, line.day == day.isoformat()])
    paid_month = _sums(connection, month, [*mine, line.period == month.period])
    done_today = _done(connection, month, person, day, day)
    done_month = _done(connection, month, person, month.first, month.last)
    codes = sorted({*paid_today, *paid_month, *done_today, *done_month})
    named = records(connection, month.plant, "operation", codes, _Named)
    return tuple(
        OperationPay(
            operation=code,
            names=named[code].names if code in named else Names(zh=code, en=code),
            today=_figures(paid_today.get(code), done_today.get(code), sees_money=sees_money),
            month=_figures(paid_month.get(code), done_month.get(code), sees_money=sees_money),
        )
        for code in codes
    )


def _sums(connection: Connection, month: Month, where: Sequence[Any]) -> Mapping[str, PieceSum]:
    found = piece_sums(connection, month.plant, [pay_lines.c.operation], where)
    return {one.key[0]: one for one in found}


def _done(
    connection: Connection, month: Month, person: str, first: date, last: date
) -> Mapping[str, tuple[int, int]]:
    """Return, by operation, pieces of jobs finished in these days that wait to be paid, and their jobs' seconds."""
    share, job = job_shares.c, jobs.c
    waiting = share.pieces - share.returned - share.paid
    asked = (
        select(share.operation, func.sum(waiting), func.sum(job.seconds))
        .join(jobs, and_(job.plant == share.plant, job.job == share.job))
        .where(
            share.plant == month.plant,
            share.person == person,
            share.finished_at >= month.begins_at(first),
            share.finished_at < month.begins_at(last + timedelta(days=1)),
        )
        .group_by(share.operation)
    )
    return {code: (int(waits), int(seconds)) for code, waits, seconds in connection.execute(asked)}


def _figures(paid: PieceSum | None, done: tuple[int, int] | None, *, sees_money: bool) -> PayFigures:
    waiting, seconds = done or (0, 0)
    return PayFigures(
        good=paid.came if paid else 0,
        back=paid.back if paid else 0,
        waiting=max(0, waiting),
        seconds=seconds,
        amount=paid.amount if paid and sees_money else None,
    )


def _entry(one: Entry, *, sees_money: bool) -> PayEntry:
    said = one.contest
    return PayEntry(
        job=one.job,
        bundle=one.bundle,
        operation=one.operation,
        day=date.fromisoformat(one.day),
        pieces=one.pieces,
        back=one.back,
        unpriced=one.unpriced,
        amount=one.amount if sees_money else None,
        contest=ContestSaid(
            reason=said.reason, is_answered=bool(said.answered_at), answer=said.answer, pieces=said.pieces
        )
        if said
        else None,
    )
