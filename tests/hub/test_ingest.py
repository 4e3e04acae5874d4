"""Uploads: whatever happens on the way, the hub's copy is a prefix of the kiosk's log; an answer names its content."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from domain.log import GENESIS_DIGEST, Head, digest_of, seal
from domain.wire import Accepted, Fork, Resend
from hub.ingest import BEHIND_S_FREE, WAIT_PER_BEHIND, WAITING_PER_DEVICE_MAX, Ingest
from hub.store.database import StoreBusyError, writing
from hub.store.tables import devices, discrepancies, dispositions, events
from tests.hub.plant import START, Kiosk, P, Plant, shuffled


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def held(plant: Plant, kiosk: Kiosk, epoch: int = 1) -> list[bytes]:
    return [bytes(row["body"]) for row in plant.rows(events, device=kiosk.name, epoch=epoch)]


def written(kiosk: Kiosk) -> list[bytes]:
    return [entry.body for entry in kiosk.entries]


def test_an_upload_is_stored_byte_for_byte_and_answered_with_its_head(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for value in ("1", "2", "3"):
        kiosk.receives(value)
    answer = plant.takes(kiosk)
    assert (answer.verdict, answer.accepted, answer.position) == (Accepted(), kiosk.head, 3)
    assert answer.safe == Head(), "no backup has been verified"
    assert held(plant, kiosk) == written(kiosk)


@pytest.mark.fault("N2", "H2", "A7")
def test_a_batch_whose_answer_was_lost_has_the_effect_of_one(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("5")
    first, again = plant.takes(kiosk), plant.takes(kiosk)
    assert first.accepted == again.accepted == kiosk.head
    kiosk.receives("6")
    assert plant.takes(kiosk).accepted == kiosk.head, "an overlap with what is held is no harm"
    plant.books()
    assert plant.balances() == {("SUP", "I1"): -11, ("A1", "I1"): 11}


def test_a_gap_asks_for_what_is_missing(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for value in ("1", "2", "3", "4"):
        kiosk.receives(value)
    plant.takes(kiosk, kiosk.upload(1, 1))
    answer = plant.takes(kiosk, kiosk.upload(4))
    assert isinstance(answer.verdict, Resend)
    assert answer.verdict.from_sequence == 2
    assert answer.accepted == kiosk.entries[0].head
    assert held(plant, kiosk) == written(kiosk)[:1]


@pytest.mark.fault("N10")
def test_a_damaged_line_is_asked_for_again_and_what_was_good_before_it_is_kept(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for value in ("1", "2", "3", "4"):
        kiosk.receives(value)
    bodies = written(kiosk)
    bodies[2] = bodies[2].replace(b'"3"', b'"8"')  # still JSON: only the chain shows it
    answer = plant.takes(kiosk, kiosk.upload(bodies=bodies))
    assert answer.verdict == Resend(from_sequence=3, reason="damage")
    assert answer.accepted == kiosk.entries[1].head
    assert plant.takes(kiosk, kiosk.upload(3)).accepted == kiosk.head
    assert held(plant, kiosk) == written(kiosk)


@pytest.mark.fault("N10")
def test_a_damaged_last_line_is_not_taken_for_the_logs_head(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    kiosk.receives("2")
    bodies = written(kiosk)
    bodies[1] = bodies[1].replace(b'"2"', b'"9"')
    answer = plant.takes(kiosk, kiosk.upload(bodies=bodies))
    assert answer.verdict == Resend(from_sequence=2, reason="damage")
    assert held(plant, kiosk) == written(kiosk)[:1]


@pytest.mark.fault("H3")
def test_a_line_nobody_can_read_is_kept_and_parked_when_it_is_what_the_kiosk_wrote(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    strange = b'{"from":"the future"}\xff'
    good = kiosk.entries[0]
    after = seal(replace(good.envelope, sequence=3, event_id="f" * 32, previous_digest=digest_of(strange)))
    upload = kiosk.upload()
    header = replace(upload.header, events=3, head=after.head)
    upload = replace(upload, header=header, bodies=(good.body, strange, after.body))
    first = plant.takes(kiosk, upload)
    assert first.verdict == Resend(from_sequence=2, reason="damage")
    second = plant.takes(kiosk, upload)
    assert (second.verdict, second.accepted) == (Accepted(), after.head)
    assert held(plant, kiosk)[1] == strange
    plant.books()
    assert [(row["position"], row["state"], row["code"]) for row in plant.rows(dispositions)] == [
        (2, "parked", "unreadable")
    ]


@pytest.mark.fault("H3")
def test_two_unreadable_entries_in_a_row_hold_nothing_up(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    good = kiosk.receives("1")
    first = b'{"previous_digest":"%s","sequence":"two"}' % good.digest.encode()
    second = b'{"previous_digest":"%s"}' % digest_of(first).encode()
    after = seal(replace(good.envelope, sequence=4, event_id="f" * 32, previous_digest=digest_of(second)))
    upload = kiosk.upload()
    header = replace(upload.header, events=4, head=after.head)
    upload = replace(upload, header=header, bodies=(good.body, first, second, after.body))
    heads = [plant.takes(kiosk, upload).accepted.sequence for _ in range(3)]
    assert heads[-1] == 4, heads
    plant.books()
    assert [(row["position"], row["code"]) for row in plant.rows(dispositions)] == [
        (2, "unreadable"),
        (3, "unreadable"),
    ]


def test_what_an_upload_brought_waits_no_longer(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    for _ in range(3):
        kiosk.receives("1")
    upload = kiosk.upload(1, 2)
    header = replace(upload.header, pending=3, oldest_event_time=START)
    plant.takes(kiosk, replace(upload, header=header))
    assert [(row["pending"], row["oldest_event_time"] != "") for row in plant.rows(devices)] == [(1, True)]
    upload = kiosk.upload(3)
    header = replace(upload.header, pending=1, oldest_event_time=START)
    for _ in range(2):  # the second time because the answer was lost
        plant.takes(kiosk, replace(upload, header=header))
        assert [(row["pending"], row["oldest_event_time"]) for row in plant.rows(devices)] == [(0, "")]


@pytest.mark.fault("D7")
def test_other_bytes_under_a_known_number_are_a_fork_and_nothing_is_overwritten(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    kiosk.receives("2")
    plant.takes(kiosk)
    clone = Kiosk(name="K1", entries=kiosk.entries[:1])
    clone.receives("7")
    answer = plant.takes(clone)
    assert answer.verdict == Fork(sequence=2, next_epoch=2)
    assert answer.accepted == kiosk.head
    clone.receives("8")
    assert plant.takes(clone, clone.upload(3)).verdict == Fork(sequence=2, next_epoch=2)
    assert held(plant, kiosk) == written(kiosk)
    rows = plant.rows(discrepancies)
    assert [(row["kind"], row["key"], row["closed_at"]) for row in rows] == [("fork", "K1/1", None)]


@pytest.mark.fault("D7")
def test_after_a_fork_everything_comes_again_and_what_was_known_has_no_effect(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    kiosk.receives("2")
    plant.takes(kiosk)
    clone = Kiosk(name="K1", entries=kiosk.entries[:1])
    clone.receives("7")
    plant.takes(clone)
    reissued = Kiosk(name="K1", epoch=2)
    for entry in clone.entries:
        envelope = entry.envelope
        position = {
            "epoch": 2,
            "sequence": reissued.head.sequence + 1,
            "previous_digest": reissued.head.digest,
        }
        reissued.entries.append(seal(replace(envelope, **position)))
    assert plant.takes(reissued).accepted == reissued.head
    plant.books()
    assert plant.balances() == {("SUP", "I1"): -10, ("A1", "I1"): 10}
    known = plant.rows(dispositions)
    assert [(row["epoch"], row["sequence"], row["state"]) for row in known] == [(2, 1, "known")]
    assert plant.device("K1").epoch == 2
    assert [row["closed_at"] is not None for row in plant.rows(discrepancies, kind="fork")] == [True]


@pytest.mark.fault("D7")
def test_a_copy_that_goes_on_in_an_earlier_epoch_is_taken_in_and_said(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    other = Kiosk(name="K1", epoch=2)
    other.receives("5")
    assert plant.takes(other).verdict == Accepted()
    assert plant.device("K1").epoch == 2

    kiosk.receives("2")
    answer = plant.takes(kiosk, kiosk.upload(2))
    assert (answer.verdict, answer.accepted) == (Accepted(), kiosk.head)
    assert [bytes(row["body"]) for row in plant.rows(events, epoch=1)] == written(kiosk)
    assert [row["key"] for row in plant.rows(discrepancies, kind="fork")] == ["K1/1"]
    assert plant.device("K1").epoch == 1, "its own figures are named by the epoch it is in"


@pytest.mark.fault("N9")
def test_an_old_batch_of_an_earlier_epoch_raises_no_alarm(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    later = Kiosk(name="K1", epoch=2)
    later.receives("1")
    plant.takes(later)
    assert plant.takes(kiosk).verdict == Accepted()
    assert plant.rows(discrepancies, kind="fork") == []


def test_a_new_epoch_begins_at_the_beginning(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.epoch = 3
    kiosk.receives("1")
    kiosk.receives("2")
    late = plant.takes(kiosk, kiosk.upload(2))
    assert late.verdict == Resend(from_sequence=1, reason="gap")
    upload = kiosk.upload()
    wrong = replace(upload, header=replace(upload.header, previous_digest="a" * 64))
    assert isinstance(plant.takes(kiosk, wrong).verdict, Resend)
    assert upload.header.previous_digest == GENESIS_DIGEST
    assert plant.takes(kiosk).verdict == Accepted()


@pytest.mark.fault("A3", "A8")
def test_a_revoked_devices_events_are_kept_and_parked(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    assert plant.takes(kiosk).lease_s > 0
    with writing(plant.engine) as connection:
        connection.execute(update(devices).values(revoked=True))
    kiosk.receives("2")
    answer = plant.takes(kiosk)
    assert (answer.accepted, answer.lease_s) == (kiosk.head, 0), "taken, and nobody signs on there any more"
    plant.books()
    assert plant.balances() == {("SUP", "I1"): -1, ("A1", "I1"): 1}
    assert [(row["sequence"], row["code"]) for row in plant.rows(dispositions)] == [(2, "revoked")]


@pytest.mark.fault("A8")
def test_an_envelope_of_another_sender_is_parked(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    kiosk.entries.append(seal(replace(kiosk.receives("2").envelope, device="K9")))
    del kiosk.entries[1]
    assert plant.takes(kiosk).accepted == kiosk.head
    plant.books()
    assert [row["code"] for row in plant.rows(dispositions)] == ["foreign_sender"]


@pytest.mark.fault("B2")
def test_positions_are_dense_when_many_upload_at_once(plant: Plant) -> None:
    kiosks = [plant.kiosk(f"K{number:02d}") for number in range(8)]
    for kiosk in kiosks:
        for _ in range(30):
            kiosk.receives("1")

    def send(kiosk: Kiosk) -> None:
        for first in range(1, 31, 5):
            assert plant.takes(kiosk, kiosk.upload(first, first + 4)).verdict == Accepted()

    threads = [threading.Thread(target=send, args=(kiosk,)) for kiosk in kiosks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = plant.rows(events)
    assert [row["position"] for row in rows] == list(range(1, 241))
    for kiosk in kiosks:
        assert held(plant, kiosk) == written(kiosk)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.fault("N3")
def test_batches_of_several_kiosks_in_any_order_give_the_same_stock(plant: Plant, seed: int) -> None:
    kiosks = [plant.kiosk(f"K{number}") for number in range(3)]
    uploads = []
    for number, kiosk in enumerate(kiosks):
        for line in range(6):
            kiosk.receives(str(line + number + 1), to=("A1", "A2")[line % 2])
        uploads += [(kiosk, kiosk.upload(first, first + 1)) for first in (1, 3, 5)]
    for kiosk, upload in shuffled(uploads, seed):
        plant.takes(kiosk, upload)
        plant.takes(kiosk, upload)
    plant.books()
    assert plant.balances() == {("SUP", "I1"): -81, ("A1", "I1"): 36, ("A2", "I1"): 45}


@pytest.mark.fault("B8", "A10")
def test_the_ledger_refuses_update_and_delete(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    for statement in (
        update(events).values(digest="x"),
        delete(events),
        text("DELETE FROM events WHERE position = 1"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(plant.engine) as connection:
            connection.execute(statement)
    assert held(plant, kiosk) == written(kiosk)


@pytest.mark.fault("B1")
def test_a_locked_database_says_so_and_stores_nothing(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")

    def refuse(*_: object) -> None:
        raise StoreBusyError("the database is locked, full or away")

    with monkeypatch.context() as patched:
        patched.setattr(plant.log, "append", refuse)
        with pytest.raises(StoreBusyError, match="locked"):
            plant.takes(kiosk)
    assert plant.rows(events) == []
    assert plant.takes(kiosk).accepted == kiosk.head, "the same upload later is taken"


@pytest.mark.fault("B1")
def test_one_upload_that_cannot_be_stored_does_not_take_its_neighbours_with_it(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = plant.kiosk("K1"), plant.kiosk("K2")
    good.receives("1")
    bad.receives("1")
    append = plant.log.append

    def refuse_bad(connection, name, position, arrivals, received_at):
        if any(one.device == "K2" for one in arrivals):
            raise RuntimeError("something nobody thought of")
        return append(connection, name, position, arrivals, received_at)

    monkeypatch.setattr(plant.log, "append", refuse_bad)
    from hub.intake import Ticket
    from hub.judge import examine

    tickets = [
        Ticket(device=plant.device(kiosk.name), upload=kiosk.upload(), lines=examine(kiosk.upload()))
        for kiosk in (bad, good)
    ]
    plant.ingest._store(tickets)
    assert isinstance(tickets[0].answer[0], StoreBusyError)
    assert not isinstance(tickets[1].answer[0], StoreBusyError)
    assert [row["device"] for row in plant.rows(events, plant=P)] == ["K1"]


@pytest.mark.fault("N8")
def test_senders_stored_together_are_asked_back_one_after_the_other(database_url: str) -> None:
    plant = Plant(database_url)
    plant.ingest.stop()
    behind_s = BEHIND_S_FREE + 1.0 / WAIT_PER_BEHIND
    ingest = Ingest(
        plant.engine,
        plant.log,
        plant.clock,
        appended=lambda _plant, _position: None,
        behind_s=lambda _plant: behind_s,
    )
    kiosks = [plant.kiosk(f"K{number}") for number in range(1, 5)]
    for kiosk in kiosks:
        kiosk.receives("1")
    answers: list[float] = []
    senders = [
        threading.Thread(
            target=lambda one=kiosk: answers.append(
                ingest.accept(plant.device(one.name), one.upload()).wait_s
            )
        )
        for kiosk in kiosks
    ]
    for sender in senders:
        sender.start()
    while ingest.waiting() < len(senders):
        time.sleep(0.005)
    ingest.start()
    for sender in senders:
        sender.join()
    ingest.stop()
    plant.close()
    assert sorted(answers) == pytest.approx([0.25, 0.5, 0.75, 1.0])


def test_nobody_waits_while_few_events_do(plant: Plant) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    assert plant.takes(kiosk).wait_s == 0


# --- fair to all, and never stuck ------------------------------------------------------------------------------------


@pytest.mark.fault("A12", "N8")
def test_one_device_that_floods_the_hub_leaves_room_for_the_others(database_url: str) -> None:
    plant = Plant(database_url)
    flood, quiet = plant.kiosk("K1"), plant.kiosk("K2")
    flood.receives("1")
    quiet.receives("1")
    device, upload = plant.device("K1"), flood.upload()
    plant.ingest.stop()  # the writer is slow: nobody is answered
    answered: list[object] = []

    def asks() -> None:
        try:
            answered.append(plant.ingest.accept(device, upload))
        except StoreBusyError as error:
            answered.append(error)

    senders = [threading.Thread(target=asks) for _ in range(WAITING_PER_DEVICE_MAX + 5)]
    for sender in senders:
        sender.start()
    while len(answered) < 5:
        time.sleep(0.005)
    assert all(isinstance(one, StoreBusyError) for one in answered), "the flood is told to wait"
    assert plant.ingest.waiting() == WAITING_PER_DEVICE_MAX
    plant.ingest.start()
    assert plant.takes(quiet).accepted == quiet.head
    for sender in senders:
        sender.join()
    assert len(answered) == len(senders)
    assert plant.takes(flood).accepted == flood.head, "and has its turn afterwards"
    plant.close()


@pytest.mark.parametrize(
    ("waiting", "events_max"), [(0, 200), (1, 200), (100, 200), (200, 100), (512, 39), (100_000, 20)]
)
def test_the_more_uploads_wait_the_less_each_next_one_may_bring(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, waiting: int, events_max: int
) -> None:
    monkeypatch.setattr(plant.ingest, "waiting", lambda: waiting)
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    assert plant.takes(kiosk).events_max == events_max


@pytest.mark.fault("H3")
def test_a_line_the_database_will_not_take_goes_in_unread_and_the_rest_goes_on(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = plant.kiosk("K1")
    for value in ("1", "2", "3"):
        kiosk.receives(value)
    bad = kiosk.entries[1].envelope.event_id
    append = plant.log.append

    def refuse(connection, name, position, arrivals, received_at):
        if any(one.envelope and one.envelope.event_id == bad for one in arrivals):
            connection.execute(text("INSERT INTO nowhere VALUES (1)"))  # spoils the transaction it is in
        return append(connection, name, position, arrivals, received_at)

    monkeypatch.setattr(plant.log, "append", refuse)
    answer = plant.takes(kiosk)
    assert (answer.verdict, answer.accepted, answer.position) == (Accepted(), kiosk.head, 3)
    assert held(plant, kiosk) == written(kiosk), "its bytes are kept as they are"
    plant.books()
    assert [(row["position"], row["code"]) for row in plant.rows(dispositions)] == [(2, "unreadable")]
    assert plant.balances() == {("SUP", "I1"): -4, ("A1", "I1"): 4}


@pytest.mark.fault("C2")
def test_a_time_no_calendar_has_in_the_header_stops_no_upload(plant: Plant) -> None:
    from datetime import datetime, timedelta, timezone

    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    upload = kiosk.upload()
    first_day = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    header = replace(
        upload.header, pending=1, oldest_event_time=first_day, clock_time=first_day, head=Head(sequence=2)
    )
    answer = plant.takes(kiosk, replace(upload, header=header))
    assert (answer.verdict, answer.accepted) == (Accepted(), kiosk.head)


def test_a_line_that_is_dead_for_good_is_told_as_busy_and_nothing_is_lost(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")

    def refuse(*_: object) -> object:
        raise RuntimeError("something nobody thought of")

    with monkeypatch.context() as broken:
        broken.setattr(plant.log, "append", refuse)
        with pytest.raises(StoreBusyError):
            plant.takes(kiosk)
    assert plant.takes(kiosk).accepted == kiosk.head
