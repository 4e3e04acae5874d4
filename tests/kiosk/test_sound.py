"""Sounds: a tone for each kind of answer, through whatever player there is, and silence without one."""

from __future__ import annotations

import io
import sys
import time
import wave
from pathlib import Path

from kiosk.screen import Tone
from kiosk.sound import Player, SoundSettings, tone_wav

KEEP = "import sys, pathlib; data = sys.stdin.buffer.read(); pathlib.Path(sys.argv[1]).open('ab').write(data[:4])"


def test_every_tone_is_a_wav_and_no_two_are_alike() -> None:
    made = {tone: tone_wav(tone) for tone in Tone}
    assert len(set(made.values())) == len(Tone)
    for data in made.values():
        with wave.open(io.BytesIO(data)) as file:
            assert 0.005 < file.getnframes() / file.getframerate() < 1


def test_tones_reach_the_player(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    player = Player(SoundSettings(player=(sys.executable, "-c", KEEP, str(heard))))
    player.play(Tone.STORED)
    player.play(Tone.REFUSED)
    player.stop()
    assert heard.read_bytes() == b"RIFFRIFF"
    assert player.is_ready


def test_without_a_player_there_is_silence_and_no_waiting() -> None:
    for settings in (SoundSettings(player=()), SoundSettings(player=("no-such-player",))):
        player = Player(settings)
        assert not player.is_ready
        began = time.monotonic()
        for _ in range(100):
            player.play(Tone.STORED)
        player.stop()
        assert time.monotonic() - began < 1


def test_a_player_that_fails_says_so() -> None:
    player = Player(SoundSettings(player=(sys.executable, "-c", "raise SystemExit(1)")))
    player.play(Tone.STORED)
    player.stop()
    assert not player.is_ready
