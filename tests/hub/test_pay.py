"""Pay by the piece: at the price of the day, once for each piece, taken back exactly as it was paid (law L8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.bundle import BundleSerial, split
from domain.events.quality import PayContestAnswered, PayContested, PayLocked
from domain.handoff import Verdict
from domain.names import Names
from domain.pay import PaidOn, PiecePrice
from domain.staff import Person
from hub.office import Hand, Office, OrderError
from hub.pay_office import answer_contest, close_pay, contests_of
from hub.pay_rule import keep_pay_rule
from hub.store.database import reading, writing
from hub.store.production_tables import job_shares, pay_contests, pay_lines
from hub.store.reference import Record, write_records
from hub.store.tables import dispositions
from hub.views.piece_rate import PieceRateQuery, piece_rate_page
from tests.hub.floor import CHEN, HEM, LI, PACK, SEW, WANG, ZHAO, Floor, bundle, made
from tests.hub.plant import P
from tests.hub.production_laws import broken_laws


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    floor = Floor(database_url)
    priced(floor, SEW, "0.30", "2026-01-01")
    priced(floor, HEM, "0.20", "2026-01-01", order="WO1")
    yield floor
    assert broken_laws(floor) == {}
    before = floor.everything()
    floor.rebuilds()
    assert floor.everything() == before
    floor.close()


def priced(floor: Floor, operation: str, price: str, valid_from: str, **rest: Any) -> None:
    body = PiecePrice(
        operation=operation, price=Decimal(price), valid_from=date.fromisoformat(valid_from), **rest
    )
    key = f"{operation}-{valid_from}"
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, [Record(kind="piece_price", key=key, body=body)])


def lines(floor: Floor) -> list[tuple[str, str, int, str]]:
    return [
        (row["person"], row["operation"], row["pieces"], price_of(row["price"]))
        for row in floor.rows(pay_lines)
    ]


def price_of(micros: int | None) -> str:
    return "" if micros is None else f"{Decimal(micros) / 10**6:.2f}"


def earned(floor: Floor) -> dict[str, Decimal]:
    with reading(floor.engine) as connection:
        page = piece_rate_page(connection, P, PieceRateQuery(), floor.clock.now())
    found: dict[str, Decimal] = {}
    for row in page.rows:
        found[row.person] = found.get(row.person, Decimal(0)) + (row.amount or 0)
    return found


def test_good_pieces_are_paid_at_the_price_of_the_day(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    job = floor["H1"].starts(one, 20, WANG, ZHAO, accepts=(SEW,))
    floor["H1"].finishes(job, one, shares={WANG: 8, ZHAO: 10}, good=18, scrap=2)
    floor.hears("C1", "S1", "H1")
    assert lines(floor) == [
        (LI, SEW, 20, "0.30"),
        (WANG, HEM, 8, "0.20"),
        (ZHAO, HEM, 10, "0.20"),
    ]
    assert {row["day"] for row in floor.rows(pay_lines)} == {"2026-11-22"}
    assert {row["period"] for row in floor.rows(pay_lines)} == {"2026-11"}
    assert earned(floor) == {LI: Decimal("6.00"), WANG: Decimal("1.60"), ZHAO: Decimal("2.00")}


def test_what_comes_back_is_taken_back_at_its_own_price_and_paid_anew_at_the_new_one(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    floor.hears("C1", "S1")
    priced(floor, SEW, "0.40", "2026-11-01")
    floor["H1"].judges(one, SEW, Verdict.REJECT)
    floor.hears("H1")
    floor["S1"].does(one, CHEN)
    floor.hears("S1")
    assert lines(floor) == [(LI, SEW, 20, "0.30"), (LI, SEW, -20, "0.30"), (CHEN, SEW, 20, "0.40")]
    assert earned(floor) == {LI: 0, CHEN: Decimal("8.00")}


def test_a_finish_taken_back_leaves_nothing_paid_and_a_second_claim_is_paid_nothing(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    job = floor["S1"].does(one, LI)
    floor["S1"].undoes(job, one, "finish")
    floor["S1"].finishes(job, one, good=19, missing=1)
    floor["S2"].does(one, CHEN)
    floor.hears("C1", "S1", "S2")
    assert [pieces for _, _, pieces, _ in lines(floor)] == [20, -20, 19]
    assert earned(floor) == {LI: Decimal("5.70")}


def test_where_pay_waits_for_acceptance_it_comes_with_the_next_check_in(floor: Floor) -> None:
    keep_pay_rule(floor.engine, floor.log, [P], PaidOn.ACCEPTANCE)
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    floor.hears("C1", "S1")
    assert lines(floor) == []
    job = floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor.hears("H1")
    assert lines(floor) == [(LI, SEW, 20, "0.30")]
    floor["H1"].undoes(job, one, "start")
    floor.hears("H1")
    assert [pieces for _, _, pieces, _ in lines(floor)] == [20, -20]
    floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor["H1"].judges(one, SEW, Verdict.ACCEPT, accepted=20, job="H1W000002")
    floor.hears("H1")
    assert [pieces for _, _, pieces, _ in lines(floor)] == [20, -20, 20], "said twice is paid once"


def test_the_last_operation_has_no_customer_and_is_paid_on_its_finish(floor: Floor) -> None:
    keep_pay_rule(floor.engine, floor.log, [P], PaidOn.ACCEPTANCE)
    garment = bundle("B1", component="garment")
    floor["C1"].cuts(garment)
    floor["P9"].does(garment, LI)
    floor.hears("C1", "P9")
    assert [(person, operation) for person, operation, _, _ in lines(floor)] == [(LI, PACK)]


def test_a_part_sent_back_takes_exactly_that_part(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    job = floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor["H1"].judges(one, SEW, Verdict.PART, accepted=18, job=job)
    kept, back = made(split(one, ((BundleSerial("B2"), 18), (BundleSerial("B3"), 2))))
    floor["H1"].remakes("split", (one,), kept, msgspec.structs.replace(back, sent_back_to=SEW))
    floor.hears("C1", "S1", "H1")
    floor["S1"].does(back, ZHAO)
    floor.hears("S1")
    assert lines(floor) == [(LI, SEW, 20, "0.30"), (LI, SEW, -2, "0.30"), (ZHAO, SEW, 2, "0.30")]


def test_pieces_without_a_price_are_kept_and_come_to_something_once_there_is_one(floor: Floor) -> None:
    one = bundle("B1", component="garment")
    floor["C1"].cuts(one)
    floor["P9"].does(one, LI)
    floor.hears("C1", "P9")
    assert lines(floor) == [(LI, PACK, 20, "")]
    with reading(floor.engine) as connection:
        (row,) = piece_rate_page(connection, P, PieceRateQuery(), floor.clock.now()).rows
    assert (row.pieces, row.unpriced, row.amount) == (20, 20, Decimal(0))
    priced(floor, PACK, "0.05", "2026-11-01", style="S1")
    with reading(floor.engine) as connection:
        (row,) = piece_rate_page(connection, P, PieceRateQuery(), floor.clock.now()).rows
    assert (row.pieces, row.unpriced, row.amount) == (20, 0, Decimal("1.00"))


def test_a_closed_month_is_not_added_to_and_only_the_office_closes_one(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["C1"].says(PayLocked(period="2026-11"))
    floor.hears("C1")
    assert [row["code"] for row in floor.rows(dispositions)] == ["bad_fact"]
    office(floor, PayLocked(period="2026-11"))
    floor["S1"].does(one)
    floor.hears("S1")
    assert [row["period"] for row in floor.rows(pay_lines)] == ["2026-12"]


def test_a_contested_line_is_answered_and_pieces_change_hands_within_the_job(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    job = floor["S1"].starts(one, 20, LI, ZHAO)
    floor["S1"].finishes(job, one, shares={LI: 15, ZHAO: 5}, good=20)
    floor["S1"].says(PayContested(job=job, person=ZHAO, reason="ten were mine"), operator=ZHAO)
    floor.hears("C1", "S1")
    office(floor, PayContestAnswered(job=job, person=ZHAO, reason="counted again", pieces=5))
    assert {row["person"]: row["pieces"] for row in floor.rows(job_shares)} == {LI: 10, ZHAO: 10}
    assert earned(floor) == {LI: Decimal("3.00"), ZHAO: Decimal("3.00")}
    (contest,) = floor.rows(pay_contests)
    assert (contest["pieces"], contest["answered_by"], contest["answer"]) == (5, "1002", "counted again")


def test_the_office_answers_and_closes_only_what_is_there_to_answer_and_over(floor: Floor) -> None:
    chief = Person(number="1002", names=Names(zh="周"), rights=("pay.close", "pay.answer"))
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, [Record(kind="person", key="1002", body=chief)])
    one, later = bundle("B1"), floor.clock.now() + timedelta(days=30)
    floor["C1"].cuts(one)
    job = floor["S1"].starts(one, 20, LI, ZHAO)
    floor["S1"].finishes(job, one, good=20)
    floor["S1"].says(PayContested(job=job, person=ZHAO, reason="more were mine"), operator=ZHAO)
    floor.hears("C1", "S1")
    with reading(floor.engine) as connection:
        assert [(one.job, one.answered_at) for one in contests_of(connection, P, 9)] == [(job, "")]
    desk, hand = desk_of(floor), Hand(person="1002")
    stands = PayContestAnswered(job=job, person=ZHAO, reason="counted again")
    assert refusal(lambda: answer_contest(desk, P, Hand(person=LI), stands)) == "desk.refused.no_right"
    assert answer_contest(desk, P, hand, stands)
    assert refusal(lambda: answer_contest(desk, P, hand, stands)) == "pay.refused.not_contested"
    assert refusal(lambda: close_pay(desk, P, hand, "2026-11", floor.clock.now())) == "pay.refused.not_over"
    assert close_pay(desk, P, hand, "2026-11", later)
    assert refusal(lambda: close_pay(desk, P, hand, "2026-10", later)) == "pay.refused.closed"
    assert earned(floor) == {LI: Decimal("3.00"), ZHAO: Decimal("3.00")}


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(OrderError) as caught:
        act()
    return caught.value.key


def test_the_question_asks_by_person_day_and_month(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    floor["H1"].does(one, WANG, accepts=(SEW,))
    floor.hears("C1", "S1", "H1")

    def asked(**query: Any) -> list[tuple[str, str, str, int]]:
        with reading(floor.engine) as connection:
            page = piece_rate_page(connection, P, PieceRateQuery(**query), floor.clock.now())
        return [(row.person, row.day, row.operation, row.pieces) for row in page.rows]

    both = [(WANG, "2026-11-22", HEM, 20), (LI, "2026-11-22", SEW, 20)]
    assert asked() == asked(period="2026-11") == both
    assert asked(person=LI) == both[1:]
    assert asked(period="2026-10") == asked(since="2026-11-23") == asked(until="2026-11-21") == []
    assert asked(limit=1) == both[:1]


def office(floor: Floor, event: Any) -> None:
    """Let the office say something, in the hub's own log."""
    assert desk_of(floor).write(P, Hand(person="1002"), lambda _connection: [event])


def desk_of(floor: Floor) -> Office:

    class Books:
        def position(self, plant: str) -> int:
            return floor.books()

    return Office(floor.engine, floor.ingest, Books(), floor.clock)
