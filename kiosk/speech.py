"""Verdicts said aloud, in Mandarin and English, by a program on this machine: for who looks at goods, not at a screen.

The program takes a text and gives a WAV: espeak-ng does, and so does whatever sounds better. What was said is kept.
"""

import array
import io
import shutil
import subprocess
import wave
from functools import lru_cache
from typing import Literal, Protocol

from msgspec import Struct, field

from domain.names import Language
from domain.words import speak
from kiosk.say import say
from kiosk.screen import Answer, Tone

KEPT_MAX = 200
"""Texts whose sound is kept: verdicts come again and again, and a Pi takes a while for each."""

SAID_CHARS_MAX = 200
MAKE_TIMEOUT_S = 5.0
_SILENT = frozenset({Tone.NEUTRAL, Tone.TICK})
"""A badge, a place, a repeat: the tone says enough."""


class SpeechSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[speech]` table. `says`: nothing, the verdict ("stored"), or the whole sentence of the screen.

    `program` takes the text on its standard input and gives a WAV of 16 bit on its standard output; {voice} is the one
    of the language, `words_per_minute` its pace.
    """

    says: Literal["nothing", "verdict", "sentence"] = "nothing"
    program: tuple[str, ...] = ("espeak-ng", "-v", "{voice}", "-s", "{pace}", "--stdin", "--stdout")
    voices: dict[Language, str] = field(default_factory=lambda: {"zh-CN": "cmn", "en": "en-gb"})
    words_per_minute: int = 190


class SpeechError(Exception):
    """The program that speaks is not there, or did not speak."""


class Spoken(Struct, frozen=True, kw_only=True):
    """What is to be said, and in which language."""

    text: str
    language: Language


class Voice(Protocol):
    """Whoever says answers aloud."""

    def tell(self, answer: Answer, language: Language) -> None:
        """Say an answer soon, as far as it is to be said; returns at once."""
        ...


class Speech:
    """Makes sounds of answers."""

    def __init__(self, settings: SpeechSettings | None = None) -> None:
        self._settings = settings or SpeechSettings()
        self._made = lru_cache(KEPT_MAX)(self._make)

    def of(self, answer: Answer, language: Language) -> Spoken | None:
        """Return what is said of an answer; None: nothing, as the settings want it."""
        if self._settings.says == "nothing" or answer.tone in _SILENT:
            return None
        text = speak(language, f"verdict.{answer.tone}")
        if self._settings.says == "sentence":
            text = ". ".join(filter(None, (say(language, answer.says), say(language, answer.way_out))))
        return Spoken(text=text[:SAID_CHARS_MAX], language=language)

    def wav(self, spoken: Spoken, volume: int) -> bytes:
        """Return it as a WAV file; empty where no voice speaks the language. Raises SpeechError."""
        return self._made(spoken, volume)

    def _make(self, spoken: Spoken, volume: int) -> bytes:
        voice = self._settings.voices.get(spoken.language, "")
        if not voice:
            return b""
        pace = str(self._settings.words_per_minute)
        command = [part.format(voice=voice, pace=pace) for part in self._settings.program]
        if not command or shutil.which(command[0]) is None:
            raise SpeechError(f"{command[0] if command else 'no program'} is not installed")
        try:
            done = subprocess.run(  # noqa: S603 the program of the settings; the text is its input, never an argument
                command, input=spoken.text.encode(), capture_output=True, check=False, timeout=MAKE_TIMEOUT_S
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SpeechError(str(error)) from error
        if done.returncode or not done.stdout:
            raise SpeechError(done.stderr[:200].decode(errors="replace") or "it gave no sound")
        return at_volume(done.stdout, volume)


def at_volume(wav: bytes, volume: int) -> bytes:
    """Return a WAV of 16 bit as loud as wanted, in percent of what it was. Raises SpeechError where it is none."""
    try:
        # A program that writes to a pipe cannot know the length it puts first: what came is what counts.
        with wave.open(io.BytesIO(wav)) as file:
            rate_hz, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(len(wav))
    except (wave.Error, EOFError) as error:
        raise SpeechError(f"it gave no WAV: {error}") from error
    if width != array.array("h").itemsize:
        raise SpeechError(f"its WAV has {8 * width} bits, not 16")
    samples = array.array("h", frames)
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(array.array("h", (sample * volume // 100 for sample in samples)).tobytes())
    return made.getvalue()
