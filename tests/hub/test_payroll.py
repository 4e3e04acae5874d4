"""The payroll: bonuses by the declared formula to the cent, fixed when a month is closed; and a worker's own sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from domain.events.quality import PayContestAnswered, PayContested, PaySettled
from domain.handoff import Verdict
from domain.names import Names
from domain.pay import Band, BonusRule, Measure, PaidOn, Pay
from domain.staff import Person
from hub.office import Hand, OrderError
from hub.pay_office import answer_contest, close_pay, settle_pay
from hub.pay_rule import keep_pay_rule
from hub.pay_sheet import pay_sheet
from hub.payroll import PayrollQuery, PayrollRow, pay_of_month, payroll_page, periods_unsettled
from hub.store.database import reading, writing
from hub.store.production_tables import job_shares, pay_lines
from hub.store.reference import Record, write_records
from hub.store.tables import dispositions
from tests.hub.floor import CHEN, HEM, LI, SEW, WANG, ZHAO, Floor, bundle
from tests.hub.plant import P
from tests.hub.test_pay import desk_of, priced

MONTH, CHIEF = "2026-11", Hand(person="1002")
RULES = (
    BonusRule(
        name="quality",
        measure=Measure.RFT,
        bands=(
            Band(least=Decimal(90), percent=Decimal(3)),
            Band(least=Decimal(97), percent=Decimal("7.5")),
        ),
        pieces_min=20,
    ),
    BonusRule(
        name="attendance",
        measure=Measure.PRESENCE,
        bands=(Band(least=Decimal(100), percent=Decimal("1.25")),),
    ),
)


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    floor = Floor(database_url)
    priced(floor, SEW, "0.333", "2026-01-01")
    priced(floor, HEM, "0.217", "2026-01-01")
    keep_pay_rule(floor.engine, floor.log, [P], PaidOn.FINISH, RULES)
    chief = Person(number="1002", names=Names(zh="周"), rights=("pay.close", "pay.answer"))
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, [Record(kind="person", key="1002", body=chief)])
    yield floor
    before = floor.everything()
    floor.rebuilds()
    assert floor.everything() == before
    floor.close()


def payroll(floor: Floor, period: str = MONTH) -> dict[str, PayrollRow]:
    with reading(floor.engine) as connection:
        return {row.person: row for row in pay_of_month(connection, P, period, floor.clock.now())}


def worked(floor: Floor) -> None:
    """Two days: Li sews three bundles, one comes back and Chen does it again; Wang and Zhao hem two together."""
    first, second, third = bundle("B1"), bundle("B2"), bundle("B3")
    for station in ("C1", "S1", "H1", "S2"):
        floor[station].told = -24 * 3600
    floor["C1"].cuts(first, second, third)
    for one in (first, second, third):
        floor["S1"].does(one, LI)
    floor["H1"].judges(second, SEW, Verdict.REJECT)
    floor["S2"].does(second, CHEN)
    for one in (first, second):
        job = floor["H1"].starts(one, 20, WANG, ZHAO, accepts=(SEW,))
        floor["H1"].finishes(job, one, shares={WANG: 13, ZHAO: 7}, good=20)
    floor.hears("C1", "S1", "H1", "S2")
    floor["H1"].told = 0
    job = floor["H1"].starts(third, 20, WANG, accepts=(SEW,))
    floor["H1"].finishes(job, third, good=20)
    floor.hears("H1")


def recomputed(floor: Floor) -> dict[str, Decimal]:
    """Work the month out again from the bare tables, by hand and in another way than the hub does."""
    base: dict[str, Decimal] = defaultdict(Decimal)
    made: dict[str, int] = defaultdict(int)
    days: dict[str, set[str]] = defaultdict(set)
    for row in floor.rows(pay_lines):
        base[row["person"]] += row["pieces"] * Decimal(row["price"] or 0) / 10**6
        made[row["person"]] += row["pieces"]
        if row["pieces"] > 0:
            days[row["person"]].add(row["day"])
    good: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in floor.rows(job_shares):
        good[row["person"]][0] += row["pieces"]
        good[row["person"]][1] += row["returned"]
    totals: dict[str, Decimal] = {}
    for person, exact in base.items():
        pieces, returned = good[person]
        right = 1 - Decimal(returned) / pieces
        percent = Decimal(0)
        if made[person] >= 20 and exact > 0:
            percent += Decimal("7.5") if right >= Decimal("0.97") else 3 if right >= Decimal("0.9") else 0
        if len(days[person]) == len(set().union(*days.values())):
            percent += Decimal("1.25")
        totals[person] = (exact * (100 + percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return totals


def test_base_and_bonuses_are_right_to_the_cent_by_a_second_count(floor: Floor) -> None:
    worked(floor)
    found = payroll(floor)
    assert {person: row.total for person, row in found.items()} == recomputed(floor)
    # 40 of Li's 60 were right: no quality bonus; Wang was there on both days, 46 pieces, none came back
    assert found[LI].bonuses == ()
    assert (found[WANG].base, found[WANG].total) == (Decimal("9.982"), Decimal("10.86"))
    quality, attendance = [*(found[WANG].bonuses or ())]
    assert (quality.measured, quality.percent, quality.amount) == (100, Decimal("7.5"), Decimal("0.74865"))
    assert (attendance.measure, attendance.measured) == (Measure.PRESENCE, 100)
    assert [one.name for one in found[CHEN].bonuses or ()] == ["quality"]
    assert found[ZHAO].bonuses == ()  # 14 pieces: too few to be judged by, and one day of two


def test_pages_of_the_payroll_are_cut_between_people(floor: Floor) -> None:
    worked(floor)
    with reading(floor.engine) as connection:
        now = floor.clock.now()
        page = payroll_page(connection, P, PayrollQuery(period=MONTH, limit=3), now)
        rest = payroll_page(connection, P, PayrollQuery(period=MONTH, limit=3, after=page.next), now)
        one = payroll_page(connection, P, PayrollQuery(period=MONTH, person=ZHAO), now)
    assert [row.person for row in (*page.rows, *rest.rows)] == sorted((LI, WANG, ZHAO, CHEN))
    assert (rest.next, [row.person for row in one.rows]) == ("", [ZHAO])


def test_a_closed_month_stays_what_it_was_whatever_is_declared_or_comes_later(floor: Floor) -> None:
    worked(floor)
    before = payroll(floor)
    desk, later = desk_of(floor), floor.clock.now() + timedelta(days=30)
    assert close_pay(desk, P, CHIEF, MONTH, later)
    keep_pay_rule(floor.engine, floor.log, [P], PaidOn.FINISH)
    floor["H1"].judges(bundle("B3"), SEW, Verdict.REJECT)
    late = bundle("B4")
    floor["C1"].cuts(late)
    floor["S1"].does(late, LI)
    floor.hears("H1", "C1", "S1")
    after = payroll(floor)
    assert all(row.position for row in after.values())
    assert {one: row.total for one, row in after.items()} == {one: row.total for one, row in before.items()}
    assert payroll(floor, "2026-12")[LI].pieces == 20
    with pytest.raises(OrderError, match=r"pay\.refused\.settled"):
        settle_pay(desk, P, CHIEF, later)


def test_only_the_office_settles_and_only_a_closed_month(floor: Floor) -> None:
    worked(floor)
    nothing = Pay(pieces=0, base=Decimal(0), bonuses=(), total=Decimal(0), unpriced=0)
    floor["S1"].says(PaySettled(period=MONTH, person=LI, pay=nothing), operator=LI)
    floor.hears("S1")
    assert desk_of(floor).write(P, CHIEF, lambda _: [PaySettled(period=MONTH, person=LI, pay=nothing)])
    refused = [row["code"] for row in floor.rows(dispositions) if row["code"] == "bad_fact"]
    assert len(refused) == 2
    with reading(floor.engine) as connection:
        assert periods_unsettled(connection, P) == []
    assert payroll(floor)[LI].position == 0


def test_a_worker_sees_today_and_the_month_and_what_came_of_a_contested_line(floor: Floor) -> None:
    worked(floor)
    job = next(row["job"] for row in floor.rows(job_shares) if row["person"] == ZHAO)
    floor["H1"].says(PayContested(job=job, person=ZHAO, reason="pieces"), operator=ZHAO)
    floor.hears("H1")
    stands = PayContestAnswered(job=job, person=ZHAO, reason="counted again", pieces=3)
    assert answer_contest(desk_of(floor), P, CHIEF, stands)
    now = floor.clock.now()
    with reading(floor.engine) as connection:
        mine = pay_sheet(connection, P, ZHAO, now, sees_money=True)
        lis = pay_sheet(connection, P, LI, now, sees_money=False)
    (hem,) = mine.operations
    assert (hem.operation, hem.month.good, hem.month.amount) == (HEM, 17, Decimal("3.689"))
    assert mine.total == payroll(floor)[ZHAO].total
    contested = next(one for one in mine.entries if one.job == job)
    assert contested.contest
    assert (contested.pieces, contested.contest.answer, contested.contest.pieces) == (10, "counted again", 3)
    (sew,) = lis.operations
    assert (sew.month.good, sew.month.back, sew.month.amount) == (60, 20, None)
    assert (lis.total, lis.bonuses, {one.amount for one in lis.entries}) == (None, (), {None})


def test_where_pay_waits_for_acceptance_the_worker_sees_what_waits(floor: Floor) -> None:
    keep_pay_rule(floor.engine, floor.log, [P], PaidOn.ACCEPTANCE)
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    floor.hears("C1", "S1")
    with reading(floor.engine) as connection:
        (sew,) = pay_sheet(connection, P, LI, floor.clock.now(), sees_money=True).operations
    assert (sew.month.good, sew.month.waiting) == (0, 20)
