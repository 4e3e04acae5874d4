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
from hub.ingest import BEHIND_S_FREE, WAIT_PER_BEHIND, Ingest
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
