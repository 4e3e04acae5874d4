"""It is too loud, or cannot be heard: one touch after the other, until it is right; and it stays so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.screen import HomeView, Tone
from tests.terminal import Terminal
from tests.world import KEEPER, badge_code


class Loud(Terminal):
    volumes = (20, 50, 100)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Loud]:
    made = Loud(tmp_path)
    made.scans(badge_code(KEEPER))
    yield made
    assert made.unspoken() == []
    made.close()


def offered(terminal: Terminal) -> list[str]:
    assert isinstance(terminal.view, HomeView)
    return [one.label.parameters["volume"] for one in terminal.view.tools if one.action == "volume"]


def test_each_touch_is_a_step_louder_and_heard_at_once_and_the_softest_follows_the_loudest(
    terminal: Loud,
) -> None:
    assert offered(terminal) == ["50"]
    for expected in (100, 20, 50, 100):
        terminal.touches("volume")
        assert (terminal.sound.volume, terminal.sound.tones[-1]) == (expected, Tone.STORED)
        assert offered(terminal) == [str(expected)]


def test_it_stays_over_a_restart_and_when_somebody_else_comes(terminal: Loud) -> None:
    terminal.touches("volume")
    terminal.restarts()
    assert terminal.sound.volume == 100
    terminal.touches("lock")
    terminal.scans(badge_code(KEEPER))
    assert (terminal.sound.volume, offered(terminal)) == (100, ["100"])


def test_what_the_settings_do_not_let_any_more_gives_way_to_them(terminal: Loud) -> None:
    terminal.touches("volume")
    terminal.volumes = (20, 50)
    terminal.restarts()
    assert (terminal.sound.volume, offered(terminal)) == (50, ["50"])
    terminal.volumes = (50,)
    terminal.restarts()
    assert offered(terminal) == []
    turn = terminal.screen.turn
    terminal.touches("volume")
    assert terminal.sound.volume == 50
    assert terminal.screen.turn == turn
