"""Its own faults: an exception anywhere, a slow card, a clock that jumps, a restart in the middle."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import DocumentOpened, LineRecorded
from domain.events.terminal import ScanRefused, SignedOff
from domain.quantity import Quantity
from domain.words import speak
from kiosk.saving import SHOWN_AFTER_MS, SavingSign
from kiosk.screen import HomeView, SignOnView, Tone
from kiosk.state import DAYS_REMEMBERED_MAX, Numbers
from kiosk.store.errors import StoreError
from tests.terminal import Terminal, VirtualClock
from tests.world import KEEPER, LEADER, NOW, ORDER, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"
UNDO, DONE, HOME = (
    control_code(one) for one in (ControlCommand.UNDO, ControlCommand.DONE, ControlCommand.HOME)
)
PORT_CALLS_MAX = 400
NUMBERS = b'"numbers":{"documents":{"20261122":{"CS":1}},"units":1,"jobs":1}}'


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def receiving(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))


# --- an exception at any port call --------------------------------------------------------------------------------


def with_roll(terminal: Terminal) -> None:
    receiving(terminal)
    terminal.scans(HOME)


def counted(terminal: Terminal) -> None:
    receiving(terminal)
    terminal.scans(DONE)
    terminal.touches("open_document", "PD")
    terminal.scans(place_code("RM-A-02"), COTTON_ROLL)


def submitted(terminal: Terminal) -> None:
    counted(terminal)
    for _ in range(3):
        if terminal.screen.question or terminal.loop.state.at == "document":
            terminal.scans(DONE if not terminal.screen.question else control_code(ControlCommand.YES))
    assert terminal.loop.state.at == "approval"


USE_CASES: dict[str, tuple[Callable[[Terminal], None], str]] = {
    "sign on": (lambda _terminal: None, badge_code(KEEPER)),
    "open a receipt": (lambda terminal: terminal.scans(badge_code(KEEPER)), order_code(ORDER)),
    "receive": (receiving, COTTON_ROLL),
    "undo": (receiving, UNDO),
    "finish": (receiving, DONE),
    "change the operator": (with_roll, badge_code(LEADER)),
    "refuse": (with_roll, "UNKNOWN-CODE"),
    "count": (counted, COTTON_ROLL),
    "approve": (submitted, badge_code(LEADER)),
}


class Breaking:
    """Makes the N-th call of a port fail, once: reads, writes, the commit, new names, page and sound."""

    def __init__(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, fails_at: int, error: Exception):
        self.calls, self._fails_at, self._error = 0, fails_at, error
        connection = terminal.store.connection
        for name in ("row", "rows", "change", "change_many"):
            self._wrap(monkeypatch, connection, name)
        self._wrap(monkeypatch, terminal.page, "show")
        self._wrap(monkeypatch, terminal.sound, "play")
        self._wrap(monkeypatch, terminal.loop._witness, "new_id")
        self._wrap(monkeypatch, terminal.loop, "_wake")

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        inner = getattr(owner, name)

        def call(*given: object, **named: object) -> object:
            self.calls += 1
            if self.calls == self._fails_at:
                raise self._error
            return inner(*given, **named)

        monkeypatch.setattr(owner, name, call)


@pytest.mark.fault("K3", "D3")
@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), StoreError("store_io", "EIO"), sqlite3.OperationalError("io")]
)
@pytest.mark.parametrize("case", USE_CASES)
def test_a_failure_at_any_port_call_leaves_all_or_nothing_and_the_next_scan_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, error: Exception
) -> None:
    prepare, code = USE_CASES[case]
    expected = untouched(tmp_path / "untouched", prepare, code)
    for fails_at in range(1, PORT_CALLS_MAX):
        terminal = Terminal(tmp_path / f"{fails_at}")
        prepare(terminal)
        before, state = len(terminal.entries()), terminal.loop.state
        heard = len(terminal.sound.tones)
        with monkeypatch.context() as broken:
            breaking = Breaking(terminal, broken, fails_at, error)
            terminal.scans(code)
        happened = [entry.envelope.type for entry in terminal.entries()][before:]
        is_done = happened != []
        assert happened in ([], expected), fails_at
        assert terminal.store.log.damages() == [], fails_at
        if is_done:
            assert Tone.FAULT not in terminal.sound.tones[heard:], fails_at
        else:
            assert replace(terminal.loop.state, touched=None) == replace(state, touched=None), fails_at
            assert Tone.STORED not in terminal.sound.tones[heard:], fails_at
            terminal.scans(code)
            assert [entry.envelope.type for entry in terminal.entries()][before:] == expected, fails_at
        terminal.close()
        if breaking.calls < fails_at:
            break
    else:
        pytest.fail("the use case never passed untouched")
    assert fails_at > 10


def untouched(folder: Path, prepare: Callable[[Terminal], None], code: str) -> list[str]:
    terminal = Terminal(folder)
    prepare(terminal)
    before = len(terminal.entries())
    terminal.scans(code)
    happened = [entry.envelope.type for entry in terminal.entries()][before:]
    terminal.close()
    assert happened
    return happened


@pytest.mark.fault("K3", "K8")
def test_a_stored_line_stays_stored_when_sound_and_page_fail(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving(terminal)
    with monkeypatch.context() as broken:
        broken.setattr(terminal.sound, "play", lambda _tone: 1 / 0)
        broken.setattr(terminal.page, "show", lambda _screen: 1 / 0)
        terminal.scans(COTTON_ROLL)
    assert len(terminal.events(LineRecorded)) == 2
    terminal.waits(1)
    assert terminal.tone is Tone.STORED
    assert terminal.screen.answer


@pytest.mark.fault("K3", "K6")
def test_a_session_in_which_nothing_works_is_put_aside_and_what_was_stored_stays(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.activities import document

    receiving(terminal)
    numbers, lines = terminal.loop.state.numbers, len(terminal.events(LineRecorded))
    with monkeypatch.context() as broken:
        broken.setattr(document, "on_scan", lambda *_given: 1 / 0)
        terminal.scans(COTTON_ROLL)
        terminal.touches("help")
        terminal.scans(COTTON_ROLL, COTTON_ROLL)
        assert terminal.loop.state.documents
        terminal.scans(COTTON_ROLL)
        assert terminal.says == "problem.session_put_aside"
        assert isinstance(terminal.view, SignOnView)
    assert terminal.loop.state.numbers == numbers
    refused = terminal.events(ScanRefused)[-1]
    assert isinstance(refused, ScanRefused)
    assert refused.problem == "session_put_aside"
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    assert len(terminal.events(LineRecorded)) == lines + 1
    assert len({one.document for one in terminal.events(DocumentOpened)}) == 2  # type: ignore[attr-defined]
    assert terminal.unspoken() == []


# --- a restart in the middle --------------------------------------------------------------------------------------


@pytest.mark.fault("K1", "K2", "U9")
def test_after_a_restart_the_station_says_what_was_stored_last_and_when(terminal: Terminal) -> None:
    receiving(terminal)
    stored_at = terminal.clock.now()
    terminal.scans("]C1" + "10LOT8\x1d240F-2041")
    assert terminal.tone is Tone.NEUTRAL
    terminal.restarts(after_s=5)
    assert terminal.tone is Tone.LOOK
    answer = terminal.screen.answer
    assert answer
    assert answer.says.parameters["time"] == f"{stored_at.astimezone():%H:%M:%S}"
    assert answer.way_out
    spoken = speak("en", answer.way_out.key, **answer.way_out.parameters)
    assert "F-2041" in spoken
    assert "25.5" in spoken
    assert terminal.unspoken() == []
    terminal.restarts(after_s=500)
    assert isinstance(terminal.view, SignOnView)
    assert terminal.view.last
    assert terminal.view.last.quantity.startswith("25.5")
    assert terminal.says == "said.restarted"


@pytest.mark.fault("K2")
def test_killed_between_commit_and_beep_the_screen_says_it_happened(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving(terminal)
    record = terminal.store.record

    class Killed(BaseException):
        pass

    def record_and_die(*given: object) -> None:
        record(*given)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(terminal.store, "record", record_and_die)
        with pytest.raises(Killed):
            terminal.scans(COTTON_ROLL)
    terminal.restarts()
    assert len(terminal.events(LineRecorded)) == 2
    assert terminal.says == "said.restarted"
    stored = terminal.loop.state.stored
    assert stored
    assert stored.at == NOW + timedelta(seconds=5)


# --- a slow card --------------------------------------------------------------------------------------------------


@pytest.mark.fault("D9")
def test_an_impatient_second_scan_while_the_card_is_slow_counts_once(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving(terminal)
    record = terminal.store.record

    def slow(*given: object) -> object:
        terminal.clock.advance(3)
        return record(*given)  # type: ignore[arg-type]

    from drivers.scanner import Scan

    with monkeypatch.context() as worn:
        worn.setattr(terminal.store, "record", slow)
        terminal.clock.advance(5)
        pulled_ms, at = terminal.clock.monotonic_ms(), terminal.clock.now()
        for after_ms in (0, 900, 2_500):
            terminal.takes(
                Scan(text=COTTON_ROLL, device="gun", event_time=at, monotonic_ms=pulled_ms + after_ms)
            )
    assert len(terminal.events(LineRecorded)) == 2
    assert terminal.says == "said.repeat"
    terminal.scans(COTTON_ROLL)
    assert len(terminal.events(LineRecorded)) == 3


@pytest.mark.fault("D9")
def test_a_second_touch_while_the_card_is_slow_counts_once(terminal: Terminal) -> None:
    receiving(terminal)
    terminal.scans(COTTON_ROLL)
    seen = terminal.screen.turn
    terminal.touches("undo", turn=seen)
    terminal.touches("undo", turn=seen)
    totals = terminal.store.facts.totals(terminal.loop.state.current)
    assert totals == [Quantity(Decimal("25.5"), "KGM")]
    assert terminal.store.facts.lines_in_effect(terminal.loop.state.current) == 1


@pytest.mark.fault("D9")
def test_saving_is_shown_once_for_a_commit_that_takes_long_and_never_over_a_newer_screen() -> None:
    shown: list[int] = []
    sign = SavingSign(lambda: shown.append(1))
    with sign:
        begun_ms = sign._began_ms
        sign.look(begun_ms + SHOWN_AFTER_MS - 1)
        assert shown == []
        sign.look(begun_ms + SHOWN_AFTER_MS)
        sign.look(begun_ms + 10 * SHOWN_AFTER_MS)
        assert shown == [1]
    sign.look(begun_ms + 20 * SHOWN_AFTER_MS)
    assert shown == [1]


@pytest.mark.fault("D9")
def test_the_screen_says_saving_and_the_next_one_does_not(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving(terminal)
    record, sign = terminal.store.record, terminal.loop._saving

    def slow(*given: object) -> object:
        sign.look(sign._began_ms + SHOWN_AFTER_MS)
        return record(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as worn:
        worn.setattr(terminal.store, "record", slow)
        terminal.scans(COTTON_ROLL)
    assert [one.is_saving for one in terminal.page.screens[-2:]] == [True, False]
    assert terminal.tone is Tone.STORED


# --- a clock that jumps -------------------------------------------------------------------------------------------


@pytest.mark.fault("C1", "C2")
def test_document_numbers_never_come_twice_whatever_the_clock_does() -> None:
    numbers, made = Numbers(), list[tuple[str, int]]()
    days = ["20261122", "19700101", "20261122", "20390101", "20261122", "19700101", "20261123"]
    for day in days:
        numbers, of, serial = numbers.next_document("CS", day)
        made.append((of, serial))
    assert made == list(dict.fromkeys(made))
    assert made[2] == ("20261122", 2)
    for day in range(DAYS_REMEMBERED_MAX + 20):
        numbers, of, serial = numbers.next_document("CS", f"{20400000 + day}")
        made.append((of, serial))
    for day in (*days, "20400001", "20400079"):
        numbers, of, serial = numbers.next_document("CS", day)
        made.append((of, serial))
    assert len(set(made)) == len(made)
    assert len(numbers.documents) <= DAYS_REMEMBERED_MAX


class JumpingClock(VirtualClock):
    """A wall clock that can be put anywhere; the monotonic one goes on."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.offset


@pytest.mark.fault("C1", "C2", "C6")
@pytest.mark.parametrize(
    "at", [datetime(1970, 1, 1, 0, 1, tzinfo=UTC), datetime(2039, 6, 1, tzinfo=UTC), NOW - timedelta(days=3)]
)
def test_a_wall_clock_that_jumps_breaks_neither_work_nor_the_repeat_window_nor_the_lock(
    tmp_path: Path, at: datetime
) -> None:
    clock = JumpingClock()
    terminal = Terminal(tmp_path, clock=clock)
    receiving(terminal)
    clock.offset = at - NOW
    terminal.scans(COTTON_ROLL, apart_s=0.1)
    terminal.scans(COTTON_ROLL, apart_s=0.1)
    assert terminal.says == "said.repeat"
    clock.offset = timedelta(0)
    terminal.scans(COTTON_ROLL, apart_s=0.1)
    assert terminal.says == "said.repeat"
    assert len(terminal.events(LineRecorded)) == 2
    clock.offset = at - NOW
    terminal.waits(100)
    assert terminal.loop.state.operator == KEEPER.number
    terminal.waits(30)
    assert terminal.loop.state.operator == ""
    assert [entry.envelope.clock for entry in terminal.entries()] == ["unsure"] * len(terminal.entries())
    assert terminal.store.log.damages() == []
    terminal.close()


@pytest.mark.fault("C1", "U2")
def test_after_a_restart_with_a_clock_that_went_back_the_badge_is_asked_again(tmp_path: Path) -> None:
    clock = JumpingClock()
    terminal = Terminal(tmp_path, clock=clock)
    receiving(terminal)
    clock.offset = -timedelta(days=20_000)
    terminal.restarts()
    assert isinstance(terminal.view, SignOnView)
    assert SignedOff(person=KEEPER.number, reason="restart") in terminal.events(SignedOff)
    terminal.close()


@pytest.mark.fault("C1")
def test_a_clock_far_behind_what_the_hub_said_is_shown_and_work_goes_on(tmp_path: Path) -> None:
    clock = JumpingClock()
    terminal = Terminal(tmp_path, clock=clock)
    receiving(terminal)
    assert terminal.screen.frame.alarms == ()
    clock.offset = -timedelta(days=20_000)
    terminal.waits(1)
    [alarm] = terminal.screen.frame.alarms
    assert alarm.code == "clock_unsure"
    terminal.scans(COTTON_ROLL)
    assert terminal.tone is Tone.STORED
    terminal.close()


# --- people -------------------------------------------------------------------------------------------------------


@pytest.mark.fault("U7")
@pytest.mark.parametrize("typed", ["8901234567890", "890123456789", "99999"])
def test_a_bar_code_typed_as_a_quantity_of_an_order_is_refused(terminal: Terminal, typed: str) -> None:
    receiving(terminal)
    terminal.scans("]C1" + "10LOT8\x1d240F-2041\x1d" + "3111000800")
    terminal.touches("field", "quantity")
    terminal.types(typed)
    assert terminal.tone is Tone.REFUSED
    assert len(terminal.events(LineRecorded)) == 1


@pytest.mark.fault("U7")
def test_where_no_order_says_how_much_a_huge_quantity_is_asked_about_and_a_bar_code_is_refused(
    terminal: Terminal,
) -> None:
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "PD")
    terminal.scans(place_code("RM-A-02"), "Y-3201")
    terminal.touches("field", "lot")
    terminal.types("L1")
    terminal.touches("field", "quantity")
    terminal.types("890123456789")
    assert terminal.says == "problem.quantity_out_of_bounds"
    assert terminal.tone is Tone.REFUSED
    terminal.touches("field", "quantity")
    terminal.types("100000")
    assert terminal.says == "problem.quantity_large"
    assert terminal.screen.question
    assert terminal.events(LineRecorded) == []
    terminal.touches("yes")
    [line] = terminal.events(LineRecorded)
    assert isinstance(line, LineRecorded)
    assert line.confirmed == ("quantity_large",)
    assert terminal.unspoken() == []


@pytest.mark.fault("U1")
def test_half_a_line_left_by_somebody_who_walks_away_is_neither_booked_nor_given_to_the_next(
    terminal: Terminal,
) -> None:
    receiving(terminal)
    terminal.scans("]C1" + "10LOT8\x1d240F-2041")
    terminal.waits(121)
    assert isinstance(terminal.view, SignOnView)
    assert len(terminal.events(LineRecorded)) == 1
    terminal.scans(badge_code(LEADER))
    assert not isinstance(terminal.view, HomeView)
    terminal.scans(UNDO)
    assert terminal.says == "said.cleared"
    assert len(terminal.events(LineRecorded)) == 1


# --- a broken session ---------------------------------------------------------------------------------------------


@pytest.mark.fault("K6", "D4")
@pytest.mark.parametrize("is_sealed", [False, True])
@pytest.mark.parametrize(
    "row",
    [
        b"",
        b"{",
        b"null",
        b"\xff\x00",
        b'{"turn":3,"at":"document","operator":"1001","current":"CS-GONE",' + NUMBERS,
        b'{"turn":3,"at":"approval","operator":"1001","current":"CS-GONE",' + NUMBERS,
        b'{"turn":3,"at":"screen of another version","operator":"1001",' + NUMBERS,
        b'{"turn":3,"at":"document","operator":"1001","current":"X","documents":[{"type":"ZZ","number":"X"}],'
        + NUMBERS,
        b'{"turn":3,"at":"home","operator":"9999","question":{"ask":"switch","problems":[]},' + NUMBERS,
        b'{"numbers":{"documents":{"CS":3},"units":"many"}}',
    ],
)
def test_with_any_session_row_the_kiosk_starts_and_receives_and_makes_no_number_twice(
    terminal: Terminal, row: bytes, *, is_sealed: bool
) -> None:
    receiving(terminal)
    with terminal.store.transaction():
        digest = hashlib.sha256(row).hexdigest()[:16].encode() if is_sealed else b""
        terminal.store.connection.change("UPDATE session SET body = ?", (digest + row,))
    terminal.restarts()
    for _ in range(4):  # three that fail put the session aside
        terminal.scans(badge_code(KEEPER))
    terminal.scans(control_code(ControlCommand.HOME), order_code(ORDER), COTTON_ROLL)
    if terminal.asks_for("place"):
        terminal.scans(place_code("RM-A-01"))
    recorded = terminal.events(LineRecorded)
    serials = [one.values["handling_unit"] for one in recorded if isinstance(one, LineRecorded)]
    assert len(serials) == 2
    assert len(set(serials)) == 2
    assert terminal.tone is Tone.STORED
    assert terminal.store.log.damages() == []
