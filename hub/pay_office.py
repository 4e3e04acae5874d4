"""What the office does about pay: it closes months and fixes what people earned, and answers what they say is wrong."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import Connection, select

from domain.event import Event
from domain.events.quality import PayContestAnswered, PayLocked, PaySettled
from domain.month import is_month, month_of
from domain.pay import Pay
from hub.calendar import zone_of
from hub.office import Hand, Office, OrderError
from hub.payroll import PayrollRow, pay_of_month, periods_unsettled
from hub.rights.grants import person_of
from hub.rights.matrix import PAY_ACTS
from hub.store.production_tables import pay_contests, pay_periods
from hub.store.values import instant_text


class NothingToSettleError(OrderError):
    """No month is closed of which it is not fixed yet what people earned."""


class PayContest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line somebody says is wrong. `answer`, `pieces`: what came of it, once it is answered."""

    job: str
    person: str
    reason: str
    contested_at: str
    answered_at: str = ""
    answered_by: str = ""
    answer: str = ""
    pieces: int = 0


def contests_of(connection: Connection, plant: str, limit: int) -> tuple[PayContest, ...]:
    """Return what is contested, the open ones first, the oldest of each first."""
    held = pay_contests.c
    asked = (
        select(pay_contests)
        .where(held.plant == plant)
        .order_by(held.answered_at != "", held.contested_at, held.job, held.person)
        .limit(limit)
    )
    return tuple(
        PayContest(
            job=row.job,
            person=row.person,
            reason=row.reason,
            contested_at=row.contested_at,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            answer=row.answer,
            pieces=row.pieces,
        )
        for row in connection.execute(asked)
    )


def close_pay(office: Office, plant: str, hand: Hand, period: str, now: datetime) -> bool:
    """Close a month of pay, with every one before, and fix what people earned; tells whether it is booked already.

    Raises OrderError where it is not over, or closed; StoreBusyError.
    """

    def facts(connection: Connection) -> Sequence[Event]:
        _see_that_entitled(connection, plant, hand, "close")
        if not is_month(period) or period >= month_of(instant_text(now), zone_of(connection, plant)):
            raise OrderError("pay.refused.not_over")
        held = pay_periods.c
        asked = select(held.period).where(held.plant == plant, held.period >= period).limit(1)
        if connection.execute(asked).first() is not None:
            raise OrderError("pay.refused.closed")
        return [PayLocked(period=period)]

    if not office.write(plant, hand, facts):
        return False
    try:
        return settle_pay(office, plant, hand, now)
    except NothingToSettleError:  # a month in which nobody was paid by the piece
        return True


def settle_pay(office: Office, plant: str, hand: Hand, now: datetime) -> bool:
    """Fix what everybody earned in the months that are closed, once nothing can be added to them any more.

    It comes after the closing is booked: what was being booked meanwhile is in it. Tells whether it is booked already.
    Raises NothingToSettleError, OrderError, StoreBusyError.
    """

    def facts(connection: Connection) -> Sequence[Event]:
        _see_that_entitled(connection, plant, hand, "settle")
        settled = [
            PaySettled(period=period, person=row.person, pay=_pay_of(row))
            for period in periods_unsettled(connection, plant)
            for row in pay_of_month(connection, plant, period, now)
        ]
        if not settled:
            raise NothingToSettleError("pay.refused.settled")
        return settled

    return office.write(plant, hand, facts)


def _pay_of(row: PayrollRow) -> Pay:
    zero = Decimal(0)
    return Pay(
        pieces=row.pieces,
        base=row.base or zero,
        bonuses=row.bonuses or (),
        total=row.total or zero,
        unpriced=row.unpriced,
    )


def answer_contest(office: Office, plant: str, hand: Hand, answered: PayContestAnswered) -> bool:
    """Answer a contested line: it stands, or so many pieces more are the worker's; tells whether it is booked already.

    Raises OrderError where nothing is open, or no reason is given; StoreBusyError.
    """

    def facts(connection: Connection) -> Sequence[Event]:
        _see_that_entitled(connection, plant, hand, "answer")
        held = pay_contests.c
        asked = select(held.answered_at).where(
            held.plant == plant, held.job == answered.job, held.person == answered.person
        )
        if connection.execute(asked).scalar() != "":
            raise OrderError("pay.refused.not_contested")
        if not answered.reason.strip():
            raise OrderError("pay.refused.reason")
        return [answered]

    return office.write(plant, hand, facts)


def _see_that_entitled(connection: Connection, plant: str, hand: Hand, act: str) -> None:
    person = person_of(connection, plant, hand.person)
    if person is None or PAY_ACTS[act] not in person.all_rights:
        raise OrderError("desk.refused.no_right")
