"""The card fails in its ways: full, worn, read-only, exchanged. It is said before anybody moves goods."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.events.documents import LineRecorded
from domain.words import speak
from kiosk.card import BALLAST_NAME, FULL_BYTES, LOOKS_EVERY_S, LOW_BYTES, CardReport, CardWatch
from kiosk.mark import FileReplacedError, check_mark, keep_mark
from kiosk.screen import FaultView, SignOnView, Tone
from kiosk.store.errors import StoreError
from kiosk.store.log import Origin
from kiosk.store.store import Store
from tests.terminal import Terminal
from tests.world import KEEPER, ORDER, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"
BALLAST_BYTES = 1024 * 1024
AMPLE = 10 * LOW_BYTES
ORIGIN = Origin(plant="P1", device="K1", boot_id="", software="")


class Room:
    """How much is free on the card, as the test wants it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bytes = AMPLE

    def __call__(self, _folder: Path) -> int:
        return self.bytes


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "kiosk.db").touch()
    return Room(tmp_path)


@pytest.fixture
def told() -> list[CardReport]:
    return []


@pytest.fixture
def watch(tmp_path: Path, room: Room, told: list[CardReport]) -> CardWatch:
    return CardWatch(
        tmp_path / "kiosk.db", ballast_bytes=BALLAST_BYTES, on_change=told.append, free_bytes=room
    )


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    made.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    yield made
    made.close()


@pytest.mark.fault("D2")
def test_the_ballast_takes_real_room_is_let_go_on_alarm_and_made_again(
    watch: CardWatch, room: Room, told: list[CardReport]
) -> None:
    ballast = room.folder / BALLAST_NAME
    assert watch.look().state == "fine"
    assert ballast.stat().st_blocks * 512 >= BALLAST_BYTES
    room.bytes = LOW_BYTES - 1
    low = watch.look()
    assert not ballast.exists()
    assert low.state == "low"
    assert 0 < low.events_left < 10_000
    room.bytes = FULL_BYTES - 1
    assert watch.look().state == "full"
    room.bytes = LOW_BYTES + BALLAST_BYTES
    assert watch.look().state == "low"
    assert not ballast.exists()
    room.bytes = AMPLE
    assert watch.look().state == "fine"
    assert ballast.exists()
    assert [one.state for one in told] == ["low", "full", "low", "fine"]


@pytest.mark.fault("D2")
def test_a_card_that_fills_while_it_is_probed_lets_the_ballast_go(
    watch: CardWatch, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.look()

    def full(*_given: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "pwrite", full)
    room.bytes = LOW_BYTES - 1
    assert watch.look().state == "low"
    assert watch.look().state == "full"


@pytest.mark.fault("D5", "D3")
@pytest.mark.parametrize(("number", "state"), [(errno.EROFS, "read_only"), (errno.EIO, "failing")])
def test_a_card_that_takes_no_probe_is_seen_at_the_next_look(
    watch: CardWatch, told: list[CardReport], monkeypatch: pytest.MonkeyPatch, number: int, state: str
) -> None:
    watch.look()
    opened = os.open

    def refused(path: object, flags: int, *more: object, **named: object) -> int:
        if str(path).endswith("probe"):
            raise OSError(number, "no")
        return opened(path, flags, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refused)
    assert watch.look().state == state
    assert [one.state for one in told] == [state]


@pytest.mark.fault("D5")
def test_a_running_watch_looks_again_within_five_seconds_and_at_once_when_it_is_woken(
    watch: CardWatch, room: Room
) -> None:
    assert LOOKS_EVERY_S <= 5
    looked = threading.Semaphore(0)
    watch._after_look = looked.release
    watch.start()
    try:
        assert looked.acquire(timeout=20)
        (room.folder / "kiosk.db").unlink()
        watch.wake()
        assert looked.acquire(timeout=20)
        assert watch.report.state == "replaced"
    finally:
        watch.stop()


@pytest.mark.fault("D8")
def test_a_file_exchanged_under_the_running_kiosk_is_seen(watch: CardWatch, room: Room) -> None:
    (room.folder / "other").touch()
    (room.folder / "other").rename(room.folder / "kiosk.db")
    assert watch.look().state == "replaced"
    (room.folder / "kiosk.db").unlink()
    assert watch.look().state == "replaced"


@pytest.mark.fault("D2", "D3", "D5", "D8")
@pytest.mark.parametrize("state", ["full", "read_only", "failing", "replaced"])
def test_while_the_card_takes_nothing_no_scan_is_taken_and_the_screen_sends_people_to_paper(
    terminal: Terminal, state: str
) -> None:
    before = len(terminal.entries())
    pending = terminal.store.log.pending
    terminal.takes(CardReport(state=state))  # type: ignore[arg-type]
    assert isinstance(terminal.view, FaultView)
    assert terminal.view.slip == "A1-0001"
    words = speak("en", f"problem.{terminal.view.problem.code}", **terminal.view.problem.parameters)
    assert "K1" in words
    assert state == "full" or f"{pending} records" in words
    terminal.scans(COTTON_ROLL)
    assert terminal.sound.tones[-1] is Tone.FAULT
    terminal.touches("undo")
    terminal.waits(1_000)
    assert len(terminal.entries()) == before
    terminal.takes(CardReport())
    assert not isinstance(terminal.view, FaultView)
    terminal.waits(1)
    assert isinstance(terminal.view, SignOnView)
    terminal.scans(badge_code(KEEPER), COTTON_ROLL)
    assert len(terminal.events(LineRecorded)) == 2


@pytest.mark.fault("D2")
def test_a_card_that_runs_low_is_said_while_work_goes_on(terminal: Terminal) -> None:
    terminal.takes(CardReport(state="low", events_left=9_900))
    [alarm] = terminal.screen.frame.alarms
    assert "9900" in speak("en", f"problem.{alarm.code}", **alarm.parameters)
    terminal.scans(COTTON_ROLL)
    assert terminal.tone is Tone.STORED


@pytest.mark.fault("D2")
def test_a_turn_that_meets_a_full_card_is_stored_once_the_ballast_is_gone(terminal: Terminal) -> None:
    connection = terminal.store.connection
    asked: list[int] = []

    def make_room() -> bool:
        asked.append(1)
        connection.limit_pages(0)
        return len(asked) == 1

    terminal.loop._recorder._make_room = make_room  # type: ignore[attr-defined]
    connection.limit_pages(1)
    lines = len(terminal.events(LineRecorded))
    for number in range(60):
        terminal.scans(COTTON_ROLL)
        assert terminal.tone is Tone.STORED, number
        if asked:
            break
    assert asked == [1]
    assert len(terminal.events(LineRecorded)) == lines + number + 1


@pytest.mark.fault("D2")
def test_ten_thousand_events_find_room_in_the_ballast(terminal: Terminal) -> None:
    from kiosk.settings import KioskSettings

    connection = terminal.store.connection

    def size() -> int:
        connection.tidy()
        return (connection.row("PRAGMA page_count") or (0,))[0] * 4096

    size_before, events_before = size(), len(terminal.entries())
    for _ in range(150):
        terminal.scans(COTTON_ROLL)
    grown = (size() - size_before) / (len(terminal.entries()) - events_before)
    ballast_bytes = KioskSettings(data=Path()).ballast_mb * 1024 * 1024
    assert grown * 10_000 < ballast_bytes + LOW_BYTES - FULL_BYTES


class Unsure:
    """A commit that fails before or after it reached the card, and a card that opens again or does not."""

    def __init__(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, *, is_written: bool) -> None:
        self._record = terminal.store.record
        self._is_written = is_written
        monkeypatch.setattr(terminal.store, "record", self)

    def __call__(self, *given: object) -> object:
        if self._is_written:
            self._record(*given)  # type: ignore[arg-type]
        raise StoreError("store_io", "sync failed")


@pytest.mark.fault("D3")
def test_a_commit_of_unsure_outcome_that_reached_the_card_is_read_back_and_counts_once(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        Unsure(terminal, broken, is_written=True)
        terminal.scans(COTTON_ROLL)
    assert terminal.tone is Tone.STORED
    assert len(terminal.events(LineRecorded)) == 2
    assert terminal.store.log.damages() == []
    terminal.scans(COTTON_ROLL)
    assert [one.line for one in terminal.events(LineRecorded)] == [1, 2, 3]  # type: ignore[attr-defined]


@pytest.mark.fault("D3")
def test_a_commit_that_did_not_reach_the_card_is_not_confirmed(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        Unsure(terminal, broken, is_written=False)
        terminal.scans(COTTON_ROLL)
    assert (terminal.tone, terminal.says) == (Tone.FAULT, "problem.store_io")
    assert len(terminal.events(LineRecorded)) == 1
    terminal.scans(COTTON_ROLL, apart_s=0.1)
    assert terminal.tone is Tone.STORED


@pytest.mark.fault("D3")
@pytest.mark.parametrize("is_written", [True, False])
def test_a_file_that_cannot_be_cleared_means_paper_until_it_opens_again_and_says_what_holds(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
) -> None:
    def shut() -> None:
        raise StoreError("store_io", "still broken")

    with monkeypatch.context() as broken:
        Unsure(terminal, broken, is_written=is_written)
        broken.setattr(terminal.store, "reopen", shut)
        terminal.scans(COTTON_ROLL)
        assert isinstance(terminal.view, FaultView)
        assert terminal.view.problem.code == "card_failing"
        terminal.scans(COTTON_ROLL)
        terminal.waits(6)
        assert isinstance(terminal.view, FaultView)
    terminal.waits(6)
    assert terminal.says == "said.restarted"
    lines = terminal.events(LineRecorded)
    assert [one.line for one in lines] == ([1, 2] if is_written else [1])  # type: ignore[attr-defined]
    terminal.scans(COTTON_ROLL)
    assert terminal.tone is Tone.STORED
    assert len(terminal.events(LineRecorded)) == len(lines) + 1
    assert terminal.store.log.damages() == []


@pytest.mark.fault("D3")
def test_try_again_opens_the_file_at_once(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def shut() -> None:
        raise StoreError("store_io", "still broken")

    with monkeypatch.context() as broken:
        Unsure(terminal, broken, is_written=False)
        broken.setattr(terminal.store, "reopen", shut)
        terminal.scans(COTTON_ROLL)
        terminal.waits(1)
    terminal.touches("retry")
    assert not isinstance(terminal.view, FaultView)
    assert "card" in terminal.woken


@pytest.mark.fault("D8")
def test_an_emptied_file_is_no_old_identity_until_the_kiosk_is_enrolled_anew(tmp_path: Path) -> None:
    store = Store(tmp_path, ORIGIN)
    check_mark(store, 1, "file-1")
    check_mark(store, 1, "file-2")
    store.close()
    for path in tmp_path.glob("kiosk.db*"):
        path.unlink()
    for _ in range(2):
        store = Store(tmp_path, ORIGIN)
        with pytest.raises(FileReplacedError, match="epoch 1"):
            check_mark(store, 1, "file-3")
        store.close()
    store = Store(tmp_path, ORIGIN)
    check_mark(store, 2, "file-3")
    check_mark(store, 2, "file-4")
    store.close()


@pytest.mark.fault("D8")
def test_the_mark_follows_the_epochs_so_that_an_older_enrolment_is_no_new_one(tmp_path: Path) -> None:
    from tests.world import NOW

    store = Store(tmp_path, ORIGIN)
    check_mark(store, 1, "file-1")
    store.at_least_epoch(3, NOW)
    keep_mark(store)
    store.close()
    (tmp_path / "kiosk.db").unlink()
    store = Store(tmp_path, ORIGIN)
    with pytest.raises(FileReplacedError, match="epoch 3"):
        check_mark(store, 3, "file-2")
    check_mark(store, 4, "file-2")
    store.close()


@pytest.mark.fault("D8")
def test_a_spoilt_mark_stops_nobody(tmp_path: Path) -> None:
    store = Store(tmp_path, ORIGIN)
    check_mark(store, 1, "file-1")
    (tmp_path / "kiosk.mark").write_bytes(b"{")
    check_mark(store, 1, "file-2")
    assert b"file-1" in (tmp_path / "kiosk.mark").read_bytes()
    store.close()
