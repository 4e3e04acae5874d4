"""A sewing line with its hub: real kiosks, the real hub, and what each knows of a bundle after they have talked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from domain.bundle import Bundle, Tally
from domain.events.production import JobFinished, JobStarted
from domain.pay import PiecePrice
from domain.progress import Progress
from domain.route import Flow, OperationCode, Route, Step
from hub.store.database import writing
from hub.store.production_tables import bundles, handoffs, pay_lines
from hub.store.reference import Record, write_records
from hub.store.tables import discrepancies
from tests.hub.floor import HEM, JOIN, PACK, ROUTE, SEW, Floor, bundle, work_order
from tests.hub.plant import P
from tests.hub.production_laws import broken_laws
from tests.line import Station
from tests.sewing import LI, PEOPLE, WANG, ZHAO, ticket
from tests.world import badge_code

ONE, TWO = bundle("C101000001"), bundle("C101000002")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with writing(floor.engine) as connection:
        write_records(
            connection,
            floor.log,
            P,
            [Record(kind="person", key=one.number, body=one) for one in PEOPLE],
        )
    floor["C1"].cuts(ONE, TWO)
    floor.hears("C1")
    yield floor
    floor.close()


def told(floor: Floor, one: Bundle) -> Progress:
    [row] = floor.rows(bundles, serial=one.serial)
    return msgspec.json.decode(row["progress_json"], type=Progress)


def test_a_bundle_goes_down_the_line_and_everybody_knows_the_same(floor: Floor, tmp_path: Path) -> None:
    sews, hems = Station(tmp_path, floor, "S1"), Station(tmp_path, floor, "H1")
    sews.scans(badge_code(LI), ticket(ONE))
    sews.touches("count")
    sews.touches("tile", "scrap")
    sews.types("1")
    sews.touches("finish")
    hems.scans(badge_code(WANG), ticket(ONE))
    assert hems.says == "problem.unknown_bundle", "nobody told it yet"
    sews.talks()
    hems.talks()
    hems.touches("acknowledge")
    hems.scans(ticket(ONE))
    assert [(one.pieces, one.accepts) for one in hems.events(JobStarted)] == [(19, (SEW,))]
    assert hems.knows(ONE) != told(floor, ONE), "its own check-in lies on top"
    hems.touches("finish")
    hems.talks()
    sews.talks()
    assert hems.knows(ONE) == told(floor, ONE)
    assert sews.knows(ONE).jobs == told(floor, ONE).jobs[:1], "what comes after is nothing to who sewed it"
    assert told(floor, ONE).awaits(ROUTE) == (JOIN,)
    assert told(floor, ONE).jobs[-1].tally == Tally(received=19, good=19)
    for station in (sews, hems):
        assert station.store.connection.row("SELECT count(*) FROM own_work") == (0,)
        station.close()


@pytest.mark.fault("U3")
def test_two_lines_that_did_not_hear_of_each_other_are_paid_once_and_both_are_told(
    floor: Floor, tmp_path: Path
) -> None:
    first, second = Station(tmp_path, floor, "S1"), Station(tmp_path, floor, "S2")
    for station, person in ((first, LI), (second, ZHAO)):
        station.wire.is_cut = True
        station.scans(badge_code(person), ticket(ONE))
        station.touches("finish")
        assert [one.told for one in station.events(JobFinished)] == [Tally(good=20)]
    for station in (first, second, first):
        station.wire.is_cut = False
        station.talks()
    assert [(one.people, one.tally.good) for one in told(floor, ONE).jobs] == [
        ((LI.number,), 20),
        ((ZHAO.number,), 0),
    ]
    assert first.knows(ONE) == second.knows(ONE) == told(floor, ONE)
    assert [row["kind"] for row in floor.rows(discrepancies)] == ["claimed_twice"]
    for station in (first, second):
        station.close()


def test_a_bundle_goes_through_four_operations_and_each_of_its_pieces_is_paid_once(
    floor: Floor, tmp_path: Path
) -> None:
    """Two lines claim it offline; it goes on through three more stations, the last of another workshop."""
    way = (SEW, HEM, JOIN, PACK)
    steps = tuple(
        Step(operation=one, after=way[number - 1 : number] if number else ())
        for number, one in enumerate(way)
    )
    prices = [
        PiecePrice(operation=one, price=Decimal("0.25"), valid_from=date(2026, 1, 1), style="S1")
        for one in way
    ]
    with writing(floor.engine) as connection:
        records = [
            Record(
                kind="route",
                key="LINE/1",
                body=Route(code="LINE", version=1, flow=Flow.GARMENT, steps=steps),
            ),
            Record(kind="work_order", key=ONE.order, body=work_order(route="LINE")),
            *(Record(kind="piece_price", key=one.operation, body=one) for one in prices),
        ]
        write_records(connection, floor.log, P, records)
    stations = {name: Station(tmp_path, floor, name) for name in ("S1", "S2", "H1", "J1", "P9")}
    for name, person in (("S1", LI), ("S2", ZHAO)):
        stations[name].wire.is_cut = True
        stations[name].scans(badge_code(person), ticket(ONE))
        stations[name].touches("finish")
    for name in ("S1", "S2"):
        stations[name].wire.is_cut = False
        stations[name].talks()
    for name, person in (("H1", WANG), ("J1", LI), ("P9", WANG)):
        stations[name].talks()
        stations[name].scans(badge_code(person), ticket(ONE))
        stations[name].touches("finish")
        stations[name].talks()
    lines = [(row["person"], row["operation"], row["pieces"]) for row in floor.rows(pay_lines)]
    assert lines == [
        (LI.number, SEW, 20),
        (WANG.number, HEM, 20),
        (LI.number, JOIN, 20),
        (WANG.number, PACK, 20),
    ]
    assert [(row["kind"], row["owner"]) for row in floor.rows(discrepancies)] == [
        ("claimed_twice", "role:supervisor")
    ]
    assert [(row["before"], row["operation"], row["verdict"]) for row in floor.rows(handoffs)] == [
        (HEM, JOIN, "accept"),
        (JOIN, PACK, "accept"),
        (SEW, HEM, "accept"),
    ]
    assert broken_laws(floor) == {}
    before = floor.everything()
    floor.rebuilds()
    assert floor.everything() == before
    for station in stations.values():
        station.close()


def test_what_a_customer_sent_back_comes_back_to_who_sewed_it(floor: Floor, tmp_path: Path) -> None:
    sews, hems = Station(tmp_path, floor, "S1"), Station(tmp_path, floor, "H1")
    sews.scans(badge_code(LI), ticket(ONE))
    sews.touches("finish")
    sews.talks()
    hems.talks()
    hems.scans(badge_code(WANG), ticket(ONE))
    hems.touches("verdict")
    hems.touches("tile", "accepted")
    hems.types("15")
    hems.touches("reason")
    hems.touches("pick", "quality")
    hems.touches("judge", "part")
    assert hems.says == "problem.reject_needs_defect", "no defect is known here yet: a count must be short"
    hems.touches("acknowledge")
    hems.touches("tile", "received")
    hems.types("18")
    hems.touches("judge", "part")
    assert hems.says == "said.handoff.part"
    hems.talks()
    sews.talks()
    back = next(one for one in hems.knows(ONE).became if awaited(sews, one, (SEW,)))
    again = sews.store.shop.progress(back)
    assert again is not None
    assert again.bundle.pieces == 3
    sews.waits(60)
    sews.scans(ticket(again.bundle))
    assert sews.says == "said.job_started"
    for station in (sews, hems):
        station.close()


def awaited(station: Station, serial: str, operations: tuple[OperationCode, ...]) -> bool:
    progress = station.store.shop.progress(serial)  # type: ignore[arg-type] (a serial as plain text)
    return progress is not None and progress.awaits(ROUTE) == operations
