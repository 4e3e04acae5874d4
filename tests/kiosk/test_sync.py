"""Sync against a hub that loses answers, asks again, holds another log, is busy, or is not the hub at all."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from uuid_utils import uuid7

from domain.events.terminal import DamageFound, KioskStarted
from domain.log import GENESIS_DIGEST, Head, event_of, open_entry
from domain.wire import Accepted, Acknowledgement, Changes, Fork, Resend, Snapshot, UploadHeader
from kiosk.hub_client import HubBusyError, HubUnreachableError, UploadTooLargeError
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from kiosk.sync import Connectivity, Sync
from kiosk.verdict import Advance, Ignore, NewEpoch, Rewind, judge

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class FakeHub:
    """A hub that keeps one device's log in a list; what it does wrong is said before."""

    def __init__(self) -> None:
        self.logs: dict[int, list[bytes]] = {}
        self.lose_answers = 0
        self.fails: list[Exception] = []
        self.generation = 1
        self.uploads = 0
        self.largest = 200
        self.wait_s = 0.0

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        self.uploads += 1
        if self.fails:
            raise self.fails.pop(0)
        if len(bodies) > self.largest:
            raise UploadTooLargeError("too_large")
        verdict = self._take(header, bodies)
        if self.lose_answers:
            self.lose_answers -= 1
            raise HubUnreachableError("timeout")
        held = self.logs.get(header.epoch, [])
        head = open_entry(held[-1]).head if held else Head()
        return Acknowledgement(
            generation=self.generation, accepted=head, safe=Head(), verdict=verdict, wait_s=self.wait_s
        )

    def _take(self, header: UploadHeader, bodies: list[bytes]):
        held = self.logs.setdefault(header.epoch, [])
        if header.first_sequence > len(held) + 1:
            return Resend(from_sequence=len(held) + 1)
        overlap = held[header.first_sequence - 1 :]
        if any(ours != theirs for ours, theirs in zip(overlap, bodies, strict=False)):
            return Fork(sequence=header.first_sequence, next_epoch=header.epoch + 1)
        held += bodies[len(overlap) :]
        return Accepted()

    def changes(self, cursor: str, generation: int) -> Changes:
        return Changes(
            generation=self.generation,
            cursor="c1",
            changes=(),
            epoch=1,
            complete_through=0,
            position=0,
            more=False,
            hub_time=NOW,
        )

    def snapshot(self) -> Snapshot:
        raise HubUnreachableError("not_the_hub", "status 404")

    def close(self) -> None:
        return None


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        self.s += 0.001
        return self.s


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    origin = Origin(plant="P1", device="K1", boot_id="b", software="test")
    with contextlib.closing(Store(tmp_path, origin)) as opened:
        yield opened


def record(store: Store, count: int) -> None:
    facts = [
        Fact(event=KioskStarted(software=f"v{place}"), event_id=uuid7().hex, event_time=NOW)
        for place in range(count)
    ]
    store.record(facts, None, "20261122")


def syncing(store: Store, hub: FakeHub, clock: Clock | None = None) -> tuple[Sync, list[Connectivity]]:
    heard: list[Connectivity] = []
    sync = Sync(store, hub, now=lambda: NOW, monotonic_s=clock or Clock(), on_change=heard.append, seed=1)
    return sync, heard


def ids(bodies: list[bytes]) -> list[str]:
    return [open_entry(body).envelope.event_id for body in bodies]


def test_everything_pending_is_sent_in_order_and_the_cursor_follows(store):
    record(store, 450)
    hub = FakeHub()
    sync, heard = syncing(store, hub)
    sync.round()
    assert hub.logs[1] == store.log.bodies_after(0, 1000)
    assert store.log.pending == 0
    assert hub.uploads == 3
    assert [one.state for one in heard] == ["online"]


@pytest.mark.fault("N2")
def test_an_answer_lost_after_the_commit_makes_one_effect(store):
    record(store, 10)
    hub = FakeHub()
    hub.lose_answers = 1
    sync, heard = syncing(store, hub)
    sync.round()
    assert store.log.pending == 10
    sync.round()
    assert store.log.pending == 0
    assert len(hub.logs[1]) == 10
    assert [one.state for one in heard] == ["offline", "online"]


@pytest.mark.fault("H6")
def test_a_hub_that_lost_its_end_gets_it_again(store):
    record(store, 30)
    hub = FakeHub()
    sync, _ = syncing(store, hub)
    sync.round()
    del hub.logs[1][12:]
    record(store, 1)
    sync.round()
    assert hub.logs[1] == store.log.bodies_after(0, 1000)


@pytest.mark.fault("D7")
def test_a_fork_begins_a_new_epoch_with_the_same_event_ids(store):
    record(store, 5)
    hub = FakeHub()
    other = open_entry(store.log.bodies_after(0, 1)[0])
    hub.logs[1] = [other.body.replace(b"v0", b"w0")]
    sync, _ = syncing(store, hub)
    before = ids(store.log.bodies_after(0, 10))
    sync.round()
    assert store.log.epoch == 2
    assert ids(hub.logs[2]) == before
    assert open_entry(hub.logs[2][0]).envelope.previous_digest == GENESIS_DIGEST


@pytest.mark.fault("D7")
def test_a_hub_that_knows_more_of_us_than_we_do_begins_a_new_epoch(store):
    record(store, 3)
    hub = FakeHub()
    sync, _ = syncing(store, hub)
    sync.round()
    hub.logs[1].append(hub.logs[1][-1].replace(b'"sequence":3', b'"sequence":4'))
    store.acknowledge(0)
    sync.round()
    assert store.log.epoch == 2
    assert len(hub.logs[2]) == 3


def test_too_large_is_halved_until_it_fits(store):
    record(store, 100)
    hub = FakeHub()
    hub.largest = 13
    sync, _ = syncing(store, hub)
    sync.round()
    assert store.log.pending == 0


@pytest.mark.fault("N8")
def test_a_busy_hub_is_left_alone_for_as_long_as_it_asks(store):
    record(store, 1)
    hub = FakeHub()
    hub.fails = [HubBusyError("busy", "", 42.0)]
    sync, heard = syncing(store, hub)
    assert sync.round() >= 42.0
    assert heard[-1].state == "slow"
    assert store.log.pending == 1


def test_a_hub_that_answers_without_progress_is_not_asked_in_a_circle(store):
    record(store, 1)

    class Deaf(FakeHub):
        def upload(self, header, bodies):
            self.uploads += 1
            return Acknowledgement(
                generation=1, accepted=Head(), safe=Head(), verdict=Resend(from_sequence=1)
            )

    hub = Deaf()
    sync, heard = syncing(store, hub)
    sync.round()
    assert hub.uploads == 1
    assert heard[-1].reason == "no_progress"


def spoil(folder: Path, change: str, sequence: int) -> None:
    """Change one entry on the disk behind the kiosk's back."""
    with contextlib.closing(sqlite3.connect(folder / "kiosk.db")) as file, file:
        file.executescript("DROP TRIGGER IF EXISTS entry_is_final; DROP TRIGGER IF EXISTS entry_stays")
        file.execute(f"{change} WHERE sequence = {sequence}")


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ("UPDATE entry SET body = CAST(replace(body, 'v2', 'v9') AS BLOB)", {2}),
        ("UPDATE entry SET body = x'00ff'", {2}),
        ("UPDATE entry SET digest = replace(digest, substr(digest, 1, 1), 'z')", set()),
        ("DELETE FROM entry", {2}),
    ],
)
@pytest.mark.fault("D4")
def test_what_the_disk_spoilt_is_left_out_and_holds_nothing_up(tmp_path, change, lost):
    origin = Origin(plant="P1", device="K1", boot_id="b", software="test")
    with contextlib.closing(Store(tmp_path, origin)) as store:
        record(store, 2_000)
        written = ids(store.log.bodies_after(0, 2_000))
    spoil(tmp_path, change, 3)
    hub = FakeHub()
    with contextlib.closing(Store(tmp_path, origin)) as store:
        assert store.inspect(NOW) == (), "only the newest entries are looked at when it starts"
        sync, heard = syncing(store, hub)
        sync.round()
        assert (store.log.pending, store.log.epoch, heard[-1].state) == (0, 2, "online")
    assert ids(hub.logs[2])[:-1] == [one for place, one in enumerate(written) if place not in lost]
    told = event_of(open_entry(hub.logs[2][-1]).envelope)
    assert isinstance(told, DamageFound)
    assert (told.first, told.count, told.at_hub) == (3, 1, False) or not lost


@pytest.mark.fault("D4")
def test_a_log_cut_at_its_end_is_seen_and_goes_on_in_a_new_epoch(tmp_path):
    origin = Origin(plant="P1", device="K1", boot_id="b", software="test")
    with contextlib.closing(Store(tmp_path, origin)) as store:
        record(store, 5)
    spoil(tmp_path, "DELETE FROM entry", 5)
    with contextlib.closing(Store(tmp_path, origin)) as store:
        assert [(one.sequence, one.body) for one in store.inspect(NOW)] == [(5, None)]
        assert (store.log.epoch, store.log.head.sequence, store.log.damages()) == (2, 5, [])
        told = event_of(open_entry(store.log.bodies_after(4, 1)[0]).envelope)
        assert isinstance(told, DamageFound)
        assert (told.reason, told.epoch, told.first, told.last, told.count) == ("missing", 1, 5, 5, 1)


def test_a_round_that_fails_in_a_way_nobody_thought_of_is_tried_again(store):
    record(store, 1)
    hub = FakeHub()
    hub.fails = [RuntimeError("nobody thought of it")]
    sync, heard = syncing(store, hub)
    sync.start()
    deadline_s = time.monotonic() + 10
    while store.log.pending and time.monotonic() < deadline_s:
        time.sleep(0.02)
    sync.stop()
    assert [one.state for one in heard] == ["offline", "online"]


def test_a_hub_that_asks_for_time_between_uploads_gets_it(store):
    record(store, 400)
    hub = FakeHub()
    hub.wait_s = 0.05
    sync, _ = syncing(store, hub)
    begin_s = time.monotonic()
    sync.round()
    assert time.monotonic() - begin_s >= 0.1
    assert store.log.pending == 0


def _answer(verdict, sequence: int = 0, digest: str = GENESIS_DIGEST, generation: int = 1) -> Acknowledgement:
    return Acknowledgement(
        generation=generation,
        accepted=Head(sequence=sequence, digest=digest),
        safe=Head(),
        verdict=verdict,
    )


OURS = {0: Head(), 1: Head(sequence=1, digest="a" * 64), 2: Head(sequence=2, digest="b" * 64)}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (_answer(Accepted(), 2, "b" * 64), Advance(sequence=2)),
        (_answer(Accepted(), 1, "a" * 64), Advance(sequence=1)),
        (_answer(Accepted(), 2, "c" * 64), NewEpoch(epoch=4)),
        (_answer(Accepted(), 7, "b" * 64), NewEpoch(epoch=4)),
        (_answer(Resend(from_sequence=2), 1, "a" * 64), Rewind(sequence=1)),
        (_answer(Resend(from_sequence=99), 1, "a" * 64), Rewind(sequence=1)),
        (_answer(Resend(from_sequence=2), 1, "c" * 64), NewEpoch(epoch=4)),
        (_answer(Resend(from_sequence=8), 7, "b" * 64), NewEpoch(epoch=4)),
        (_answer(Fork(sequence=1, next_epoch=9)), NewEpoch(epoch=9)),
        (_answer(Fork(sequence=1, next_epoch=1)), NewEpoch(epoch=4)),
    ],
)
def test_only_our_own_digest_at_that_number_moves_the_cursor(answer, expected):
    assert judge(answer, digest_at=OURS.__getitem__, end=OURS[2], epoch=3, generation=1) == expected


@pytest.mark.fault("N9")
def test_an_answer_of_an_older_generation_moves_nothing():
    answer = _answer(Accepted(), 2, "b" * 64, generation=1)
    judged = judge(answer, digest_at=OURS.__getitem__, end=OURS[2], epoch=3, generation=2)
    assert isinstance(judged, Ignore)
