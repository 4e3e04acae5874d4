"""Next operation as customer, at the hub: who answers for what, silence, and a month's score computed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from domain.bundle import Bundle
from domain.events.production import HandoffJudged
from domain.events.quality import TicketActed, TicketOpened, UnitRated
from domain.handoff import Defect, Handoff, Leg, Rating, Verdict
from domain.quality_ticket import Act, Agree, Explain, Mend, Propose, Verify
from domain.route import OperationCode
from domain.score import Counted, Portion
from domain.score_watch import Oddity, at_least
from hub.escapes import chain
from hub.month_counts import escapes_of, month_of_plant
from hub.office import Hand, Office, OrderError
from hub.quality_rules import QualityRules, read_rules
from hub.scores import oddities, publish
from hub.store.database import reading
from hub.store.quality_tables import published_scores, quality_tickets
from hub.views.unanswered import unanswered
from tests.hub.chain import AFTER, CHECK, MONTH, NUMBER, RULES, WASH, Chain, cut
from tests.hub.floor import HEM, ORDER, PACK, SEW, STITCH, bundle
from tests.hub.plant import START, P
from tests.hub.production_laws import broken_laws


@dataclass
class Books:
    """Books what waits whenever somebody asks how far it is."""

    floor: Chain

    def position(self, plant: str) -> int:
        assert plant == P
        return self.floor.books()


@pytest.fixture
def floor(database_url: str) -> Iterator[Chain]:
    made = Chain(database_url)
    made.clock.goes_to(AFTER)
    yield made
    assert broken_laws(made) == {}
    before = made.everything()
    made.rebuilds()
    assert made.everything() == before
    made.close()


def opens(floor: Chain, one: Bundle, pieces: int = 3, origin: OperationCode = SEW) -> None:
    found = (Defect(code="skipped_stitch", pieces=pieces),)
    ticket = TicketOpened(
        ticket=NUMBER,
        finder="PACKING",
        due=date(2026, 11, 24),
        operation=PACK,
        origin=origin,
        bundle=one.serial,
        order=ORDER,
        defects=found,
    )
    floor["P9"].says(ticket, clock="synced", event_time=START + timedelta(hours=3))


def acts(floor: Chain, *done: tuple[Act, str]) -> None:
    for act, at in done:
        event_time = datetime.fromisoformat(f"{at}T09:00:00+00:00")
        floor["P9"].says(TicketActed(ticket=NUMBER, act=act), clock="synced", event_time=event_time)
    floor.hears("P9")


def test_an_escape_found_three_steps_later_is_shared_along_the_chain(floor: Chain) -> None:
    (one,) = cut(floor, "B1")
    floor.goes(one, SEW, HEM, CHECK, WASH, PACK)
    opens(floor, one)
    floor.hears("P9")
    with reading(floor.engine) as connection:
        row = connection.execute(quality_tickets.select()).one()
        shares = [(one.unit, one.people, one.share) for one in chain(connection, P, row, RULES.liability)]
    assert shares == [
        ("SEWING", ("1012",), Decimal("55.56")),
        ("HEMMING", ("1007",), Decimal("11.11")),
        ("CHECKING", ("1015",), Decimal("22.22")),  # whose work it is to see it
        ("WASHING", ("1021",), Decimal("11.11")),
    ]
    assert floor.counted("CHECKING").escapes == 0  # nobody has said yet whose it is
    due = date(2026, 11, 30)
    acts(
        floor,
        (Propose(by="PACKING", unit="SEWING", due=due), "2026-11-23"),
        (Agree(by="SEWING", due=due), "2026-11-23"),
    )
    assert [
        floor.counted(unit).escapes for unit in ("SEWING", "HEMMING", "CHECKING", "WASHING", "PACKING")
    ] == [
        0,
        1,
        1,
        1,
        0,
    ]


def test_the_chain_reaches_through_a_split(floor: Chain) -> None:
    (one,) = cut(floor, "B1")
    floor.goes(one, SEW, HEM)
    parts = tuple(bundle(f"B1{part}", 10, component="", parents=(one.serial,)) for part in "12")
    floor["H1"].remakes("split", (one,), *parts)
    floor.hears("H1")
    floor.goes(parts[0], CHECK, WASH, PACK)
    opens(floor, parts[0])
    floor.hears("P9")
    with reading(floor.engine) as connection:
        row = connection.execute(quality_tickets.select()).one()
        assert [one.unit for one in chain(connection, P, row, RULES.liability)][:2] == ["SEWING", "HEMMING"]


def test_damage_on_the_way_is_the_carriers_and_not_the_senders(floor: Chain) -> None:
    one, two = cut(floor, "B1", "B2")
    floor.goes(one, SEW)
    floor.goes(two, SEW)
    for goods, is_damaged in ((one, True), (two, False)):
        leg = Leg(carrier="1031", container="trolley 7", is_damaged=is_damaged)
        handoff = Handoff(
            bundle=goods.serial,
            before=SEW,
            operation=HEM,
            verdict=Verdict.REJECT,
            declared=20,
            received=20,
            accepted=0,
            reason="wet",
            defects=STITCH,
            leg=leg,
        )
        floor["H1"].says(HandoffJudged(handoff=handoff, people=("1007",)), operator="1007")
    floor.hears("H1")
    counted = floor.counted("SEWING")
    assert counted.rejected == Portion(count=20, of=40)  # of the dry one alone
    assert counted.miscounted.of == 2


def test_a_verdict_that_another_replaces_or_that_is_withdrawn_counts_once_or_not_at_all(floor: Chain) -> None:
    one, two, three = cut(floor, "B1", "B2", "B3")
    floor.goes([one, two, three], SEW)
    jobs = [floor["H1"].starts(goods, 20, "1007", accepts=(SEW,)) for goods in (one, two, three)]
    floor["H1"].judges(one, SEW, Verdict.ACCEPT, accepted=20, job=jobs[0], rating=Rating.B)
    floor["H1"].judges(two, SEW, Verdict.REJECT, job=jobs[1])
    floor["H1"].undoes(jobs[2], three, "start")
    floor.hears("H1")
    counted = floor.counted("SEWING")
    assert (counted.rejected, counted.miscounted) == (Portion(count=20, of=40), Portion(count=0, of=2))
    assert floor.months()["SEWING"].said.rated == {Rating.B: 1}


def test_silence_is_not_acceptance(floor: Chain) -> None:
    """Finished goods that nobody took over stay the sender's, and stand as unanswered with their age."""
    one, two, done = cut(floor, "B1", "B2", "B3")
    floor.goes(one, SEW)
    floor.goes(two, SEW, HEM)
    floor.goes(done, SEW, HEM, CHECK, WASH, PACK)  # behind the last operation nobody is asked
    with reading(floor.engine) as connection:
        rows = unanswered(connection, P, START + timedelta(hours=30))
    waiting = [(row.bundle, row.operation, row.unit, row.pieces, row.hours) for row in rows]
    assert sorted(waiting) == [("B1", SEW, "SEWING", 20, 29), ("B2", HEM, "HEMMING", 20, 29)]
    assert floor.counted("SEWING").miscounted.of == 2  # only what was answered is a handoff
    with reading(floor.engine) as connection:
        no_ticket = SimpleNamespace(
            bundle="B1", origin=SEW, operation=HEM, unit="", opened_position=10**6, defects_json="[]"
        )
        [maker] = chain(connection, P, no_ticket, RULES.liability)  # pyright: ignore[reportArgumentType] (a row's names)
    assert maker.share == 100


def test_a_month_s_score_is_what_one_computes_by_hand(floor: Chain) -> None:
    bundles = cut(floor, *(f"B{number}" for number in range(1, 21)))
    floor.goes(bundles, SEW)
    floor.goes(bundles[2:], HEM)  # 18 bundles of 20 pieces taken over in time
    late = START + timedelta(days=2)  # the order was due on the 23rd
    judged = {"declared": 20, "before": SEW, "operation": HEM, "reason": "loops", "defects": STITCH}
    short = Handoff(bundle=bundles[0].serial, verdict=Verdict.ACCEPT, received=19, accepted=19, **judged)
    refused = Handoff(bundle=bundles[1].serial, verdict=Verdict.REJECT, received=20, accepted=0, **judged)
    for handoff in (short, refused):
        floor["H1"].says(HandoffJudged(handoff=handoff, people=("1007",)), operator="1007", event_time=late)
    floor.hears("H1")
    ratings = {"HEMMING": Rating.A, "CHECKING": Rating.B, "WASHING": Rating.C, "PACKING": Rating.D}
    for judge, rating in ratings.items():
        event = UnitRated(judge=judge, judged="SEWING", period=MONTH, rating=rating, reason="loose loops")
        floor["H1"].says(event)
    floor["H1"].says(UnitRated(judge="MAINTENANCE", judged="SEWING", period=MONTH, rating=Rating.A))
    floor.hears("H1")
    opens(floor, bundles[3])
    due = date(2026, 11, 30)
    acts(
        floor,
        (Propose(by="PACKING", unit="SEWING", due=due), "2026-11-23"),
        (Agree(by="SEWING", due=date(2026, 11, 24)), "2026-11-23"),
        (Explain(by="SEWING", cause="worn looper", due=due), "2026-11-26"),  # two days late
        (Mend(by="SEWING", action="changed each morning", due=due), "2026-11-27"),
        (Verify(by="PACKING", is_mended=True, due=due), "2026-11-27"),
    )
    assert floor.counted("SEWING") == Counted(
        rejected=Portion(count=20, of=18 * 20 + 19 + 20),  # 399 pieces came
        miscounted=Portion(count=1, of=20),
        late=Portion(count=2, of=20),
        closed=1,
        closing_days=Decimal(5),  # from the 22nd to the 27th
        overdue=1,
        escapes=0,
        made=400,
        target=400,
    )
    # By hand: sent back 20 × 100 / 399 = 5.0125 %, × 10 = 50.125, so 49.9 points; count 5 % × 5 = 25, so 75.0;
    # late 10 % × 2 = 20, so 80.0; 5 days are 3 beyond the 2 free ones, × 10 = 30, so 70.0.
    # Counted: 49.9 × 0.4 + 75 × 0.2 + 80 × 0.2 + 70 × 0.2 = 19.96 + 15 + 16 + 14 = 64.96, so 65.0.
    # Ratings: (100 + 85 + 70 + 40 + 100) / 5 = 79.0. Score: 64.96 × 0.7 + 79 × 0.3 = 69.172, so 69.2.
    # Coefficient: band of 60 is 0.80, × target 1.00, less 0.02 for the overdue ticket: 0.78.
    said = floor.months()["SEWING"].said
    assert [(part.name, part.points) for part in said.parts] == [
        ("reject", Decimal("49.9")),
        ("count", Decimal("75.0")),
        ("punctual", Decimal("80.0")),
        ("closing", Decimal("70.0")),
    ]
    assert (said.objective, said.subjective, said.ratings) == (Decimal("65.0"), Decimal("79.0"), 5)
    assert (said.total, said.attainment, said.coefficient) == (
        Decimal("69.2"),
        Decimal("1.00"),
        Decimal("0.78"),
    )


def test_a_published_month_stays_as_it_was_and_is_published_once(floor: Chain) -> None:
    one, two = cut(floor, "B1", "B2")
    floor.goes(one, SEW, HEM)
    office, hand = Office(floor.engine, floor.ingest, Books(floor), floor.clock), Hand(person="1002")

    def published(*units: str, now: datetime = AFTER, by: Hand = hand) -> None:
        publish(office, P, by, MONTH, units, now, RULES)

    with pytest.raises(OrderError, match="not_over"):
        published("SEWING", now=START)
    with pytest.raises(OrderError, match="no_right"):
        published("SEWING", by=Hand(person="1007"))
    with pytest.raises(OrderError, match="nothing"):
        published("NOBODY")
    published("SEWING")
    before = floor.months()["SEWING"]
    assert before.position
    assert before.said.counted is not None
    with pytest.raises(OrderError, match=r"refused\.published"):
        published("SEWING")
    floor.goes(two, SEW)
    floor["H1"].judges(two, SEW, Verdict.REJECT)
    floor.hears("H1")
    assert floor.months()["SEWING"] == before
    assert floor.counted("SEWING").rejected.count == 20
    published()  # all that are not yet
    rows = floor.rows(published_scores)
    idle = floor.months()["HEMMING"]  # whose goods nobody took over: no figure, and that is published
    assert (idle.position > 0, idle.said.total, idle.said.coefficient) == (True, None, None)
    assert {row["unit"] for row in rows} == set(floor.months())
    assert len(rows) == len({row["unit"] for row in rows})


def test_who_passes_everything_that_others_find_bad_is_listed(floor: Chain) -> None:
    """The check lets pass what every other customer would have sent back."""
    bundles = cut(floor, *(f"B{number}" for number in range(1, 9)))
    floor.goes(bundles, SEW)
    for one in bundles:
        floor["H1"].judges(one, SEW, Verdict.REJECT, people=("1007",))
    floor.hears("H1")
    floor.goes(bundles, SEW, HEM, CHECK)
    for number, one in enumerate(bundles):
        ticket = TicketOpened(
            ticket=f"QT{number}",
            finder="WASHING",
            due=date(2026, 11, 30),
            operation=WASH,
            origin=HEM,
            bundle=one.serial,
            defects=(Defect(code="hole", pieces=10),),
        )
        floor["W1"].says(ticket, clock="synced")
        for act in (
            Propose(by="WASHING", unit="HEMMING", due=ticket.due),
            Agree(by="HEMMING", due=ticket.due),
        ):
            floor["W1"].says(TicketActed(ticket=ticket.ticket, act=act))
    floor.hears("W1")
    with reading(floor.engine) as connection:
        [listed] = oddities(connection, P, MONTH, RULES)
        month, asked = month_of_plant(connection, P, MONTH), list[str]()
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert len(escapes_of(connection, month, RULES.liability)) == len(bundles)
        assert len(asked) < len(bundles)  # a month of thousands of tickets asks no more questions
    assert (listed.oddity, listed.units) == (Oddity.NEVER_REJECTS, ("CHECKING",))
    assert (listed.count, listed.of) == (80, 80)
    assert listed.chance == pytest.approx(at_least(80, 80, 0, 160))


def test_the_example_file_of_rules_is_what_holds_without_any() -> None:
    assert read_rules(Path(__file__).parents[2] / "config" / "quality.example.toml") == QualityRules()
