"""Sounds: a tone for each kind of answer, through whatever player there is, and silence without one."""

from __future__ import annotations

import array
import io
import sys
import time
import wave
from pathlib import Path

import pytest

from kiosk.screen import Tone
from kiosk.sound import Player, SoundSettings, tone_wav
from kiosk.speech import Spoken
from tests.drivers.listening import eventually

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


def loudest(wav: bytes) -> int:
    with wave.open(io.BytesIO(wav)) as file:
        return max(array.array("h", file.readframes(file.getnframes())))


def test_a_station_is_as_loud_as_its_settings_say() -> None:
    full = loudest(tone_wav(Tone.REFUSED, 100))
    assert full > 32_000
    assert loudest(tone_wav(Tone.REFUSED, 50)) == pytest.approx(full / 2, abs=2)
    assert loudest(tone_wav(Tone.REFUSED, 0)) == 0


def test_speech_follows_its_tone_and_is_cut_short_by_the_next_answer(tmp_path: Path) -> None:
    class Long:
        def wav(self, spoken: Spoken, volume: int) -> bytes:
            return f"{spoken.text}{volume}".encode()

    heard = tmp_path / "heard"
    slow = KEEP + "; import time; time.sleep(9 if data[:1] == b's' else 0)"
    player = Player(SoundSettings(player=(sys.executable, "-c", slow, str(heard)), volume=70), Long())
    player.play(Tone.STORED)
    player.say(Spoken(text="s", language="en"))
    eventually(lambda: heard.exists() and heard.read_bytes() == b"RIFFs70", "the tone, then the words")
    began = time.monotonic()
    player.play(Tone.REFUSED)
    eventually(lambda: heard.read_bytes() == b"RIFFs70RIFF", "the next answer")
    assert time.monotonic() - began < 8
    player.stop()


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


@pytest.mark.parametrize(
    ("settings", "volumes"),
    [
        (SoundSettings(), (20, 35, 50, 70, 100)),
        (SoundSettings(volume_min=40, volume_max=60), (40, 50, 60)),
        (SoundSettings(volume_min=50, volume_max=50), (50,)),
        (SoundSettings(volume_min=0), (0, 10, 20, 35, 50, 70, 100)),
    ],
)
def test_what_can_be_chosen_lies_within_what_the_settings_let(
    settings: SoundSettings, volumes: tuple[int, ...]
) -> None:
    assert settings.volumes == volumes


def test_bounds_that_are_turned_round_are_refused() -> None:
    with pytest.raises(ValueError, match="volume_min"):
        SoundSettings(volume_min=80, volume_max=20)


def test_the_volume_holds_for_what_is_played_from_then_on(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    keep = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    player = Player(SoundSettings(player=(sys.executable, "-c", keep, str(heard))))
    player.set_volume(100)
    player.play(Tone.REFUSED)
    player.stop()
    assert heard.read_bytes() == tone_wav(Tone.REFUSED, 100)
