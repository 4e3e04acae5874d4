"""The log over years and accidents: damage is seen, epochs begin in small steps, only what is safe is forgotten."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from uuid_utils import uuid7

from domain.event import Event
from domain.events.terminal import DamageFound, KioskStarted
from domain.log import GENESIS_DIGEST, Head, event_of, open_entry
from kiosk.store.care import STEP_ENTRIES_MAX
from kiosk.store.errors import StoreError
from kiosk.store.log import Fact, Origin
from kiosk.store.store import Store
from tests.world import NOW

E = TypeVar("E", bound=Event)
ORIGIN = Origin(plant="P1", device="K1", boot_id="b", software="test")
MANY = 10 * STEP_ENTRIES_MAX + 10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with contextlib.closing(Store(tmp_path, ORIGIN)) as opened:
        yield opened


def record(store: Store, count: int) -> list[str]:
    facts = [
        Fact(event=KioskStarted(software=f"v{n}"), event_id=uuid7().hex, event_time=NOW) for n in range(count)
    ]
    store.record(facts, None, "20261122")
    return [one.event_id for one in facts]


def ids(store: Store) -> list[str]:
    return [open_entry(body).envelope.event_id for body in store.log.bodies_after(0, 1_000_000)]


def events(store: Store, kind: type[E]) -> list[E]:
    found = (event_of(open_entry(body).envelope) for body in store.log.bodies_after(0, 1_000_000))
    return [one for one in found if isinstance(one, kind)]


def chained(store: Store) -> bool:
    head = store.log.base
    for body in store.log.bodies_after(0, 1_000_000):
        entry = open_entry(body)
        if entry.envelope.previous_digest != head.digest or entry.envelope.sequence != head.sequence + 1:
            return False
        head = entry.head
    return head == store.log.head


# A new epoch, step by step


@pytest.mark.fault("D7")
def test_each_step_to_a_new_epoch_writes_a_bounded_number_of_entries(store, monkeypatch):
    record(store, MANY)
    written: list[int] = []
    change, transaction = store.connection.change, store.connection.transaction

    def counting(sql: str, parameters: tuple[object, ...] = ()) -> int:
        written[-1] += sql.startswith("INSERT INTO entry")
        return change(sql, parameters)

    @contextlib.contextmanager
    def beginning() -> Iterator[None]:
        if not store.connection._depth:
            written.append(0)
        with transaction():
            yield

    monkeypatch.setattr(store.connection, "change", counting)
    monkeypatch.setattr(store.connection, "transaction", beginning)
    store.begin_epoch(2, NOW)
    while store.care.reissue_some(NOW):
        pass
    assert sum(written) == MANY
    assert max(written) <= STEP_ENTRIES_MAX
    assert store.log.epoch == 2


@pytest.mark.fault("D7")
def test_scanning_goes_on_while_an_epoch_begins_and_its_facts_come_after(store):
    before = record(store, MANY)
    store.begin_epoch(2, NOW)
    meanwhile: list[str] = []
    while store.log.reissue:
        meanwhile += record(store, 3)
        store.care.reissue_some(NOW)
    after = record(store, 1)
    assert len(meanwhile) > 3
    assert store.log.epoch == 2
    assert ids(store) == before + meanwhile + after
    assert chained(store)
    assert store.log.pending == len(ids(store)), "the hub has none of it yet"


@pytest.mark.fault("D7", "K1")
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_a_new_epoch_is_taken_up_where_a_power_cut_left_it(tmp_path, steps):
    with contextlib.closing(Store(tmp_path, ORIGIN)) as store:
        before = record(store, MANY)
        store.begin_epoch(2, NOW)
        for _ in range(steps):
            store.care.reissue_some(NOW)
        with contextlib.suppress(KeyError), store.transaction():
            store.care.reissue_some(NOW)
            raise KeyError  # the power goes before the commit
        copied = store.log.reissue
    with contextlib.closing(Store(tmp_path, ORIGIN)) as store:
        assert store.log.reissue == copied
        assert (store.log.epoch, store.log.newest_epoch) == (1, 2), "numbers made now bear the new epoch"
        new = record(store, 1)
        while store.care.reissue_some(NOW):
            pass
        assert ids(store) == before + new
        assert chained(store)
        assert store.log.damages() == []


def test_an_even_newer_epoch_asked_for_on_the_way_follows_at_once(store):
    before = record(store, MANY)
    store.begin_epoch(2, NOW)
    store.begin_epoch(7, NOW)
    assert store.log.newest_epoch == 7
    while store.care.reissue_some(NOW):
        pass
    assert store.log.epoch == 7
    assert ids(store) == before


@pytest.mark.fault("D4")
def test_what_is_found_spoilt_on_the_way_to_a_new_epoch_is_left_out_and_told(store):
    before = record(store, MANY)
    spoil(store, "UPDATE entry SET body = x'00' WHERE sequence IN (703, 704, 900)")
    spoil(store, "DELETE FROM entry WHERE sequence BETWEEN 800 AND 803")
    store.begin_epoch(2, NOW)
    while store.care.reissue_some(NOW):
        pass
    lost = {703, 704, 900, *range(800, 804)}
    found = events(store, DamageFound)
    assert [(one.reason, one.first, one.last, one.count) for one in found] == [
        ("damaged", 703, 704, 2),
        ("missing", 800, 803, 4),
        ("damaged", 900, 900, 1),
    ]
    assert ids(store)[: -len(found)] == [one for n, one in enumerate(before, 1) if n not in lost]
    assert chained(store)


# Damage


def spoil(store: Store, sql: str, *given: object) -> None:
    """Change the log as no program does."""
    file: sqlite3.Connection = store.connection._sqlite
    triggers = [
        row[0]
        for row in file.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry'")
    ]
    for name in ("entry_stays", "entry_is_final"):
        file.execute(f"DROP TRIGGER {name}")
    try:
        file.execute(sql, given)
    finally:
        for trigger in triggers:
            file.execute(trigger)


@pytest.mark.fault("D4")
def test_a_flip_of_any_byte_of_any_row_is_seen_and_stops_nothing(store):
    written = set(record(store, 4))
    file = store.connection._sqlite
    file.executescript("PRAGMA synchronous=OFF; DROP TRIGGER entry_stays; DROP TRIGGER entry_is_final")
    draw = random.Random(4)
    rows = file.execute("SELECT rowid, epoch, sequence, digest, body FROM entry").fetchall()
    flips = 0
    for rowid, epoch, sequence, digest, body in rows:
        numbers = {"epoch": epoch, "sequence": sequence}
        for place in range(len(body)):
            spoilt = bytearray(body)
            spoilt[place] ^= 1 << draw.randrange(8)
            flips += seen(store, "body", rowid, bytes(spoilt), body, sound=written)
        for place in range(len(digest)):
            spoilt = bytearray(digest.encode())
            spoilt[place] ^= 1 << draw.randrange(7)
            flips += seen(store, "digest", rowid, bytes(spoilt).decode("latin-1"), digest, sound=written)
        for column, value in numbers.items():
            for bit in range(0, 62, 3):
                flips += seen(store, column, rowid, value ^ (1 << bit), value, sound=written)
        for strange in ("text", b"bytes", 0.5):
            flips += seen(store, "sequence", rowid, strange, sequence, sound=written)
            flips += seen(store, "digest", rowid, strange, digest, sound=written)
    assert flips > 1_500
    assert store.log.damages() == []


def seen(store: Store, column: str, rowid: int, spoilt: object, whole: object, *, sound: set[str]) -> int:
    change = f"UPDATE entry SET {column} = ? WHERE rowid = ?"  # noqa: S608 our own names
    file = store.connection._sqlite
    try:
        file.execute(change, (spoilt, rowid))
    except sqlite3.IntegrityError:
        return 0  # two rows of one number: no flip makes that, the file refuses it
    store.log.reload()
    with contextlib.suppress(KeyError), store.transaction():
        found = store.inspect(NOW)
        assert found, f"{column} of row {rowid}: {spoilt!r} instead of {whole!r}"
        assert store.log.epoch == 2
        assert store.log.damages() == [], "what goes on is sound"
        assert len(set(ids(store)) & sound) >= 3, "the neighbours go on"
        raise KeyError
    file.execute(change, (whole, rowid))
    store.log.reload()
    return 1


@pytest.mark.fault("D4")
def test_a_damage_the_hub_has_a_sound_copy_of_is_told_once_and_needs_no_new_epoch(store):
    record(store, 10)
    store.acknowledge(10)
    spoil(store, "UPDATE entry SET body = x'00' WHERE sequence = 4")
    for _ in range(3):
        store.care.check_some(NOW)
        store.inspect(NOW)
    told = [event_of(open_entry(body).envelope) for body in store.log.bodies_after(10, 10)]
    assert [(one.first, one.at_hub) for one in told if isinstance(one, DamageFound)] == [(4, True)]
    assert store.log.epoch == 1


@pytest.mark.fault("D4")
def test_old_entries_are_checked_round_and_round_in_quiet_moments(store):
    record(store, MANY)
    store.acknowledge(MANY)
    spoil(store, "UPDATE entry SET body = x'00' WHERE sequence = ?", MANY - 20)
    steps = 0
    while store.log.head.sequence == MANY:
        store.care.check_some(NOW)
        steps += 1
        assert steps <= MANY // STEP_ENTRIES_MAX + 1
    assert steps > 1, "a few at a time"


def test_a_sound_entry_with_a_spoilt_digest_beside_it_is_not_lost(store):
    before = record(store, 3)
    spoil(store, "UPDATE entry SET digest = ? WHERE sequence = 3", "0" * 64)
    store.log.reload()
    store.inspect(NOW)
    while store.care.reissue_some(NOW):
        pass
    assert ids(store)[:3] == before


# Forgetting


def safe(store: Store, sequence: int, *, at: datetime) -> None:
    store.care.hear(store.log.head_at(sequence), at)


@pytest.mark.fault("B5")
def test_only_what_is_safe_and_old_is_forgotten_and_the_chain_still_holds(store):
    written = record(store, 500)
    store.acknowledge(500)
    safe(store, 0, at=NOW)  # the hub's clock, 500 entries
    written += record(store, 100)
    store.acknowledge(600)
    later = NOW + timedelta(days=41)
    safe(store, 450, at=later)
    forgotten = [store.care.forget_some() for _ in range(6)]
    assert forgotten == [100, 100, 100, 100, 50, 0], "a few at a time, and none beyond what is safe"
    assert store.log.base == Head(sequence=450, digest=store.log.base.digest)
    assert ids(store) == written[450:]
    assert chained(store)
    assert store.log.damages() == []
    safe(store, 600, at=later)
    while store.care.forget_some():
        pass
    assert ids(store) == written[500:], "what is not old stays, however safe"


@pytest.mark.fault("B5")
def test_nothing_is_forgotten_that_the_hub_names_with_another_digest(store):
    record(store, 10)
    store.acknowledge(10)
    store.care.hear(Head(), NOW)
    store.care.hear(Head(sequence=10, digest="a" * 64), NOW + timedelta(days=50))
    assert store.care.forget_some() == 0
    store.care.hear(Head(sequence=11, digest=store.log.head.digest), NOW + timedelta(days=50))
    assert store.care.forget_some() == 0
    safe(store, 10, at=NOW + timedelta(days=50))
    store.care.forget_safe()
    assert store.care.forget_some() == 0, "the hub was put back: it must say so again"
    safe(store, 10, at=NOW + timedelta(days=50))
    assert store.care.forget_some() == 10


def test_an_empty_rest_goes_on_from_the_head_of_what_was_forgotten(tmp_path):
    with contextlib.closing(Store(tmp_path, ORIGIN)) as store:
        record(store, 5)
        store.acknowledge(5)
        safe(store, 0, at=NOW)
        safe(store, 5, at=NOW + timedelta(days=50))
        head = store.log.head
        assert store.care.forget_some() == 5
    with contextlib.closing(Store(tmp_path, ORIGIN)) as store:
        assert (store.log.head, store.log.base, store.log.damages()) == (head, head, [])
        record(store, 1)
        entry = open_entry(store.log.bodies_after(0, 1)[0]).envelope
        assert (entry.sequence, entry.previous_digest) == (6, head.digest)


def test_the_file_refuses_to_delete_an_entry_after_the_base(store):
    record(store, 3)
    with pytest.raises(StoreError), store.transaction():
        store.connection.change("DELETE FROM entry WHERE sequence = 2")
    assert len(ids(store)) == 3


@pytest.mark.fault("D7")
def test_an_older_epoch_goes_only_after_its_copies_in_the_new_one(store):
    record(store, 30)
    store.begin_epoch(2, NOW)
    store.acknowledge(30)
    safe(store, 0, at=NOW)
    safe(store, 20, at=NOW + timedelta(days=50))
    kept = "SELECT epoch, count(*) FROM entry GROUP BY epoch ORDER BY epoch"
    assert store.care.forget_some() == 20
    assert store.care.forget_some() == 0
    assert store.connection.rows(kept) == [(1, 30), (2, 10)]
    safe(store, 30, at=NOW + timedelta(days=50))
    while store.care.forget_some():
        pass
    assert store.connection.rows(kept) == []
    assert store.log.head.sequence == 30


def test_a_new_epoch_repeats_what_is_kept_and_not_what_was_forgotten(store):
    written = record(store, 30)
    store.acknowledge(30)
    safe(store, 0, at=NOW)
    safe(store, 12, at=NOW + timedelta(days=50))
    store.care.forget_some()
    store.begin_epoch(2, NOW)
    assert ids(store) == written[12:]
    assert (store.log.base, store.log.damages()) == (Head(), [])
    first = open_entry(store.log.bodies_after(0, 1)[0]).envelope
    assert (first.sequence, first.previous_digest) == (1, GENESIS_DIGEST)


def test_a_file_in_which_old_entries_are_forgotten_does_not_grow(store):
    pages: list[int] = []
    at = NOW
    for _ in range(12):
        record(store, 400)
        store.acknowledge(store.log.head.sequence)
        at += timedelta(days=45)
        safe(store, store.log.head.sequence, at=at)
        while store.care.forget_some():
            pass
        pages.append(store.connection.row("PRAGMA page_count")[0])
    assert pages[-1] == pages[3]
    assert store.log.head.sequence == 4_800


@pytest.mark.fault("D4")
def test_what_a_spoilt_entry_moved_does_not_stay_in_our_own_picture(store):
    record(store, 3)
    with store.transaction():
        for sequence in (1, 2, 3):
            store.connection.change(
                "INSERT INTO own_balance VALUES (1, ?, 'A', 'i', '', '', '', '', 'KGM', '', 1000000, 0)",
                (sequence,),
            )
        store.connection.change("DROP TRIGGER entry_is_final")
        store.connection.change("UPDATE entry SET body = x'00' WHERE sequence = 2")
    store.inspect(NOW)
    left = store.connection.rows("SELECT epoch, sequence FROM own_balance ORDER BY sequence")
    assert (store.log.epoch, left) == (2, [(2, 1), (2, 2)])
