"""Verdicts said aloud: in the language of who is there, by a real voice where one is installed."""

from __future__ import annotations

import io
import shutil
import sys
import wave

import pytest

from domain.names import Language
from kiosk.screen import Answer, Tone, Words
from kiosk.sound import tone_wav
from kiosk.speech import Speech, SpeechError, SpeechSettings, Spoken, at_volume

STORED = Answer(tone=Tone.STORED, says=Words(key="said.undone"))
STUCK = Answer(tone=Tone.REFUSED, says=Words(key="said.repeat"), way_out=Words(key="device.lamp.lost"))


def test_a_station_that_is_not_to_speak_says_nothing() -> None:
    assert Speech().of(STORED, "en") is None


def test_a_verdict_is_a_word_in_the_language_of_who_is_there() -> None:
    speech = Speech(SpeechSettings(says="verdict"))
    assert speech.of(STORED, "en") == Spoken(text="Stored", language="en")
    assert speech.of(STORED, "zh-CN") == Spoken(text="已记录", language="zh-CN")


def test_a_sentence_is_the_screen_s_with_the_way_out() -> None:
    said = Speech(SpeechSettings(says="sentence")).of(STUCK, "en")
    assert said
    assert said.text.endswith("Unplugged")
    assert ". " in said.text


@pytest.mark.parametrize("tone", [Tone.NEUTRAL, Tone.TICK])
def test_a_badge_and_a_repeat_are_not_talked_about(tone: Tone) -> None:
    assert Speech(SpeechSettings(says="sentence")).of(Answer(tone=tone, says=STORED.says), "en") is None


@pytest.mark.parametrize(("text", "language"), [("Refused", "en"), ("不能收", "zh-CN")])
def test_it_speaks_both_languages(text: str, language: Language) -> None:
    assert shutil.which("espeak-ng"), "make setup installs it"
    wav = Speech(SpeechSettings(says="verdict")).wav(Spoken(text=text, language=language), 100)
    with wave.open(io.BytesIO(wav)) as file:
        length_s = file.getnframes() / file.getframerate()
        loud = sum(
            abs(int.from_bytes(wav[at : at + 2], "little", signed=True)) > 2_000
            for at in range(44, 40_000, 2)
        )
    assert 0.2 < length_s < 3
    assert loud > 500, "there is a voice in it"


def test_a_text_is_never_an_argument_of_the_program() -> None:
    echo = "import sys; from kiosk.sound import tone_wav; assert '-w' in sys.stdin.read(); assert len(sys.argv) == 1;"
    echo += "from kiosk.screen import Tone; sys.stdout.buffer.write(tone_wav(Tone.STORED))"
    speech = Speech(SpeechSettings(says="verdict", program=(sys.executable, "-c", echo)))
    assert speech.wav(Spoken(text="-w /etc/passwd", language="en"), 100) == tone_wav(Tone.STORED)


@pytest.mark.parametrize(
    "program",
    [
        (),
        ("no-such-voice",),
        (sys.executable, "-c", "raise SystemExit(3)"),
        (sys.executable, "-c", "print('no sound')"),
    ],
)
def test_a_voice_that_fails_says_why(program: tuple[str, ...]) -> None:
    speech = Speech(SpeechSettings(says="verdict", program=program))
    with pytest.raises(SpeechError):
        speech.wav(Spoken(text="Stored", language="en"), 100)


def test_a_language_without_a_voice_is_not_spoken() -> None:
    assert (
        Speech(SpeechSettings(says="verdict", voices={"en": "en-gb"})).wav(
            Spoken(text="好", language="zh-CN"), 100
        )
        == b""
    )


def test_what_is_not_16_bit_is_refused() -> None:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x80" * 80)
    with pytest.raises(SpeechError):
        at_volume(made.getvalue(), 50)
