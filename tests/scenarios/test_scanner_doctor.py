"""A scanner that types nonsense: somebody scans the printed sheet, reads what is wrong, and goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.labels import LabelRequested
from domain.events.terminal import ScannerAdapted, SignedOn
from domain.scanner_doctor import SHEET, Adaptation
from drivers.scanner import Scan
from kiosk.activities import scanner_doctor
from kiosk.doctor_view import DoctorView
from kiosk.screen import SignOnView, Tone
from tests.domain.test_scanner_doctor import Gun
from tests.terminal import Terminal
from tests.world import BUTTON, KEEPER, badge_code

GERMAN = Gun(layout="german", caps=True, prefix="!", has_identifiers=False)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    assert made.unspoken() == []
    made.close()


def shown(terminal: Terminal) -> DoctorView:
    assert isinstance(terminal.view, DoctorView)
    return terminal.view


def found(terminal: Terminal) -> list[str]:
    return [one.says.key.rpartition(".")[2] for one in shown(terminal).findings]


def scans_the_sheet(terminal: Terminal, gun: Gun, *, device: str = "gun") -> None:
    for one in SHEET:
        terminal.scans(gun.scans(one.name).text, device=device)


def typed(gun: Gun, text: str) -> str:
    """What this scanner sends for a code that is not of the sheet."""
    return gun.sends(text)


def test_a_badge_that_nobody_could_read_is_read_after_the_sheet_was_scanned(terminal: Terminal):
    terminal.scans(typed(GERMAN, badge_code(KEEPER)))
    assert terminal.events(SignedOn) == []
    terminal.touches("acknowledge")
    terminal.touches("scanner_doctor")
    assert shown(terminal).asks.key == "ask.doctor"
    scans_the_sheet(terminal, GERMAN)
    assert found(terminal) == ["layout", "case_swapped", "prefix", "no_identifiers"]
    assert [one.state for one in shown(terminal).codes + shown(terminal).sizes] == ["otherwise"] * len(SHEET)
    terminal.touches("doctor_adapt")
    made = Adaptation(layout="german", swaps_case=True, prefix="!")
    assert terminal.events(ScannerAdapted) == [ScannerAdapted(device="gun", adaptation=made)]
    assert found(terminal) == ["no_identifiers"]
    assert shown(terminal).is_in_order
    assert {one.state for one in shown(terminal).codes + shown(terminal).sizes} == {"clean"}
    terminal.touches("doctor_leave")
    assert isinstance(terminal.view, SignOnView)
    terminal.scans(typed(GERMAN, badge_code(KEEPER)))
    assert [one.person for one in terminal.events(SignedOn)] == [KEEPER.number]


def test_what_is_undone_outlives_a_power_cut_leaves_the_scan_as_sent_in_the_log_and_is_taken_back(
    terminal: Terminal,
):
    terminal.touches("scanner_doctor")
    scans_the_sheet(terminal, GERMAN)
    terminal.touches("doctor_adapt")
    terminal.restarts()
    terminal.scans(typed(GERMAN, badge_code(KEEPER)))
    signed_on = terminal.entries()[-1].envelope
    assert signed_on.raw is not None
    assert signed_on.raw.text == typed(GERMAN, badge_code(KEEPER))
    terminal.touches("doctor_leave")
    terminal.scans(typed(GERMAN, BUTTON.number))
    assert terminal.says == "said.found"
    terminal.scans(typed(GERMAN, BUTTON.number), device="other")
    assert terminal.tone is Tone.REFUSED
    terminal.touches("acknowledge")
    terminal.touches("home")
    terminal.touches("reprint")
    terminal.touches("scanner_doctor")
    terminal.touches("doctor_take_back", "gun")
    assert terminal.events(ScannerAdapted)[-1] == ScannerAdapted(device="gun")
    terminal.scans(typed(GERMAN, control_code(ControlCommand.HOME)))
    assert terminal.says == "problem.doctor_not_of_sheet"


def test_a_scanner_in_order_has_nothing_to_be_adapted(terminal: Terminal):
    terminal.touches("scanner_doctor")
    scans_the_sheet(terminal, Gun())
    assert found(terminal) == []
    assert shown(terminal).is_in_order
    assert "doctor_adapt" not in [one.action for one in shown(terminal).buttons]
    assert shown(terminal).asks.key == "ask.doctor_done"


def test_the_chart_says_down_to_which_size_it_reads(terminal: Terminal):
    terminal.touches("scanner_doctor")
    for name in ("sizel1", "sizel2", "sizem1"):
        terminal.scans(Gun().scans(name).text)
    sizes = [one.state for one in shown(terminal).sizes]
    assert sizes == ["clean", "clean", "missing", "clean", "missing", "missing", "missing"]


def test_the_sheet_is_printed_from_the_screen_itself(terminal: Terminal):
    terminal.scans(badge_code(KEEPER))
    terminal.touches("home")
    terminal.touches("reprint")
    terminal.touches("scanner_doctor")
    terminal.touches("doctor_sheet")
    [sheet] = terminal.events(LabelRequested)
    assert (sheet.template, sheet.data["layout"]) == ("scanner_sheet", SHEET[0].content)


def test_the_makers_code_for_enter_is_printed_where_enter_is_missing(terminal: Terminal):
    terminal.touches("scanner_doctor")
    scans_the_sheet(terminal, Gun())
    assert "doctor_setup" not in [one.action for one in shown(terminal).buttons]
    now, at_ms = terminal.clock.now(), terminal.clock.monotonic_ms()
    text = Gun().scans("case").text
    terminal.takes(Scan(text=text, device="gun", event_time=now, monotonic_ms=at_ms + 2000, ended="gap"))
    assert "no_terminator" in found(terminal)
    [offered] = [one for one in shown(terminal).buttons if one.action == "doctor_setup"]
    terminal.touches("doctor_setup", offered.value)
    [label] = terminal.events(LabelRequested)
    assert (label.template, label.data["maker"]) == ("scanner_setup", "Honeywell")
    terminal.touches("doctor_setup", "nobody enter")
    assert len(terminal.events(LabelRequested)) == 1


def test_another_scanner_is_another_patient_and_a_badge_still_signs_on(terminal: Terminal):
    terminal.touches("scanner_doctor")
    scans_the_sheet(terminal, GERMAN)
    terminal.scans(Gun().scans("digits").text, device="other")
    assert shown(terminal).device == "other"
    assert found(terminal) == []
    terminal.scans(badge_code(KEEPER), device="other")
    assert len(terminal.events(SignedOn)) == 1


def test_a_scanner_set_right_in_between_is_looked_at_anew(terminal: Terminal):
    terminal.touches("scanner_doctor")
    scans_the_sheet(terminal, GERMAN)
    scans_the_sheet(terminal, Gun())
    assert found(terminal) == []


def test_a_scanner_that_ends_with_nothing_is_told_so(terminal: Terminal):
    terminal.touches("scanner_doctor")
    terminal.clock.advance(1)
    text, now = Gun().scans("case").text, terminal.clock.now()
    terminal.takes(
        Scan(text=text, device="gun", ended="gap", event_time=now, monotonic_ms=terminal.clock.monotonic_ms())
    )
    assert found(terminal) == ["no_terminator"]


def test_a_code_from_elsewhere_is_said_not_to_be_of_the_sheet(terminal: Terminal):
    terminal.touches("scanner_doctor")
    terminal.scans("4006381333931")
    assert (terminal.tone, terminal.says) == (Tone.REFUSED, "problem.doctor_not_of_sheet")
    assert shown(terminal).findings == ()


def test_what_is_undone_outlives_a_session_that_was_put_aside(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    terminal.touches("scanner_doctor")
    scans_the_sheet(terminal, GERMAN)
    terminal.touches("doctor_adapt")
    with monkeypatch.context() as broken:
        broken.setattr(scanner_doctor, "on_scan", lambda *_given: 1 / 0)
        terminal.scans("A1", "A2", "A3")
    assert terminal.says == "problem.session_put_aside"
    terminal.scans(typed(GERMAN, badge_code(KEEPER)))
    assert len(terminal.events(SignedOn)) == 1
