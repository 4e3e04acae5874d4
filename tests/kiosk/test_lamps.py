"""What a lamp shows of a station: each answer as it is given, and what the station stands at between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.events.terminal import DeviceChanged
from drivers.lamp import DARK, LampStatus, Light
from kiosk.card import CardReport
from kiosk.lamps import FLASHES, STANDS
from kiosk.screen import Standing, Tone
from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def test_every_standing_and_every_tone_that_is_a_verdict_has_a_look_of_its_own() -> None:
    assert set(STANDS) == set(Standing)
    assert len(set(STANDS.values())) == len(Standing)
    assert len(set(FLASHES.values())) == len(FLASHES)
    assert set(Tone) - set(FLASHES) == {Tone.NEUTRAL, Tone.TICK}


def test_only_what_is_refused_or_failed_is_loud() -> None:
    loud = {tone for tone, shine in FLASHES.items() if Light.BUZZER in shine.lights}
    assert loud == {Tone.REFUSED, Tone.FAULT}
    assert all(shine.lasts_ms for shine in FLASHES.values()), "an answer ends by itself"


def test_each_answer_is_flashed_as_it_sounds(terminal: Terminal) -> None:
    terminal.scans("NO-SUCH-CODE")
    assert terminal.lamp.flashes == [FLASHES[terminal.sound.tones[-1]]]


def test_a_kiosk_that_cannot_store_shows_it_to_the_whole_hall_until_it_can(terminal: Terminal) -> None:
    terminal.takes(CardReport(state="full"))
    assert terminal.lamp.stands == STANDS[Standing.OUT_OF_ORDER]
    terminal.takes(CardReport())
    assert terminal.lamp.stands == DARK


def test_a_lamp_that_is_gone_is_seen_and_stops_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.takes(LampStatus(device="tower", state="ready"))
    terminal.takes(LampStatus(device="tower", state="lost", detail="unplugged"))
    assert [(one.kind, one.state) for one in terminal.events(DeviceChanged)][-2:] == [
        ("lamp", "ready"),
        ("lamp", "lost"),
    ]
    [lamp] = [one for one in terminal.screen.frame.devices if one.kind == "lamp"]
    assert not lamp.is_ready
    monkeypatch.setattr(terminal.lamp, "flash", lambda _shine: 1 / 0)
    heard = len(terminal.sound.tones)
    terminal.scans("NO-SUCH-CODE")
    assert len(terminal.sound.tones) == heard + 1
