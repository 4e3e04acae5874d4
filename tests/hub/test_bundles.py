"""Bundles at the hub: each piece is claimed once and told of once, whatever several kiosks say of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from domain.bundle import Bundle, BundleSerial, join, split
from domain.events.production import GoodsSent, LaySpread, PanelsReplaced, RollSpread, TicketRenewed
from domain.handoff import Leg, Rating, Verdict
from domain.progress import Progress
from domain.quantity import Quantity
from hub import rebuild as rebuilding
from hub.bundle_book import BundleBook
from hub.inspection import inspect_books
from hub.overlay import fits
from hub.production_rows import (
    BundleAtRow,
    BundleLinkRow,
    HandoffRow,
    JobRow,
    JobShareRow,
    OrderTallyRow,
    UnitHourRow,
)
from hub.projections.lays import LayRow
from hub.store import production_tables
from hub.store.database import writing
from hub.store.production_tables import (
    bundle_at,
    bundle_links,
    bundles,
    goods_sent,
    handoffs,
    job_shares,
    jobs,
    lay_rolls,
    lays,
    order_tally,
    unit_hours,
)
from hub.store.reference import Record, write_records
from hub.store.tables import discrepancies, dispositions
from tests.hub.floor import (
    CHEN,
    HEM,
    JOIN,
    LI,
    ROUTE,
    SEW,
    WANG,
    ZHAO,
    Floor,
    bundle,
    made,
    station_record,
    work_order,
)
from tests.hub.plant import P
from tests.hub.production_laws import broken_laws


@pytest.fixture
def lawful(database_url: str) -> Iterator[Floor]:
    floor = Floor(database_url)
    yield floor
    assert broken_laws(floor) == {}
    floor.close()


@pytest.fixture
def floor(lawful: Floor) -> Iterator[Floor]:
    """A floor whose bundles all go one way."""
    yield lawful
    assert standing_rows(lawful) == standing_by_progress(lawful)


def standing_rows(floor: Floor) -> dict[tuple[str, str], tuple[int, int]]:
    """The work in process as the table has it."""
    return {
        (row["serial"], row["operation"]): (row["waiting"], row["at_work"])
        for row in floor.rows(bundle_at)
        if row["since"]
    }


def standing_by_progress(floor: Floor) -> dict[tuple[str, str], tuple[int, int]]:
    """The work in process worked out anew, bundle by bundle and operation by operation."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in floor.rows(bundles):
        progress = msgspec.json.decode(row["progress_json"], type=Progress)
        awaited = progress.awaits(ROUTE)
        for step in ROUTE.steps:
            code = step.operation
            waiting = progress.left_for(code, ROUTE) if code in awaited else 0
            at_work = sum(one.tally.received for one in progress.at(code) if one.is_at_work)
            if waiting or at_work:
                found[row["serial"], code] = (waiting, at_work)
    return found


def open_ones(floor: Floor) -> list[tuple[str, str]]:
    rows = [row for row in floor.rows(discrepancies) if row["closed_at"] is None]
    return [(row["kind"], row["owner"]) for row in sorted(rows, key=lambda row: row["opened_position"])]


def detail_of(floor: Floor, kind: str) -> dict[str, Any]:
    (row,) = floor.rows(discrepancies, kind=kind)
    return msgspec.json.decode(row["detail_json"])


def counted(floor: Floor, serial: str) -> dict[str, tuple[str, int, int]]:
    return {
        row["job"]: (row["state"], row["received"], row["good"]) for row in floor.rows(jobs, bundle=serial)
    }


def paid(floor: Floor) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in floor.rows(job_shares):
        found[row["person"]] = found.get(row["person"], 0) + row["pieces"] - row["returned"]
    return found


def told_at(floor: Floor) -> dict[str, str]:
    rows = floor.rows(bundle_at, serial="B1")
    return {row["operation"]: row["unit"] for row in rows if row["operation"] != "CUT"}


def test_row_types_are_the_tables_columns() -> None:
    pairs = {
        "bundle_at": BundleAtRow,
        "bundle_links": BundleLinkRow,
        "handoffs": HandoffRow,
        "job_shares": JobShareRow,
        "jobs": JobRow,
        "lays": LayRow,
        "order_tally": OrderTallyRow,
        "unit_hours": UnitHourRow,
    }
    assert [name for name, kind in pairs.items() if not fits(getattr(production_tables, name), kind)] == []


def test_a_bundle_goes_its_way_and_every_number_is_there(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    sewn = floor["S1"].does(one, LI)
    hemmed = floor["H1"].starts(one, 20, WANG, ZHAO, accepts=(SEW,))
    floor["H1"].finishes(hemmed, one, shares={WANG: 8, ZHAO: 10}, good=18, seconds=1, scrap=1)
    floor.hears("C1", "S1", "H1")
    assert counted(floor, "B1") == {sewn: ("finished", 20, 20), hemmed: ("finished", 20, 18)}
    (row,) = floor.rows(bundles)
    assert (row["pieces"], row["live"], row["unit"], row["closed"]) == (20, 18, "L1", False)
    assert msgspec.json.decode(row["progress_json"], type=Progress).live() == 18
    assert paid(floor) == {LI: 20, WANG: 8, ZHAO: 10}
    (handoff,) = floor.rows(handoffs)
    assert (handoff["before"], handoff["operation"], handoff["verdict"]) == (SEW, HEM, "accept")
    assert (handoff["unit_judged"], handoff["unit_judging"], handoff["month"]) == ("L1", "L1", "2026-11")
    assert (handoff["senders_json"], handoff["people_json"]) == ('["1012"]', '["1007","1015"]')
    tally = {row["operation"]: row for row in floor.rows(order_tally)}
    assert tally[""]["good"] == 20
    assert [tally[SEW][name] for name in ("received", "good", "at_work")] == [20, 20, 0]
    assert [tally[HEM][name] for name in ("received", "good", "seconds", "scrap")] == [20, 18, 1, 1]
    assert {(row["unit"], row["operation"], row["good"]) for row in floor.rows(unit_hours)} == {
        ("L1", SEW, 20),
        ("L1", HEM, 18),
    }
    assert open_ones(floor) == []
    assert floor.rows(dispositions) == []


def test_what_waits_and_what_is_at_work_stands_at_its_operation_since_it_came(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor.hears("C1")
    (cut,) = floor.rows(bundle_at, operation=SEW)
    assert (cut["operation"], cut["line"], cut["waiting"], cut["at_work"]) == (SEW, "", 20, 0)
    job = floor["S1"].starts(one, 12)
    floor.hears("S1")
    (begun,) = floor.rows(bundle_at, operation=SEW)
    assert (begun["line"], begun["waiting"], begun["at_work"], begun["since"]) == ("L1", 8, 12, cut["since"])
    floor["S1"].finishes(job, one, good=12)
    floor["S1"].does(one)
    floor.hears("S1")
    standing = {row["operation"]: row for row in floor.rows(bundle_at)}
    assert (standing[SEW]["since"], standing[HEM]["waiting"]) == ("", 20)
    assert standing[HEM]["since"] > cut["since"]


def test_two_stations_offline_claim_one_bundle_and_it_is_paid_once(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor.hears("C1")
    first, second = floor["S1"].does(one, LI), floor["S2"].does(one, CHEN)
    floor.hears("S1", "S2")
    assert counted(floor, "B1") == {first: ("finished", 20, 20), second: ("finished", 0, 0)}
    assert paid(floor) == {LI: 20}
    assert open_ones(floor) == [("claimed_twice", "role:supervisor")]
    about = detail_of(floor, "claimed_twice")
    assert (about["people"], about["others"], about["pieces"], about["bundle"]) == (CHEN, LI, "20", "B1")
    (told,) = floor.rows(dispositions)
    assert (told["state"], told["code"], told["device"]) == ("booked_with_exception", "claimed_twice", "S2")


def test_a_second_claim_that_is_taken_back_is_no_matter_any_more(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].starts(one)
    job = floor["S2"].starts(one, 20, CHEN)
    floor["S2"].undoes(job, one, "start")
    floor.hears("C1", "S1", "S2")
    assert open_ones(floor) == []
    assert [row["kind"] for row in floor.rows(discrepancies)] == ["claimed_twice"]


def test_what_began_before_its_turn_closes_by_itself_once_the_other_finish_is_heard_of(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["H1"].starts(one, 20, WANG, unheard=(SEW,))
    floor.hears("C1", "H1")
    assert open_ones(floor) == [("out_of_sequence", "role:supervisor")]
    assert detail_of(floor, "out_of_sequence")["unmet"] == SEW
    floor["S1"].does(one)
    floor.hears("S1")
    assert open_ones(floor) == []


def test_who_waits_behind_what_began_too_early_is_told_once_the_late_finish_comes(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    job = floor["H1"].starts(one, 20, WANG, unheard=(SEW,))
    floor["H1"].finishes(job, one, good=20)
    floor.hears("C1", "H1")
    assert JOIN not in told_at(floor)
    floor["S1"].does(one)
    floor.hears("S1")
    assert JOIN in told_at(floor)


def test_pieces_not_told_of_are_the_finisher_s_matter_until_told_again(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    job = floor["S1"].starts(one)
    floor["S1"].finishes(job, one, good=17)
    floor.hears("C1", "S1")
    assert open_ones(floor) == [("not_all_told", LI)]
    floor["S1"].undoes(job, one, "finish")
    floor["S1"].finishes(job, one, good=17, missing=3)
    floor.hears("S1")
    assert open_ones(floor) == []
    assert [(row["good"], row["missing"]) for row in floor.rows(unit_hours)] == [(17, 3)]


def test_a_refused_bundle_is_taken_back_from_who_made_it_and_paid_again_to_who_does_it_again(
    floor: Floor,
) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    first = floor["S1"].starts(one, 20, LI, ZHAO)
    floor["S1"].finishes(first, one, shares={LI: 15, ZHAO: 5}, good=20)
    job = floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor["H1"].judges(one, SEW, Verdict.REJECT, job=job, rating=Rating.D)
    floor.hears("C1", "S1", "H1")
    assert paid(floor) == {LI: 0, ZHAO: 0}
    floor["S1"].does(one, CHEN)
    floor["H1"].does(one, WANG, accepts=(SEW,))
    floor["H1"].judges(one, SEW, Verdict.ACCEPT, job=f"H1W{2:06}", accepted=20, rating=Rating.A)
    floor.hears("S1", "H1")
    assert paid(floor) == {LI: 0, ZHAO: 0, CHEN: 20, WANG: 20}
    said = {row["name"]: (row["verdict"], row["rating"], row["pieces"]) for row in floor.rows(handoffs)}
    assert said["H1W000001"] == ("reject", "D", 0)
    assert [row["returned"] for row in floor.rows(order_tally, operation=SEW)] == [20]
    assert counted(floor, "B1")[job] == ("withdrawn", 0, 0)


def test_what_was_sent_back_cannot_be_taken_back_by_who_finished_it(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    job = floor["S1"].does(one)
    floor["H1"].judges(one, SEW, Verdict.REJECT)
    floor["S1"].undoes(job, one, "finish")
    floor.hears("C1", "S1", "H1")
    assert paid(floor) == {LI: 0}, "taken back before the verdict was heard of: nothing had been made"
    floor["S1"].finishes(job, one, good=20)
    floor["H1"].judges(one, SEW, Verdict.REJECT)
    floor.hears("S1", "H1")
    floor["S1"].undoes(job, one, "finish")
    floor["S1"].does(one, CHEN)
    floor.hears("S1")
    assert ("undone_too_late", "role:supervisor") in open_ones(floor)
    assert paid(floor) == {LI: 0, CHEN: 20}


def test_a_part_sent_back_becomes_a_bundle_of_its_own(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    job = floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor["H1"].judges(one, SEW, Verdict.PART, accepted=18, job=job)
    kept, back = made(split(one, ((BundleSerial("B2"), 18), (BundleSerial("B3"), 2))))
    back = msgspec.structs.replace(back, sent_back_to=SEW)
    floor["H1"].remakes("split", (one,), kept, back)
    floor["H1"].does(kept, WANG, accepts=(SEW,))
    floor["S1"].does(back, ZHAO)
    floor.hears("C1", "S1", "H1")
    assert [row["closed"] for row in floor.rows(bundles)] == [True, False, False]
    assert [(row["parent"], row["child"]) for row in floor.rows(bundle_links)] == [("B1", "B2"), ("B1", "B3")]
    # S1 was heard before the split: its job on B3 was of a bundle nobody knew yet, and is parked.
    parked = [row for row in floor.rows(dispositions) if row["state"] == "parked"]
    assert [row["code"] for row in parked] == ["unknown_bundle", "unknown_bundle"]
    assert paid(floor) == {LI: 18, WANG: 18}
    assert {row["unit"] for row in floor.rows(bundles)} == {"L1"}


def test_a_bundle_split_twice_lives_once(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["H1"].remakes(
        "split", (one,), *made(split(one, ((BundleSerial("B2"), 18), (BundleSerial("B3"), 2))))
    )
    floor["H2"].remakes(
        "split", (one,), *made(split(one, ((BundleSerial("B4"), 10), (BundleSerial("B5"), 10))))
    )
    floor["S1"].starts(one)
    floor.hears("C1", "H1", "H2", "S1")
    pieces = {row["serial"]: row["pieces"] for row in floor.rows(bundles)}
    assert pieces == {"B1": 20, "B2": 18, "B3": 2, "B4": 0, "B5": 0}
    kinds = sorted(kind for kind, _ in open_ones(floor))
    assert kinds == ["bundle_closed", "bundle_closed", "remade_pieces"]
    assert [row["received"] for row in floor.rows(jobs)] == [0]


def test_pieces_made_of_nothing_do_not_count_and_a_bundle_cut_twice_is_parked(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["C1"].cuts(one)
    floor["H1"].remakes("split", (one,), bundle("B2", 18), bundle("B3", 3))
    floor.hears("C1", "H1")
    parked = [row["code"] for row in floor.rows(dispositions) if row["state"] == "parked"]
    assert parked == ["bundle_known"]
    assert [(row["closed"], row["pieces"]) for row in floor.rows(bundles)] == [
        (True, 20),
        (False, 18),
        (False, 2),
    ]
    assert ("remade_pieces", "role:supervisor") in open_ones(floor)


def test_components_are_joined_and_each_piece_of_them_goes_into_one(floor: Floor) -> None:
    body, collar = bundle("B1"), bundle("B2", component="collar")
    floor["C1"].cuts(body, collar)
    floor["S1"].does(body)
    floor["H1"].does(body, WANG, accepts=(SEW,))
    floor["K9"].does(collar, ZHAO)
    whole = join((body, collar), "garment", BundleSerial("B3"))
    assert isinstance(whole, Bundle)
    floor["J1"].remakes("joined", (body, collar), whole)
    floor["J1"].does(whole, CHEN, accepts=(HEM,))
    floor.hears("C1", "S1", "H1", "K9", "J1")
    assert open_ones(floor) == []
    assert [row["closed"] for row in floor.rows(bundles)] == [True, True, False]
    (taken,) = floor.rows(handoffs, bundle="B3")
    assert (taken["before"], taken["unit_judged"]) == (HEM, "L1")


def test_a_void_ticket_counts_nothing(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["C1"].says(TicketRenewed(bundle=one.serial, copy=2, reason="torn"))
    floor["S1"].does(one)
    floor.hears("C1", "S1")
    assert open_ones(floor) == [("ticket_void", "role:supervisor")]
    assert paid(floor) == {}


def test_who_accepts_their_own_work_judges_nothing(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one, LI)
    floor["H1"].starts(one, 20, LI, accepts=(SEW,))
    floor.hears("C1", "S1", "H1")
    assert open_ones(floor) == [("own_handoff", "role:supervisor")]
    assert floor.rows(handoffs) == []


def test_what_nobody_began_here_is_parked_with_its_reason(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].finishes("X9W000001", one, good=20)
    floor["S1"].starts("NOWHERE")
    floor.hears("C1", "S1")
    found = [(row["code"], row["detail"]) for row in floor.rows(dispositions)]
    assert found == [("unknown_job", "X9W000001"), ("unknown_bundle", "NOWHERE")]
    assert floor.rows(jobs) == []


def test_panels_cut_anew_come_back_to_their_operation(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    job = floor["S1"].starts(one)
    floor["S1"].finishes(job, one, good=19, scrap=1)
    floor["C1"].says(PanelsReplaced(bundle=one.serial, operation=SEW, pieces=1, reason="oil"))
    floor.hears("C1", "S1")  # the replacement was told of first: clocks and roads differ
    floor["S1"].finishes(floor["S1"].starts(one, 1, CHEN), one, good=1)
    floor.hears("S1")
    assert paid(floor) == {LI: 19, CHEN: 1}
    assert [row["replaced"] for row in floor.rows(order_tally, operation=SEW)] == [1]


def test_a_lay_and_a_transport_are_kept(floor: Floor) -> None:
    rolls = (
        RollSpread(roll="R1", shade="D-118", plies=12, used=Quantity.of("60", "MTR")),
        RollSpread(
            roll="R2",
            shade="D-119",
            plies=8,
            used=Quantity.of("40", "MTR"),
            remnant=Quantity.of("1.5", "MTR"),
        ),
    )
    floor["C1"].says(LaySpread(lay="LAY1", order="WO1", style="S1", colour="navy", rolls=rolls))
    floor["C1"].says(LaySpread(lay="LAY1", order="WO1", style="S1", colour="navy", rolls=rolls))
    leg = Leg(carrier="1031", container="trolley 7")
    sent = GoodsSent(leg=leg, bundles=(BundleSerial("B1"),), operation=JOIN, destination="P2")
    floor["C1"].says(sent)
    floor.hears("C1")
    (lay,) = floor.rows(lays)
    assert (lay["plies"], lay["work_order"]) == (20, "WO1")
    found = [(row["roll"], row["shade"], row["remnant"]) for row in floor.rows(lay_rolls)]
    assert found == [("R1", "D-118", 0), ("R2", "D-119", 1_500_000)]
    assert [row["carrier"] for row in floor.rows(goods_sent)] == ["1031"]
    assert [row["code"] for row in floor.rows(dispositions)] == ["lay_known"]


def test_a_line_hears_of_its_own_bundles_and_everybody_of_those_that_are_nobody_s(floor: Floor) -> None:
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor.hears("C1")
    assert told_at(floor) == {SEW: ""}
    job = floor["S1"].starts(one)
    floor.hears("S1")
    assert told_at(floor) == {SEW: ""}, "line 2 had heard of it, and must hear that it is taken"
    floor["S1"].finishes(job, one, good=20)
    floor.hears("S1")
    assert told_at(floor) == {SEW: "L1", HEM: "L1"}
    floor["H2"].starts(one, 20, CHEN, accepts=(SEW,))
    floor.hears("H2")
    assert told_at(floor)[HEM] == "", "a bundle of line 1 on line 2 is both lines' matter"


def test_where_a_line_has_no_station_of_its_own_everybody_s_hears(floor: Floor) -> None:
    garment = bundle("B1", component="garment")
    floor["C1"].cuts(garment)
    floor["J1"].does(garment)
    floor.hears("C1", "J1")
    assert told_at(floor) == {JOIN: "L1", "PACK": ""}


def test_the_way_a_bundle_went_is_the_one_that_was_known_then(lawful: Floor) -> None:
    """A station that moved to another line afterwards changes nothing of what was booked."""
    one = bundle("B1")
    lawful["C1"].cuts(one)
    job = lawful["S1"].starts(one)
    lawful.hears("C1", "S1")
    write(lawful, station_record("S1", "L7", SEW), order_without_route())
    lawful["S1"].finishes(job, one, good=20)
    lawful.hears("S1")
    assert told_at(lawful) == {SEW: ""}, "nobody said any more where it goes"
    before = lawful.everything()
    lawful.rebuilds()
    assert lawful.everything() == before


def a_busy_day(floor: Floor) -> None:
    """Everything of the stories above that leaves rows, across several uploads."""
    one, two, three = bundle("B1"), bundle("B2"), bundle("B3", component="collar")
    floor["C1"].cuts(one, two)
    floor["C1"].cuts(three)
    floor["S1"].does(one, LI, ZHAO)
    floor["S2"].does(one, CHEN)
    hemmed = floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor["H1"].judges(one, SEW, Verdict.REJECT, job=hemmed, rating=Rating.E)
    floor.hears("C1", "S1", "H1")
    floor["S1"].does(one, CHEN)
    again = floor["H1"].starts(one, 20, WANG, accepts=(SEW,))
    floor["H1"].finishes(again, one, good=19)
    floor["H1"].finishes("NOBODY", one, good=19)
    floor["H2"].starts(two, 20, ZHAO, unheard=(SEW,))
    floor["K9"].does(three, LI)
    parts = made(split(three, ((BundleSerial("B4"), 12), (BundleSerial("B5"), 8))))
    floor["K9"].remakes("split", (three,), *parts)
    floor.hears("S1", "S2", "H1", "H2", "K9")


@pytest.mark.parametrize(
    ("events_max", "rows_max", "held_max"), [(2, 0, 1), (3, 5, 0), (1_000, 50_000, 5_000)]
)
def test_a_rebuild_gives_the_same_rows(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, events_max: int, rows_max: int, held_max: int
) -> None:
    a_busy_day(floor)
    before = floor.everything()
    kinds = {row["kind"] for row in before["discrepancies"]}
    assert kinds == {"claimed_twice", "out_of_sequence", "not_all_told", "parked"}
    monkeypatch.setattr(rebuilding, "SLICE_EVENTS_MAX", events_max)
    monkeypatch.setattr(rebuilding, "SPAN_ROWS_MAX", rows_max)
    monkeypatch.setattr("hub.bundle_book.HELD_MAX", held_max)
    floor.rebuilds()
    assert floor.everything() == before


def test_rows_of_production_altered_by_hand_are_named_by_the_look_at_the_books(floor: Floor) -> None:
    a_busy_day(floor)
    assert findings(floor) == []
    with floor.engine.begin() as connection:
        connection.execute(jobs.update().where(jobs.c.job == "S1W000002").values(good=21, claimed=21))
    found = findings(floor)
    assert [(one.table, one.row) for one in found] == [("jobs", "S1W000002")]
    assert broken_laws(floor)
    floor.rebuilds()


def test_a_batch_reads_and_decodes_each_bundle_once(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    ten = [bundle(f"B{number}") for number in range(10)]
    floor["C1"].cuts(*ten)
    floor.hears("C1")
    floor.projector._desks[P] = type(floor.projector._desks[P])(P)
    decoded, asked = list[int](), list[str]()
    read = BundleBook._read_several
    monkeypatch.setattr(
        BundleBook, "_read_several", lambda self, keys: decoded.append(len(keys)) or read(self, keys)
    )
    for one in ten:
        floor["S1"].does(one)

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM bundles" in statement:
            asked.append(statement)

    event.listen(floor.engine, "before_cursor_execute", note)
    floor.hears("S1")
    assert decoded == [10]
    assert len(asked) == 1


def findings(floor: Floor) -> list[Any]:
    return inspect_books(floor.engine, P)


def write(floor: Floor, *records: Any) -> None:
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, records)


def order_without_route() -> Any:
    return Record(kind="work_order", key="WO1", body=work_order(route="GONE"))
