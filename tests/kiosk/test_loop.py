"""The loop on its file: nothing is confirmed that is not on the disk, and nothing that fails stops the next scan."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.documents import LineRecorded
from domain.events.labels import LabelReported, LabelRequested
from domain.events.terminal import DeviceChanged, KioskStarted, ScanRefused
from domain.log import open_entry
from domain.wire import Change
from drivers.job import PrinterHealth, PrinterReport
from drivers.scanner import ScannerStatus
from kiosk.activities import home
from kiosk.screen import ReprintView, Tone
from kiosk.store.errors import StoreRefusedError
from kiosk.store.log import Origin
from kiosk.store.store import Store
from kiosk.trigger import STUCK_PULLS
from tests.terminal import Terminal
from tests.world import KEEPER, NOW, ORDER, badge_code, order_code, place_code

COTTON_ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    made.scans(badge_code(KEEPER), order_code(ORDER))
    yield made
    assert made.unspoken() == []
    assert made.store.log.damages() == []
    made.close()


@pytest.mark.fault("D2")
def test_a_full_disk_confirms_nothing_says_so_and_goes_on_when_there_is_room(terminal: Terminal) -> None:
    terminal.scans(COTTON_ROLL)
    terminal.store.connection.limit_pages(1)
    before = terminal.events()
    for _ in range(40):
        terminal.scans(place_code("RM-A-01"), COTTON_ROLL)
        if terminal.tone is Tone.FAULT:
            break
    assert terminal.tone is Tone.FAULT
    assert terminal.says == "problem.disk_full"
    assert terminal.sound.tones[-1] is Tone.FAULT
    answers = {(one.turn, one.answer.says.key) for one in terminal.page.screens if one.answer}
    confirmed = [key for _turn, key in answers if key.startswith("said.line_recorded")]
    recorded = len(terminal.events(LineRecorded))
    assert len(confirmed) == recorded > 0
    terminal.store.connection.limit_pages(0)
    terminal.touches("clear_line")
    terminal.scans(COTTON_ROLL)
    if terminal.asks_for("place"):
        terminal.scans(place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED
    assert len(terminal.events(LineRecorded)) == recorded + 1
    assert len(terminal.events()) > len(before)


@pytest.mark.fault("K3")
def test_an_exception_in_an_activity_is_answered_and_the_next_scan_works(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.scans(control_code(ControlCommand.HOME))
    state = terminal.loop.state
    with monkeypatch.context() as broken:
        broken.setattr(home, "on_scan", lambda *_: 1 / 0)
        terminal.scans(order_code(ORDER))
    assert terminal.tone is Tone.FAULT
    assert terminal.says == "problem.kiosk_failed"
    assert terminal.loop.state == state
    terminal.scans(order_code(ORDER))
    assert terminal.asks_for("item")


@pytest.mark.fault("D2", "S4")
def test_what_was_not_stored_counts_when_it_is_scanned_again_at_once(terminal: Terminal) -> None:
    terminal.scans(COTTON_ROLL)
    terminal.store.connection.limit_pages(1)
    for number in range(60):
        terminal.scans(f"UNKNOWN-{number}-{'X' * 200}")
        if terminal.tone is Tone.FAULT:
            break
    assert terminal.tone is Tone.FAULT
    terminal.store.connection.limit_pages(0)
    refused = len(terminal.events(ScanRefused))
    terminal.scans(f"UNKNOWN-{number}-{'X' * 200}", apart_s=0.1)
    assert terminal.tone is Tone.REFUSED
    assert len(terminal.events(ScanRefused)) == refused + 1


@pytest.mark.fault("S10")
def test_a_stuck_trigger_does_not_fill_the_log(terminal: Terminal) -> None:
    terminal.scans(*(f"JUNK-{number}" for number in range(200)), apart_s=0.05)
    assert len(terminal.events(ScanRefused)) == 60
    terminal.clock.advance(61)
    terminal.scans("JUNK")
    assert len(terminal.events(ScanRefused)) == 61


@pytest.mark.fault("S10")
def test_a_refusal_too_many_is_not_recorded_and_still_heard(terminal: Terminal) -> None:
    terminal.scans(*["JUNK"] * 70, apart_s=0.5)
    heard = len(terminal.sound.tones)
    terminal.scans("JUNK", apart_s=0.5)
    assert len(terminal.sound.tones) == heard + 1
    assert terminal.tone is Tone.REFUSED


@pytest.mark.fault("S10")
def test_a_stuck_trigger_is_an_alarm_with_its_count_until_it_is_let_go(terminal: Terminal) -> None:
    terminal.scans("JUNK")
    terminal.scans(*["JUNK"] * STUCK_PULLS, apart_s=0.005)
    terminal.waits(0.5)
    [alarm] = [one for one in terminal.screen.frame.alarms if one.code == "trigger_stuck"]
    assert alarm.parameters == {"device": "gun", "count": str(STUCK_PULLS)}
    assert terminal.sound.tones[-STUCK_PULLS:] == [Tone.TICK] * STUCK_PULLS
    terminal.waits(11)
    assert not terminal.screen.frame.alarms


def test_a_person_who_scans_twice_now_and_then_is_no_stuck_trigger(terminal: Terminal) -> None:
    for _ in range(STUCK_PULLS * 2):
        terminal.scans("JUNK", apart_s=1.0)
        terminal.scans("JUNK", apart_s=0.1)
    assert not terminal.screen.frame.alarms


@pytest.mark.fault("S10")
def test_different_codes_poured_out_are_an_alarm_too(terminal: Terminal) -> None:
    terminal.scans(*(f"JUNK-{number}" for number in range(200)), apart_s=0.005)
    [alarm] = [one for one in terminal.screen.frame.alarms if one.code == "trigger_stuck"]
    assert alarm.parameters["count"] == str(200 - len(terminal.events(ScanRefused)))


@pytest.mark.fault("U1")
def test_a_touch_on_an_older_screen_is_not_taken_but_typing_is(terminal: Terminal) -> None:
    terminal.scans("Y-3201")
    old = terminal.screen.turn
    terminal.touches("field", "quantity")
    terminal.touches("done", turn=old)
    assert terminal.screen.pad
    for digit in "123":
        terminal.touches("pad_key", digit, turn=old)
    assert terminal.screen.pad.typed == "123"


@pytest.mark.fault("S1")
def test_devices_that_go_and_come_are_facts_and_on_screen(terminal: Terminal) -> None:
    terminal.takes(ScannerStatus(device="gun", state="ready"))
    terminal.takes(ScannerStatus(device="gun", state="lost", detail="unplugged"))
    terminal.takes(ScannerStatus(device="gun", state="lost", detail="unplugged"))
    terminal.takes(PrinterHealth(printer="door", state="not_ready", detail="paper_out", event_time=NOW))
    assert terminal.sound.tones[-2:] == [Tone.NEUTRAL, Tone.FAULT]
    states = [(one.device, one.state) for one in terminal.events(DeviceChanged)]  # type: ignore[attr-defined]
    assert states == [("gun", "ready"), ("gun", "lost"), ("door", "not_ready")]
    gun, door = terminal.screen.frame.devices
    assert (gun.is_ready, door.is_ready) == (False, False)
    assert door.says
    assert door.says.key == "device.printer.paper_out"


def test_a_printer_whose_paper_is_nearly_out_is_ready_and_warns(terminal: Terminal) -> None:
    terminal.takes(PrinterHealth(printer="door", state="ready", detail="near_end", event_time=NOW))
    door = next(one for one in terminal.screen.frame.devices if one.name == "door")
    assert (door.is_ready, door.warns) == (True, True)
    assert door.says
    assert door.says.key == "device.printer.near_end"
    terminal.takes(PrinterHealth(printer="door", state="ready", event_time=NOW))
    door = next(one for one in terminal.screen.frame.devices if one.name == "door")
    assert not door.warns


def test_what_the_hub_could_not_book_is_counted_on_every_screen(terminal: Terminal) -> None:
    told = {"sequence": 1, "epoch": 1, "event_id": "e1", "state": "parked", "code": "unknown_item"}
    with terminal.store.transaction():
        terminal.store.reference.take([Change(kind="disposition", key="1/1", body=told)])
    assert terminal.loop.screen().frame.parked == 1
    with terminal.store.transaction():
        terminal.store.reference.take(
            [Change(kind="disposition", key="1/1", body={**told, "state": "booked"})]
        )
    assert terminal.loop.screen().frame.parked == 0


@pytest.mark.fault("P3", "K1")
def test_what_became_of_a_label_is_a_fact_also_when_a_power_cut_came_between(terminal: Terminal) -> None:
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    terminal.scans(COTTON_ROLL)
    first, second = (one.job for one in terminal.events(LabelRequested))  # type: ignore[attr-defined]
    jobs = terminal.store.jobs
    for job in (first, second):
        assert jobs.mark(job, "sending", "")
        assert jobs.mark(job, "printed", "")
        assert not jobs.mark(job, "unknown", "")
    terminal.takes(PrinterReport(job_id=first, printer="door", state="printed", event_time=NOW))
    terminal.restarts()
    assert terminal.events(LabelReported) == [
        LabelReported(job=first, state="printed"),
        LabelReported(job=second, state="printed"),
    ]
    terminal.restarts()
    assert len(terminal.events(LabelReported)) == 2


@pytest.mark.fault("P5")
def test_a_label_is_printed_again_with_its_reason_or_cancelled(terminal: Terminal) -> None:
    terminal.scans(COTTON_ROLL, place_code("RM-A-01"))
    terminal.touches("home")
    terminal.touches("reprint")
    assert isinstance(terminal.view, ReprintView)
    [job] = terminal.view.jobs
    terminal.store.jobs.mark(job.job, "printed", "")
    terminal.touches("select_job", job.job)
    terminal.touches("reprint_reason", "damaged")
    again = terminal.events(LabelRequested)[-1]
    assert isinstance(again, LabelRequested)
    assert (again.reason, again.data["lot"]) == ("damaged", "LOT7")
    assert again.job != job.job
    terminal.touches("select_job", again.job)
    terminal.touches("cancel_job", again.job)
    assert terminal.events(LabelReported) == [LabelReported(job=again.job, state="cancelled")]
    assert terminal.store.jobs.queued("door") == 0
    terminal.scans(control_code(ControlCommand.PRINT))
    assert len(terminal.events(LabelRequested)) == 3


def test_the_command_sheet_of_the_station_is_printed_for_whoever_stands_there(terminal: Terminal) -> None:
    terminal.touches("home")
    terminal.touches("reprint")
    assert isinstance(terminal.view, ReprintView)
    actions = [button.action for button in terminal.view.buttons]
    assert actions == ["command_sheet", "label_number", "scanner_doctor", "hold_printer"]
    terminal.touches("command_sheet")
    [sheet] = terminal.events(LabelRequested)
    assert isinstance(sheet, LabelRequested)
    assert (sheet.template, sheet.data["barcode_1"]) == ("command_sheet", control_code(ControlCommand.DONE))
    assert sheet.data["number"]
    [queued] = terminal.view.jobs
    assert queued.title == "label.template.command_sheet"


@pytest.mark.fault("K7")
def test_a_second_process_on_the_same_folder_is_refused(terminal: Terminal) -> None:
    origin = Origin(plant="P1", device="K1", boot_id="", software="")
    with pytest.raises(StoreRefusedError):
        Store(terminal.folder, origin)


@pytest.mark.fault("D8")
def test_the_file_of_another_kiosk_is_refused(tmp_path: Path) -> None:
    Terminal(tmp_path).close()
    with pytest.raises(StoreRefusedError, match="P1/K1"):
        Store(tmp_path, Origin(plant="P1", device="K2", boot_id="", software=""))


def damage(folder: Path, sequence: int) -> None:
    with sqlite3.connect(folder / "kiosk.db") as file:
        file.execute("DROP TRIGGER entry_is_final")
        file.execute("UPDATE entry SET body = replace(body, '1', '2') WHERE sequence = ?", (sequence,))
    file.close()


@pytest.mark.fault("D4")
def test_a_damaged_entry_the_hub_lacks_is_kept_apart_and_the_rest_is_issued_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.scans(badge_code(KEEPER), order_code(ORDER), COTTON_ROLL, place_code("RM-A-01"))
    ids = [entry.envelope.event_id for entry in terminal.entries()]
    terminal.close()
    damage(tmp_path, 2)
    store = Store(tmp_path, Origin(plant="P1", device="K1", boot_id="", software=""))
    found = store.inspect(NOW)
    assert [one.sequence for one in found] == [2]
    assert store.log.epoch == 2
    assert store.log.damages() == []
    assert store.inspect(NOW) == ()
    bodies = store.log.bodies_after(0, 100)
    issued = [open_entry(body).envelope for body in bodies]
    assert [one.event_id for one in issued[:-1]] == [one for place, one in enumerate(ids) if place != 1]
    assert issued[-1].type == "DamageFound", "and the hub is told"
    store.close()


def test_the_start_is_a_fact(terminal: Terminal) -> None:
    assert terminal.events(KioskStarted) == [KioskStarted(software="noac test", boot="boot-1")]
