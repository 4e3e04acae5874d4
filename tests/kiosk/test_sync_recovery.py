"""Sync with a hub that was put back, forgot more than it may, answers late, or sits at the end of a bad line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from uuid_utils import uuid7

from domain.events.terminal import DamageFound, KioskStarted
from domain.log import Head, event_of, open_entry
from domain.wire import (
    LEASE_S,
    Accepted,
    Acknowledgement,
    Change,
    Changes,
    Fork,
    Resend,
    Snapshot,
    UploadHeader,
)
from kiosk.hub_client import HubRefusedError, HubUnreachableError, UploadTooLargeError
from kiosk.lease import LEASE_S_MIN
from kiosk.pace import Pace
from kiosk.store.care import STEP_ENTRIES_MAX
from kiosk.store.errors import StoreError
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from kiosk.sync import BATCHES_BEFORE_CHANGES, EPOCHS_PER_HOUR_MAX, Connectivity, Sync
from tests.world import NOW

ORIGIN = Origin(plant="P1", device="K1", boot_id="b", software="test")


class BookHub:
    """A hub that keeps logs per epoch, and can be put back; what it should do otherwise is said before."""

    def __init__(self) -> None:
        self.logs: dict[int, list[bytes]] = {}
        self.generation = 1
        self.safe = 0
        self.time = NOW
        self.lease_s = LEASE_S
        self.events_max = 200
        self.asked: list[str] = []
        self.batches: list[int] = []
        self.answers: list[Callable[[Acknowledgement], Acknowledgement]] = []
        self.pages: list[Changes] = []
        self.snapshots: list[Snapshot] = []
        self.revoked = False
        self.carries = 10**9
        """Bytes the line carries before it times out."""

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        self.asked.append("upload")
        self.batches.append(len(bodies))
        if sum(map(len, bodies)) > self.carries:
            raise HubUnreachableError("timeout")
        if len(bodies) > 200:
            raise UploadTooLargeError("too_large")
        held = self.logs.setdefault(header.epoch, [])
        verdict = self._take(header, held, bodies)
        head = self._head(header.epoch)
        safe = min(self.safe, head.sequence)
        answer = Acknowledgement(
            generation=self.generation,
            accepted=head,
            safe=open_entry(held[safe - 1]).head if safe else Head(),
            verdict=verdict,
            hub_time=self.time,
            lease_s=self.lease_s,
            events_max=self.events_max,
        )
        return self.answers.pop(0)(answer) if self.answers else answer

    def _head(self, epoch: int) -> Head:
        held = self.logs.get(epoch, [])
        return open_entry(held[-1]).head if held else Head()

    def _take(self, header: UploadHeader, held: list[bytes], bodies: list[bytes]) -> Accepted | Resend | Fork:
        if header.first_sequence > len(held) + 1:
            return Resend(from_sequence=len(held) + 1)
        if (
            header.first_sequence == len(held) + 1
            and header.previous_digest != self._head(header.epoch).digest
        ):
            return Fork(sequence=len(held), next_epoch=max(self.logs) + 1)
        held += bodies[len(held) + 1 - header.first_sequence :]
        return Accepted()

    def changes(self, cursor: str, generation: int) -> Changes:
        self.asked.append("changes")
        if self.revoked:
            raise HubRefusedError("revoked")
        if self.pages:
            return self.pages.pop(0)
        return self.page(cursor="c1")

    def page(
        self, *changes: Change, cursor: str, more: bool = False, generation: int | None = None
    ) -> Changes:
        return Changes(
            generation=generation or self.generation,
            cursor=cursor,
            changes=changes,
            epoch=1,
            complete_through=0,
            position=0,
            more=more,
            hub_time=self.time,
        )

    def snapshot(self) -> Snapshot:
        self.asked.append("snapshot")
        if not self.snapshots:
            raise HubUnreachableError("not_the_hub", "status 404")
        return self.snapshots.pop(0)

    def put_back(self, logs: dict[int, list[bytes]]) -> None:
        self.logs = logs
        self.generation += 1

    def copy(self) -> dict[int, list[bytes]]:
        return {epoch: list(held) for epoch, held in self.logs.items()}

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
    with contextlib.closing(Store(tmp_path, ORIGIN)) as opened:
        yield opened


def record(store: Store, count: int) -> list[str]:
    facts = [
        Fact(event=KioskStarted(software=f"v{n}"), event_id=uuid7().hex, event_time=NOW) for n in range(count)
    ]
    store.record(facts, None, "20261122")
    return [one.event_id for one in facts]


def syncing(store: Store, hub: BookHub, clock: Clock | None = None) -> tuple[Sync, list[Connectivity]]:
    heard: list[Connectivity] = []
    sync = Sync(
        store,
        hub,
        now=lambda: NOW,
        monotonic_s=clock or Clock(),
        on_change=heard.append,
        seed=1,
        pause=lambda _s: None,
    )
    return sync, heard


def ids(bodies: list[bytes]) -> list[str]:
    return [open_entry(body).envelope.event_id for body in bodies]


# The hub is put back


@pytest.mark.fault("H6")
def test_a_hub_put_back_gets_again_what_its_backup_lacks_hands_off(store):
    hub, clock = BookHub(), Clock()
    sync, _ = syncing(store, hub, clock)
    record(store, 30)
    sync.round()
    backup = hub.copy()
    record(store, 300)
    sync.round()
    hub.put_back(backup)
    clock.s += 60
    sync.round()
    sync.round()
    assert hub.logs[1] == store.log.bodies_after(0, 1_000)
    assert (store.generation, store.log.epoch, store.log.pending) == (2, 1, 0)


@pytest.mark.fault("H6")
def test_a_page_of_a_newer_generation_asks_for_the_hubs_head_at_once_and_begins_afresh(store):
    hub = BookHub()
    sync, _ = syncing(store, hub)
    record(store, 5)
    hub.pages = [hub.page(Change(kind="hologram", key="S1", body={}), cursor="c1")]
    sync.round()
    assert store.reference.strange() == 1
    hub.put_back({1: hub.logs[1][:2]})
    sync.round()
    sync.round()
    assert len(hub.logs[1]) == 5 + 1, "and the word about the shift"
    assert store.reference.strange() == 0
    assert store.reference.progress().generation == 2


@pytest.mark.fault("H6", "N9")
def test_an_answer_of_an_older_generation_arrives_late_and_moves_nothing(store):
    hub = BookHub()
    sync, heard = syncing(store, hub)
    record(store, 5)
    sync.round()
    store.hear_generation(2)
    record(store, 1)
    before = store.log.acknowledged
    sync.round()
    assert (store.log.acknowledged, store.log.epoch) == (before, 1)
    assert heard[-1].reason == "older_generation"


@pytest.mark.fault("H6", "D7")
def test_a_fork_seen_before_the_hub_was_put_back_and_heard_after_it_loses_nothing(store):
    """The combination that broke the first design."""
    hub = BookHub()
    sync, _ = syncing(store, hub)
    written = record(store, 20)
    sync.round()
    backup = {1: hub.logs[1][:8]}
    written += record(store, 5)
    hub.answers = [lambda answer: _with(answer, Fork(sequence=20, next_epoch=2))]
    sync.round()
    hub.put_back(backup)
    written += record(store, 5)
    sync.round()
    sync.round()
    assert store.log.epoch == 2
    assert ids(hub.logs[2]) == written, "everything retained, not only what was unsent"


def _with(answer: Acknowledgement, verdict: Fork) -> Acknowledgement:
    return Acknowledgement(
        generation=answer.generation, accepted=answer.accepted, safe=answer.safe, verdict=verdict
    )


@pytest.mark.fault("H6", "B5")
def test_a_hub_put_back_behind_what_it_called_safe_gets_all_that_is_left_and_is_told_what_is_not(store):
    hub, clock = BookHub(), Clock()
    sync, _ = syncing(store, hub, clock)
    written = record(store, 60)
    sync.round()
    hub.safe, hub.time = 50, NOW + timedelta(days=45)
    for _ in range(4):
        clock.s += 20
        sync.round()
    assert store.log.base.sequence == 50
    hub.put_back({1: hub.logs[1][:30]})
    clock.s += 20
    sync.round()
    sync.round()
    assert ids(hub.logs[2])[:-1] == written[50:]
    assert event_of(open_entry(hub.logs[2][-1]).envelope) == DamageFound(
        reason="forgotten", epoch=1, first=31, last=50, count=20
    )


@pytest.mark.fault("B5")
def test_a_hub_that_names_nothing_safe_makes_nothing_forgotten(store):
    hub, clock = BookHub(), Clock()
    sync, _ = syncing(store, hub, clock)
    record(store, 60)
    sync.round()
    hub.time = NOW + timedelta(days=400)
    for _ in range(4):
        clock.s += 20
        sync.round()
    assert (store.log.base, len(store.log.bodies_after(0, 100))) == (Head(), 60)


@pytest.mark.fault("D7")
def test_a_long_log_is_issued_again_before_anything_is_sent_under_the_new_epoch(store):
    hub = BookHub()
    sync, _ = syncing(store, hub)
    written = record(store, 3 * STEP_ENTRIES_MAX)
    hub.answers = [lambda answer: _with(answer, Fork(sequence=1, next_epoch=4))]
    sync.round()
    assert ids(hub.logs[4]) == written
    assert store.log.pending == 0


@pytest.mark.fault("D7")
def test_two_copies_of_a_card_do_not_chase_each_other_from_epoch_to_epoch_for_ever(store):
    hub, clock = BookHub(), Clock()
    sync, heard = syncing(store, hub, clock)
    written = record(store, 3)
    epochs: set[int] = set()
    for _ in range(40):
        hub.answers = [lambda answer: _with(answer, Fork(sequence=1, next_epoch=store.log.epoch + 2))]
        clock.s += 20
        sync.round()
        epochs.add(store.log.epoch)
    assert len(epochs) == EPOCHS_PER_HOUR_MAX
    assert heard[-1].state == "slow"
    clock.s += 3_700
    hub.answers = []
    sync.round()
    assert ids(hub.logs[store.log.epoch]) == written


# Everything at once


def test_a_new_kiosk_takes_a_snapshot_and_goes_on_from_there(store):
    hub = BookHub()
    hub.snapshots = [
        Snapshot(
            generation=1,
            cursor="s1",
            changes=(Change(kind="hologram", key="S1", body={}),),
            epoch=1,
            complete_through=0,
            position=4,
            hub_time=NOW,
        )
    ]
    sync, _ = syncing(store, hub)
    sync.round()
    assert hub.asked.count("snapshot") == 1
    assert store.reference.strange() == 1
    assert store.reference.progress().cursor == "c1"


def test_where_there_is_no_snapshot_pages_serve(store):
    hub = BookHub()
    sync, heard = syncing(store, hub)
    sync.round()
    assert hub.asked == ["upload", "snapshot", "changes"]
    assert heard[-1].state == "online"


# Bad lines


@pytest.mark.fault("N5")
def test_reference_data_and_events_take_turns(store):
    hub = BookHub()
    record(store, 200 * BATCHES_BEFORE_CHANGES + 1)
    hub.pages = [hub.page(cursor=f"c{n}", more=True) for n in range(3)]
    sync, _ = syncing(store, hub)
    sync.round()
    first = hub.asked.index("changes")
    assert hub.asked[:first].count("upload") == BATCHES_BEFORE_CHANGES
    assert hub.asked[first + 1] == "upload", "events do not wait for the last page"
    assert store.log.pending == 0


@pytest.mark.fault("N5")
def test_a_line_that_carries_little_gets_small_batches_until_all_is_through(store):
    hub = BookHub()
    hub.carries = 1_500
    record(store, 40)
    sync, _ = syncing(store, hub)
    rounds = 0
    while store.log.pending:
        sync.round()
        rounds += 1
        assert rounds < 30
    assert hub.logs[1] == store.log.bodies_after(0, 100)
    hub.carries = 10**9
    record(store, 200)
    sync.round()
    assert max(hub.batches[-5:]) > 10, "and larger ones again when it carries more"


@pytest.mark.fault("N8")
def test_the_hub_says_how_much_it_takes_at_once(store):
    hub = BookHub()
    hub.events_max = 7
    record(store, 300)
    sync, _ = syncing(store, hub)
    sync.round()
    assert max(hub.batches[1:]) == 7
    assert store.log.pending == 0


def test_the_size_of_a_batch_follows_the_answers():
    pace = Pace()
    assert pace.events_max == 200
    pace.answered(200, 11.0, 200)
    assert pace.events_max == 100
    pace.answered(100, 3.0, 200)
    assert pace.events_max == 100
    pace.answered(100, 0.1, 200)
    assert pace.events_max == 200
    pace.answered(200, 0.1, 0)
    assert pace.events_max == 1
    pace.answered(1, 0.1, 200)
    assert pace.was_too_large(200)
    assert pace.events_max == 100
    assert pace.was_too_large(3)
    assert pace.events_max == 1
    assert not pace.was_too_large(1)
    pace.drained()
    assert pace.events_max == 200
    for _ in range(20):
        pace.failed()
    assert pace.events_max == 1


def test_what_is_acknowledged_is_written_down_now_and_then_and_at_the_end(store, monkeypatch):
    hub = BookHub()
    record(store, 2_500)
    written: list[int] = []
    keep = store.log.keep_acknowledged

    def keeping() -> None:
        written.append(store.log.acknowledged)
        keep()

    monkeypatch.setattr(store.log, "keep_acknowledged", keeping)
    sync, _ = syncing(store, hub)
    sync.round()
    assert written == [2_000, 2_500]


@pytest.mark.fault("D2")
def test_a_full_disk_keeps_nothing_from_the_hub(store, monkeypatch):
    hub = BookHub()
    record(store, 4_500)
    sync, _ = syncing(store, hub)
    transaction = store.connection.transaction

    @contextlib.contextmanager
    def full() -> Iterator[None]:
        with transaction():
            yield
            raise StoreError("disk_full", "rehearsed")

    with monkeypatch.context() as while_full:
        while_full.setattr(store.connection, "transaction", full)
        for _ in range(3):  # reference data cannot be taken: each round ends there, and the next one sends on
            sync.round()
    assert hub.logs[1] == store.log.bodies_after(0, 10_000)
    assert store.log.pending == 0
    record(store, 1)
    sync.round()
    assert store.log.pending == 0
    assert store.connection.meta("acknowledged") == "4501"


# The lease and the revoked


@pytest.mark.fault("N1")
def test_the_hubs_word_holds_for_its_lease_and_each_answer_begins_it_anew(store):
    hub, clock = BookHub(), Clock()
    sync, _ = syncing(store, hub, clock)
    sync.round()
    day_s = 24 * 3600
    clock.s += 34 * day_s
    assert day_s * 0.99 < sync.lease.left_s() < day_s * 1.01
    sync.round()
    assert sync.lease.left_s() > 34 * day_s
    hub.lease_s = 60
    clock.s += 20
    sync.round()
    assert sync.lease.left_s() > LEASE_S_MIN - 60, "a slip of the hub locks nobody out"
    clock.s += 36 * day_s
    assert sync.lease.left_s() == 0
    assert store.log.pending == 0
    record(store, 1)
    hub.lease_s = LEASE_S
    sync.round()
    assert store.log.pending == 0, "the queue goes out however long it took"
    assert sync.lease.left_s() > 0


@pytest.mark.fault("C2")
def test_no_clock_turned_back_makes_a_lease_longer_nor_does_a_restart(tmp_path):
    day_s = 24 * 3600.0
    wall: list[datetime] = [NOW]
    left: list[float] = []
    for boot, days, turned in (("b1", 10, 0), ("b1", 10, -4_000), ("b2", 10, -4_000), ("b3", 10, 0)):
        origin = Origin(plant="P1", device="K1", boot_id=boot, software="test")
        clock = Clock()
        clock.s = 10 * day_s if boot == "b1" and left else 0.0  # of the same start of the machine
        with contextlib.closing(Store(tmp_path, origin)) as store:
            wall[0] += timedelta(days=turned)
            hub = BookHub()
            hub.carries = -1
            sync = Sync(store, hub, now=lambda: wall[0], monotonic_s=clock, on_change=lambda _c: None)
            for _ in range(days):
                clock.s += day_s
                sync.round()  # the hub is away, and the kiosk is switched off without notice
            left.append(sync.lease.left_s())
    assert left == pytest.approx([25 * day_s, 15 * day_s, 5 * day_s, 0], abs=600)


@pytest.mark.fault("A3")
def test_a_revoked_kiosk_reads_nothing_more_says_so_and_still_sends_its_queue(store):
    hub, clock = BookHub(), Clock()
    sync, heard = syncing(store, hub, clock)
    sync.round()
    record(store, 3)
    hub.revoked, hub.lease_s = True, 0
    hub.pages = [hub.page(Change(kind="hologram", key="S1", body={}), cursor="c5")]
    sync.round()
    assert len(hub.logs[1]) == 3
    assert heard[-1].reason == "revoked"
    assert store.reference.progress().cursor == "c1"
    assert sync.lease.left_s() == 0, "the hub's signed word ends it at once"
