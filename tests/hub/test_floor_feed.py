"""What a station of the floor is told of: its own line's bundles at its own operations, and nothing of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from domain.bundle import BundleSerial, split
from domain.code_list import DefectCode
from domain.events.quality import HoldLifted, HoldPlaced
from domain.handoff import RequirementList
from domain.log import event_of
from domain.names import Names
from domain.progress import Progress
from domain.progress_fold import Told, after
from domain.route import Flow, OperationCode, Route, Step
from domain.shop import Hold
from hub.feed import changes, snapshot
from hub.floor_feed import LATELY, Stretch, floor_sources
from hub.slices import slice_of
from hub.store.database import generation_of, reading, writing
from hub.store.reference import Record, write_records
from kiosk.store.records import SHAPES
from tests.hub.floor import CHEN, HEM, LI, PACK, ROUTE, SEW, WANG, Floor, Worker, bundle, made, station_record
from tests.hub.plant import P


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    floor = Floor(database_url)
    yield floor
    floor.close()


class Poller:
    """What one station knows by polling."""

    def __init__(self, floor: Floor, device: str) -> None:
        self.floor, self.device, self.cursor = floor, device, ""
        floor[device]
        self.records: dict[tuple[str, str], Any] = {}

    def polls(self, limit: int = 1_000) -> list[tuple[str, str]]:
        """Take all pages; return what came of the floor's kinds, as a kiosk reads it."""
        came: list[tuple[str, str]] = []
        while True:
            page = changes(
                self.floor.engine, self.floor.device(self.device), self.cursor, limit, self.floor.clock.now()
            )
            self.cursor, self.through = page.cursor, page.complete_through
            for one in page.changes:
                body = None if one.body is None else msgspec.convert(one.body, SHAPES[one.kind])
                self.records[one.kind, one.key] = body
                came.append((one.kind, one.key))
            if not page.more:
                return [(kind, key) for kind, key in came if kind in _OF_THE_FLOOR]

    def bundle(self, serial: str) -> Progress:
        return self.records["bundle", serial]


_OF_THE_FLOOR = {"bundle", "hold", "route", "operation", "work_order", "requirement_list", "defect_code"}


def test_a_line_s_station_gets_its_line_s_bundles_and_those_that_are_nobody_s_yet(floor: Floor) -> None:
    first, second, hems = Poller(floor, "S1"), Poller(floor, "S2"), Poller(floor, "H1")
    other_hem, receiving = Poller(floor, "H2"), Poller(floor, "C1")
    one, two = bundle("B1"), bundle("B2")
    floor["C1"].cuts(one, two)
    floor.hears("C1")
    for station in (first, second, receiving):
        assert ("bundle", "B1") in station.polls()
    assert [key for kind, key in hems.polls() if kind == "bundle"] == []
    floor["S1"].does(one)
    floor.hears("S1")
    assert hems.polls() == [("bundle", "B1")]
    assert other_hem.polls()[-1] != ("bundle", "B1")
    assert hems.bundle("B1").has_passed(SEW, ROUTE)
    floor["H1"].does(one, WANG, accepts=(SEW,))
    floor.hears("H1")
    assert second.polls() == [], "what line 1 goes on to do is nothing to line 2"
    assert first.polls() == [("bundle", "B1")]


def test_a_line_that_had_heard_of_a_bundle_hears_that_another_took_it(floor: Floor) -> None:
    second = Poller(floor, "S2")
    floor["C1"].cuts(bundle("B1"))
    floor.hears("C1")
    second.polls()
    floor["S1"].starts("B1")
    floor.hears("S1")
    assert second.polls() == [("bundle", "B1")]
    assert second.bundle("B1").jobs[0].people == (LI,)


def test_whoever_split_a_bundle_hears_of_its_parts_and_so_does_who_shall_do_them(floor: Floor) -> None:
    sews, hems = Poller(floor, "S1"), Poller(floor, "H1")
    one = bundle("B1")
    floor["C1"].cuts(one)
    floor["S1"].does(one)
    parts = made(split(one, ((BundleSerial("B2"), 18), (BundleSerial("B3"), 2))))
    back = msgspec.structs.replace(parts[1], sent_back_to=SEW)
    floor["H1"].remakes("split", (one,), parts[0], back)
    floor.hears("C1", "S1", "H1")
    assert {key for kind, key in hems.polls() if kind == "bundle"} == {"B1", "B2", "B3"}
    assert {key for kind, key in sews.polls() if kind == "bundle"} == {"B1", "B3"}
    assert hems.bundle("B1").became == ("B2", "B3")


def test_a_station_s_own_acts_are_in_what_it_gets_exactly_up_to_where_it_is_told(floor: Floor) -> None:
    """A kiosk puts its own newer acts on top: one that came in already would be counted twice."""
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, [station_record("S1", "L1", SEW, HEM)])
    told = Poller(floor, "S1")
    ones = [bundle(f"B{number}") for number in range(6)]
    floor["C1"].cuts(*ones)
    floor.hears("C1")
    for one in ones:
        floor["S1"].does(one, CHEN)
    floor.hears("S1")
    hem = floor["S1"]
    hem.operation = HEM
    for one in ones:
        hem.does(one, WANG, accepts=(SEW,))
    floor.hears("S1")
    while True:
        page = changes(floor.engine, floor.device("S1"), told.cursor, 3, floor.clock.now())
        told.cursor = page.cursor
        for change in page.changes:
            if change.kind == "bundle":
                progress = msgspec.convert(change.body, Progress)
                events = [
                    event_of(one.envelope)
                    for one in hem.kiosk.entries[: page.complete_through]
                    if getattr(event_of(one.envelope), "bundle", "") == change.key
                ]
                assert len(progress.jobs) <= len(events), "no act beyond what is told through"
                told.records["bundle", change.key] = progress
        if not page.more:
            break
    assert all(len(told.bundle(one.serial).jobs) == 2 for one in ones)


def test_a_snapshot_is_what_the_pages_come_to(floor: Floor) -> None:
    floor["C1"].cuts(*(bundle(f"B{number}") for number in range(5)))
    floor["S1"].does(bundle("B1"))
    floor["C1"].says(HoldPlaced(hold="H1", scope="shade", key="D-118", reason="shade"))
    floor.hears("C1", "S1")
    told = Poller(floor, "H1")
    told.polls(limit=2)
    whole = snapshot(floor.engine, floor.device("H1"), floor.clock.now())
    kinds = {one.kind for one in whole.changes}
    assert {"bundle", "hold", "route", "operation", "work_order"} <= kinds
    bodies = {(one.kind, one.key): msgspec.convert(one.body, SHAPES[one.kind]) for one in whole.changes}
    assert bodies == {key: body for key, body in told.records.items() if body is not None}


def test_what_stands_still_is_told_and_that_it_goes_on(floor: Floor) -> None:
    told = Poller(floor, "H1")
    told.polls()
    floor["C1"].says(HoldPlaced(hold="H1", scope="shade", key="D-118", reason="shade", ticket="QT1"))
    floor["C1"].says(HoldPlaced(hold="H2", scope="operation", key=SEW, reason="machine"))
    floor.hears("C1")
    assert told.polls() == [("hold", "H1")]
    held = told.records["hold", "H1"]
    assert isinstance(held, Hold)
    assert (held.scope, held.key, held.person, held.ticket) == ("shade", "D-118", LI, "QT1")
    floor["C1"].says(HoldLifted(hold="H1", reason="sorted"))
    floor.hears("C1")
    assert told.polls() == [("hold", "H1")]
    assert told.records["hold", "H1"] is None


def test_a_station_that_begins_afresh_hears_of_what_stands_and_of_what_was_lately_not_of_years(
    floor: Floor,
) -> None:
    told = Poller(floor, "S1")
    floor["C1"].cuts(bundle("B1"), bundle("B2"))
    floor["S1"].does(bundle("B1"))
    floor.hears("C1", "S1")
    told.polls()
    floor.clock.goes_to(floor.clock.now() + LATELY)
    floor["C1"].cuts(bundle("B3"))
    floor["S1"].does(bundle("B3"))
    floor.hears("C1", "S1")
    assert told.polls() == [("bundle", "B3")]
    for limit in (1, 1_000):
        anew = [key for kind, key in Poller(floor, "S1").polls(limit) if kind == "bundle"]
        assert anew == ["B2", "B3"]
    floor.clock.goes_to(floor.clock.now() + LATELY)
    assert told.polls() == []


def test_only_stations_that_do_operations_get_the_floor_s_records_and_of_routes_and_lists_their_own(
    floor: Floor,
) -> None:
    dye = OperationCode("DYE")
    other = Route(code="DYEING", version=1, flow=Flow.FINISHING, steps=(Step(operation=dye),))
    lists = [
        RequirementList(before=SEW, operation=HEM, version=1, requirements=(), agreed_by=("1", "2")),
        RequirementList(before=dye, operation=PACK, version=1, requirements=(), agreed_by=("1", "2")),
    ]
    more = [
        Record(kind="route", key="DYEING/1", body=other),
        Record(kind="defect_code", key="oil", body=DefectCode(code="oil", names=Names(en="oil"))),
        *(Record(kind="requirement_list", key=f"{one.before}>{one.operation}/1", body=one) for one in lists),
        station_record("G1", ""),
        station_record("F1", "", inspections=("fabric",)),
    ]
    with writing(floor.engine) as connection:
        write_records(connection, floor.log, P, more)
    floor.workers["G1"] = Worker(kiosk=floor.kiosk("G1"), operation=OperationCode(""))
    assert Poller(floor, "G1").polls() == []
    floor.workers["F1"] = Worker(kiosk=floor.kiosk("F1"), operation=OperationCode(""))
    assert {("defect_code", "oil"), ("operation", SEW), ("work_order", "WO1")} <= set(
        Poller(floor, "F1").polls()
    )
    got = Poller(floor, "H1").polls()
    assert {key for kind, key in got if kind == "route"} == {"POLO/1"}
    assert {key for kind, key in got if kind == "requirement_list"} == {"SEW>HEM/1"}
    assert {key for kind, key in got if kind in ("defect_code", "work_order")} == {"oil", "WO1"}


def test_a_station_that_gets_another_line_begins_afresh(floor: Floor) -> None:
    with writing(floor.engine) as connection:
        before = generation_of(connection)
        write_records(connection, floor.log, P, [station_record("S1", "L7", SEW)])
        assert generation_of(connection) == before + 1
        write_records(connection, floor.log, P, [station_record("S1", "L7", SEW)])
        assert generation_of(connection) == before + 1


def test_a_poll_reads_only_the_station_s_own_rows(tmp_path: Any) -> None:
    """However much the other lines do: the index is entered at the station's own place, and nothing is scanned."""
    floor = Floor(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    floor["S1"]
    with reading(floor.engine) as connection:
        own = slice_of(connection, floor.device("S1"))
        (bundles, _holds, voices) = floor_sources(P, own, Stretch(after=0, old=0))
        plans: list[list[str]] = []
        for source in (bundles, voices):
            position = source.query.selected_columns["position"]
            asked = source.query.where(position > 0).order_by(position).limit(10)
            sql = str(asked.compile(connection, compile_kwargs={"literal_binds": True}))
            plans.append([row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))])
    floor.close()
    assert not [line for plan in plans for line in plan if line.startswith("SCAN")], plans
    indexes = (
        "ix_bundle_at_plant_operation_unit_position (plant=? AND operation=? AND unit=? AND position>?)",
        "ix_voices_plant_unit_position (plant=? AND unit=? AND position>?)",
    )
    for index, plan in zip(indexes, plans, strict=True):
        assert any(index in line for line in plan), plan


def test_what_a_kiosk_folds_on_top_is_what_the_hub_gets(floor: Floor) -> None:
    told = Poller(floor, "S1")
    floor["C1"].cuts(bundle("B1"))
    floor.hears("C1")
    told.polls()
    job = floor["S1"].starts("B1", 20, LI, WANG)
    floor["S1"].finishes(job, "B1", good=19, scrap=1)
    known = told.bundle("B1")
    for entry in floor["S1"].kiosk.entries:
        said, envelope = event_of(entry.envelope), entry.envelope
        by = Told(
            event_id=envelope.event_id,
            at=envelope.event_time,
            operator=envelope.operator,
            station=envelope.device,
        )
        known = after(known, said, by, ROUTE).progress  # pyright: ignore[reportArgumentType] - work events only
    floor.hears("S1")
    told.polls()
    assert told.bundle("B1") == known
