"""Sounds that need no eyes: short high = stored, two-tone low = refused, rising = look, long low = our fault, tick.

They come from the kiosk, not from the browser, and only after the commit. A station that is to speak says its words
after the tone; a newer answer cuts them short.
"""

import array
import io
import logging
import math
import queue
import shutil
import subprocess
import threading
import time
import wave
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from domain.names import Language
from kiosk.screen import Answer, Tone
from kiosk.speech import Speech, SpeechError, Spoken

_LOG = logging.getLogger(__name__)
RATE_HZ = 16_000
_FADE_S = 0.005
WAITING_MAX = 4
"""Sounds that wait for the player; more are not played late, they would answer another scan."""

PLAY_TIMEOUT_S = 3.0
SPEECH_TIMEOUT_S = 15.0
CUT_LOOK_S = 0.05
"""How often speech looks whether a newer answer waits."""

Percent = Annotated[int, Meta(ge=0, le=100)]
VOLUMES = (10, 20, 35, 50, 70, 100)
"""The steps of the volume, in percent: each is heard to be louder than the one before."""

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
    """The `[sound]` table: the player that takes a WAV on its standard input; an empty list is silence.

    `volume`: of this station, in percent of what the player can; loud halls want 100, two stations back to back less.
    `volume_min`, `volume_max`: how far whoever stands there may change it by touch; both the same: not at all.
    """

    player: tuple[str, ...] = ("aplay", "-q", "-")
    volume: Percent = 50
    volume_min: Percent = 20
    volume_max: Percent = 100

    def __post_init__(self) -> None:
        if self.volume_min > self.volume_max:
            message = f"volume_min ({self.volume_min}) is above volume_max ({self.volume_max})"
            raise ValueError(message)

    @property
    def volumes(self) -> tuple[int, ...]:
        """Return what can be chosen by touch, the softest first; one where there is nothing to choose."""
        bounds = (self.volume_min, self.volume_max)
        steps = [one for one in VOLUMES if bounds[0] < one < bounds[1]]
        return tuple(sorted({*bounds, *steps}))


class SoundPort(Protocol):
    """Whatever makes the sounds."""

    @property
    def is_ready(self) -> bool:
        """Tell whether anything can be heard."""
        ...

    def play(self, tone: Tone) -> None:
        """Play a tone soon; returns at once."""
        ...

    def set_volume(self, volume: int) -> None:
        """Play from now on as loud as this, in percent."""
        ...

    def stop(self) -> None:
        """Be silent."""
        ...


@cache
def tone_wav(tone: Tone, volume: int = 100) -> bytes:
    """Return a tone as a WAV file: 16 bit, mono. `volume` in percent."""
    samples = array.array("h")
    for frequency_hz, length_s in _TONES[tone]:
        count = int(RATE_HZ * length_s)
        for index in range(count):
            edge = min(1.0, min(index, count - index) / (RATE_HZ * _FADE_S))
            level = volume / 100 * edge * math.sin(2 * math.pi * frequency_hz * index / RATE_HZ)
            samples.append(int(32767 * level))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return made.getvalue()


class Sayer(Protocol):
    """Whatever makes sound of words."""

    def wav(self, spoken: Spoken, volume: int) -> bytes:
        """Return them as a WAV file. Raises SpeechError."""
        ...


class Player:
    """Plays tones and speech through a small program of the system, one after the other, in a thread of its own."""

    def __init__(self, settings: SoundSettings, speech: Sayer | None = None) -> None:
        program = shutil.which(settings.player[0]) if settings.player else None
        self._command = [program, *settings.player[1:]] if program else None
        self._volume = settings.volume
        self._speech = speech or Speech()
        self._waiting: queue.Queue[Tone | Spoken | None] = queue.Queue(WAITING_MAX)
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._works = program is not None
        if self._command:
            self._thread.start()

    @property
    def is_ready(self) -> bool:
        return self._works

    def play(self, tone: Tone) -> None:
        self._offer(tone)

    def set_volume(self, volume: int) -> None:
        self._volume = volume

    def say(self, spoken: Spoken) -> None:
        """Say something after what was played before; returns at once. Whatever comes later cuts it short."""
        self._offer(spoken)

    def _offer(self, sound: Tone | Spoken) -> None:
        if self._command and not self._waiting.full():
            self._waiting.put_nowait(sound)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join(PLAY_TIMEOUT_S)

    def _run(self) -> None:
        while (given := self._waiting.get()) is not None:
            if isinstance(given, Tone):
                self._works = self._sounds(tone_wav(given, self._volume), PLAY_TIMEOUT_S, may_cut=False)
            elif self._works and self._waiting.empty():
                self._say(given)

    def _say(self, spoken: Spoken) -> None:
        try:
            wav = self._speech.wav(spoken, self._volume)
        except SpeechError as error:
            _LOG.warning("no speech: %s", error)
            return
        if wav:
            self._sounds(wav, SPEECH_TIMEOUT_S, may_cut=True)

    def _sounds(self, wav: bytes, timeout_s: float, *, may_cut: bool) -> bool:
        """Play a WAV; tell whether the player could. One that `may_cut` ends when something newer waits."""
        deadline_s = time.monotonic() + timeout_s
        try:
            with subprocess.Popen(  # noqa: S603 the program of the settings
                self._command or [], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            ) as program:
                given: bytes | None = wav
                while True:
                    try:
                        _, said = program.communicate(given, timeout=CUT_LOOK_S)
                        break
                    except subprocess.TimeoutExpired:
                        given = None  # it has it already
                        if may_cut and not self._waiting.empty():
                            program.kill()
                            return True
                        if time.monotonic() > deadline_s:
                            program.kill()
                            _LOG.warning("no sound: the player did not end")
                            return False
        except OSError as error:
            _LOG.warning("no sound: %s", error)
            return False
        if program.returncode and self._works:
            _LOG.warning("no sound: %s", said[:200].decode(errors="replace"))
        return program.returncode == 0


class Speaker:
    """The voice of a kiosk: what an answer says, through its player."""

    def __init__(self, speech: Speech, player: Player) -> None:
        self._speech = speech
        self._player = player

    def tell(self, answer: Answer, language: Language) -> None:
        """Say an answer after its tone, as far as the settings want it said."""
        if spoken := self._speech.of(answer, language):
            self._player.say(spoken)
