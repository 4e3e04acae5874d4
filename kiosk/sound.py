"""Sounds that need no eyes: short high = stored, two-tone low = refused, rising = look, long low = our fault, tick.

They come from the kiosk, not from the browser, and only after the commit.
"""

import array
import io
import logging
import math
import queue
import shutil
import subprocess
import threading
import wave
from collections.abc import Mapping
from functools import cache
from typing import Protocol

from msgspec import Struct

from kiosk.screen import Tone

_LOG = logging.getLogger(__name__)
RATE_HZ = 16_000
VOLUME = 0.5
_FADE_S = 0.005
WAITING_MAX = 4
"""Sounds that wait for the player; more are not played late, they would answer another scan."""

PLAY_TIMEOUT_S = 3.0

# (frequency in Hz, length in s) of each part; 0 Hz is silence.
_TONES: Mapping[Tone, tuple[tuple[int, float], ...]] = {
    Tone.STORED: ((1760, 0.09),),
    Tone.REFUSED: ((440, 0.14), (294, 0.22)),
    Tone.LOOK: ((880, 0.07), (0, 0.04), (1175, 0.12)),
    Tone.FAULT: ((196, 0.6),),
    Tone.NEUTRAL: ((1175, 0.03),),
    Tone.TICK: ((1175, 0.012),),
}


class SoundSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[sound]` table: the player that takes a WAV on its standard input; an empty list is silence."""

    player: tuple[str, ...] = ("aplay", "-q", "-")


class SoundPort(Protocol):
    """Whatever makes the sounds."""

    @property
    def is_ready(self) -> bool:
        """Tell whether anything can be heard."""
        ...

    def play(self, tone: Tone) -> None:
        """Play a tone soon; returns at once."""
        ...

    def stop(self) -> None:
        """Be silent."""
        ...


@cache
def tone_wav(tone: Tone) -> bytes:
    """Return a tone as a WAV file: 16 bit, mono."""
    samples = array.array("h")
    for frequency_hz, length_s in _TONES[tone]:
        count = int(RATE_HZ * length_s)
        for index in range(count):
            edge = min(1.0, min(index, count - index) / (RATE_HZ * _FADE_S))
            level = VOLUME * edge * math.sin(2 * math.pi * frequency_hz * index / RATE_HZ)
            samples.append(int(32767 * level))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return made.getvalue()


class Player:
    """Plays tones through a small program of the system, one after the other, in a thread of its own."""

    def __init__(self, settings: SoundSettings) -> None:
        program = shutil.which(settings.player[0]) if settings.player else None
        self._command = [program, *settings.player[1:]] if program else None
        self._waiting: queue.Queue[Tone | None] = queue.Queue(WAITING_MAX)
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._works = program is not None
        if self._command:
            self._thread.start()

    @property
    def is_ready(self) -> bool:
        return self._works

    def play(self, tone: Tone) -> None:
        if self._command and not self._waiting.full():
            self._waiting.put_nowait(tone)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join(PLAY_TIMEOUT_S)

    def _run(self) -> None:
        while (tone := self._waiting.get()) is not None:
            self._works = self._sound(tone)

    def _sound(self, tone: Tone) -> bool:
        try:
            done = subprocess.run(  # noqa: S603 the program of the settings
                self._command or [],
                input=tone_wav(tone),
                capture_output=True,
                check=False,
                timeout=PLAY_TIMEOUT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            _LOG.warning("no sound: %s", error)
            return False
        if done.returncode and self._works:
            _LOG.warning("no sound: %s", done.stderr[:200].decode(errors="replace"))
        return done.returncode == 0
