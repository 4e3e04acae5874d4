"""What a station knows of production, from its file: the hub's records, and our own newest work on top of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from domain.bundle import BundleSerial, Tally
from domain.event import Event
from domain.events.production import BundlesRemade, JobFinished, JobStarted, JobUndone, TicketRenewed
from domain.job import JobState
from domain.progress import Progress
from domain.progress_fold import Told, after
from domain.shop import Hold
from domain.wire import Change, Changes
from kiosk.provision import provision
from kiosk.store.log import Fact
from kiosk.store.work import JOBS_KEPT_MAX
from tests.sewing import (
    ASKED,
    BUNDLE,
    BUTTON,
    DEFECTS,
    HEM,
    LI,
    ORDER,
    OVERLOCK,
    ROUTE,
    WANG,
    at_the_hem,
    floor_changes,
    sewn,
)
from tests.terminal import Terminal
from tests.world import NOW

JOB = "S301W000001"
STARTED = JobStarted(
    job=JOB,
    bundle=BUNDLE.serial,
    operation=HEM,
    copy=1,
    pieces=20,
    people=(WANG.number,),
    accepts=(OVERLOCK,),
)
FINISHED = JobFinished(job=JOB, bundle=BUNDLE.serial, operation=HEM, told=Tally(good=19, seconds=1))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = at_the_hem(tmp_path)
    yield made
    made.close()


def record(terminal: Terminal, *events: Event) -> int:
    """Record events as a turn would; returns the log's end."""
    facts = [
        Fact(
            event=one,
            event_id=f"{900 + terminal.store.log.head.sequence + number:032x}",
            event_time=NOW,
            operator=WANG.number,
            read_point="LINE-1",
        )
        for number, one in enumerate(events)
    ]
    terminal.store.record(facts, None, "20261122")
    return terminal.store.log.head.sequence


def told(terminal: Terminal, *changes: Change, through: int, generation: int = 1) -> None:
    terminal.store.apply(
        Changes(
            generation=generation,
            cursor=f"r{through}",
            changes=changes,
            epoch=1,
            complete_through=through,
            position=1,
            more=False,
            hub_time=NOW,
        )
    )


def bundle_change(progress: Progress) -> Change:
    return Change(kind="bundle", key=progress.bundle.serial, body=msgspec.to_builtins(progress))


def test_what_the_hub_tells_of_the_floor_is_found(terminal: Terminal) -> None:
    shop = terminal.store.shop
    assert shop.progress(BUNDLE.serial) == sewn()
    assert shop.progress(BundleSerial("nobody")) is None
    assert shop.order(ORDER.number) == ORDER
    assert shop.route(ROUTE.code, ROUTE.version) == ROUTE
    assert shop.route(ROUTE.code, 9) is None
    assert [one.version for one in shop.requirements_of(HEM)] == [3]
    assert [one.operation for one in shop.requirements_after(HEM)] == [BUTTON]
    assert shop.person(LI.number) == LI
    assert [one.code for one in shop.defects(HEM)] == ["hem_wavy", "oil", "skipped_stitch"]
    assert {one.code for one in shop.defects(BUTTON)} == {one.code for one in DEFECTS if not one.operations}
    assert [one.code for one in shop.reasons("pause")] == ["machine"]


def test_a_provision_file_brings_the_floor(tmp_path: Path) -> None:
    header = {"generation": 2, "cursor": "p2", "plant": "P1", "device": "K1"}
    lines = [msgspec.json.encode(one) for one in (header, *floor_changes(sewn()))]
    (tmp_path / "floor.ndjson").write_bytes(b"\n".join(lines))
    terminal = Terminal(tmp_path / "kiosk")
    assert provision(terminal.store, tmp_path / "floor.ndjson", plant="P1", device="K1") == len(lines) - 1
    assert terminal.store.shop.progress(BUNDLE.serial) == sewn()
    assert terminal.store.reference.strange() == 0
    terminal.close()


def test_a_file_of_the_version_before_knows_the_floor_from_its_next_start(terminal: Terminal) -> None:
    through = record(terminal, STARTED)
    for table in ("own_work", "station_job"):
        terminal.store.connection.change(f"DROP TABLE {table}")
    terminal.store.connection.change("PRAGMA user_version = 4")
    terminal.restarts()
    assert terminal.store.log.head.sequence > through
    assert terminal.store.shop.jobs_here(9) == []
    record(terminal, STARTED, FINISHED)
    assert terminal.store.shop.last_act() is not None


def test_of_jobs_that_ended_elsewhere_only_the_newest_are_kept(terminal: Terminal) -> None:
    jobs = [replace(STARTED, job=f"S301W{number:06}") for number in range(JOBS_KEPT_MAX + 5)]
    record(terminal, *jobs)
    assert terminal.store.connection.row("SELECT count(*), min(job) FROM station_job") == (
        JOBS_KEPT_MAX,
        jobs[5].job,
    )


def test_only_what_both_sides_agreed_on_is_shown_and_of_that_the_newest(terminal: Terminal) -> None:
    proposal = replace(ASKED, version=4, agreed_by=("1020", ""))
    told(
        terminal,
        Change(kind="requirement_list", key="OVERLOCK>HEM/4", body=msgspec.to_builtins(proposal)),
        through=0,
    )
    assert terminal.store.shop.requirements_of(HEM) == [ASKED]


@pytest.mark.parametrize(
    ("scope", "key"),
    [("bundle", BUNDLE.serial), ("shade", "D-118"), ("order", ORDER.number), ("operation", HEM)],
)
def test_a_hold_on_a_bundle_its_shade_its_order_or_the_operation_is_found_until_it_is_lifted(
    terminal: Terminal, scope: str, key: str
) -> None:
    hold = Hold(name="H1", scope=scope, key=key, person=LI.number, since=NOW, reason="shade")  # type: ignore[arg-type] (drawn from the words there are)
    told(terminal, Change(kind="hold", key="H1", body=msgspec.to_builtins(hold)), through=0)
    assert terminal.store.shop.hold(BUNDLE, HEM) == hold
    assert (
        terminal.store.shop.hold(replace(BUNDLE, serial=BundleSerial("x"), shade="", order="o"), BUTTON)
        is None
    )
    told(terminal, Change(kind="hold", key="H1", body=None), through=0)
    assert terminal.store.shop.hold(BUNDLE, HEM) is None


def test_our_own_work_lies_on_top_until_the_hub_counts_it(terminal: Terminal) -> None:
    shop = terminal.store.shop
    through = record(terminal, STARTED)
    assert [one.name for one in shop.jobs_here(9)] == [JOB]
    mine = shop.progress(BUNDLE.serial)
    assert mine is not None
    assert mine.left_for(HEM, ROUTE) == 0
    record(terminal, FINISHED)
    done = shop.progress(BUNDLE.serial)
    assert done is not None
    assert done.jobs[-1].tally == Tally(received=20, good=19, seconds=1)
    assert (done.jobs[-1].station, done.jobs[-1].people) == ("LINE-1", (WANG.number,))
    assert shop.jobs_here(9) == []
    told(terminal, bundle_change(mine), through=through)
    assert shop.progress(BUNDLE.serial) == done, "the hub counts the check-in, our finish still lies on top"


def test_the_same_is_known_after_the_power_came_back(terminal: Terminal) -> None:
    record(terminal, STARTED)
    before = terminal.store.shop.progress(BUNDLE.serial)
    terminal.restarts()
    assert terminal.store.shop.progress(BUNDLE.serial) == before
    assert [one.name for one in terminal.store.shop.jobs_here(9)] == [JOB]


def test_a_hub_that_was_put_back_takes_no_work_away(terminal: Terminal) -> None:
    through = record(terminal, STARTED, FINISHED)
    done = terminal.store.shop.progress(BUNDLE.serial)
    assert done is not None
    told(terminal, bundle_change(done), through=through)
    assert terminal.store.connection.row("SELECT count(*) FROM own_work") == (0,)
    whole = [one for one in terminal._changes if one.kind in ("bundle", "route", "work_order")]
    told(terminal, *whole, through=0, generation=2)
    while terminal.store.refold_some():
        pass
    assert terminal.store.shop.progress(BUNDLE.serial) == done


def test_bundles_we_made_by_splitting_are_known_before_the_hub_heard_of_them(terminal: Terminal) -> None:
    shop = terminal.store.shop
    parts = tuple(
        replace(
            BUNDLE, serial=BundleSerial(f"S30100000{n}"), pieces=pieces, plies=None, parents=(BUNDLE.serial,)
        )
        for n, pieces in ((1, 18), (2, 2))
    )
    back = replace(parts[1], sent_back_to=OVERLOCK)
    made = BundlesRemade(act="split", parents=(BUNDLE.serial,), bundles=(parts[0], back), operation=HEM)
    record(terminal, made)
    parent, first, rest = (shop.progress(one) for one in (BUNDLE.serial, parts[0].serial, back.serial))
    assert parent
    assert first
    assert rest
    assert parent.became == (parts[0].serial, back.serial)
    assert (first.awaits(ROUTE), rest.awaits(ROUTE)) == ((HEM,), (OVERLOCK,))
    record(
        terminal,
        TicketRenewed(bundle=first.bundle.serial, copy=2, reason="torn"),
        replace(STARTED, bundle=first.bundle.serial, copy=2, pieces=18),
    )
    at_work = shop.progress(first.bundle.serial)
    assert at_work is not None
    assert (at_work.bundle.copy, at_work.jobs[-1].tally.received) == (2, 18)


def test_the_last_act_is_found_and_what_was_taken_back_is_none_any_more(terminal: Terminal) -> None:
    shop = terminal.store.shop
    record(terminal, STARTED)
    began = shop.last_act()
    record(terminal, FINISHED)
    finished = shop.last_act()
    assert began
    assert finished
    assert (began.act, finished.act) == ("start", "finish")
    assert began.event_id != finished.event_id
    step = {"job": JOB, "bundle": BUNDLE.serial, "operation": HEM}
    record(terminal, JobUndone(**step, act="finish"))
    assert shop.last_act() == began
    assert [one.state for one in shop.jobs_here(9)] == [JobState.RUNNING]
    record(terminal, JobUndone(**step, act="start"))
    assert shop.last_act() is None
    assert shop.jobs_here(9) == []


def test_the_kiosk_folds_as_the_hub_does(terminal: Terminal) -> None:
    record(terminal, STARTED, FINISHED)
    hub = sewn()
    for number, event in enumerate((STARTED, FINISHED)):
        entry = terminal.entries()[-2 + number].envelope
        who = Told(event_id=entry.event_id, at=NOW, operator=WANG.number, station="LINE-1")
        hub = after(hub, event, who, ROUTE).progress
    assert terminal.store.shop.progress(BUNDLE.serial) == hub
