"""What all scales on a serial line have in common: they are asked, heard, and believed only while they are fresh."""

from typing import ClassVar

from drivers.clock import Clock
from drivers.device import AttachedSettings, DeviceState
from drivers.scale import ScaleOutput, ScaleStatus
from drivers.serial_device import Baud, SerialDevice
from drivers.weight_stream import Decode, WeightStream

ASK_AGAIN_MS = 1_000
"""A scale that has to be asked and is silent for so long was switched off and on: it is asked again."""

SILENT_MS = 3_000
"""A scale from which nothing understandable came for so long is not ready, whatever its cable does."""

HELD_UP_MS = 1_000
"""Bytes that waited longer than this are of an unknown age and are thrown away."""


class SerialScaleSettings(AttachedSettings, frozen=True, kw_only=True):
    """Which line it is (path or USB identity), and its speed; 8 data bits, no parity, 1 stop bit."""

    baud: Baud = 9_600


class SerialScale(SerialDevice[ScaleOutput]):
    """One scale on a serial line. `ask`: what makes it send again and again; empty where it does so by itself."""

    NOUN: ClassVar[str] = "scale"

    def __init__(
        self, settings: SerialScaleSettings, clock: Clock, *, decode: Decode, ask: bytes = b""
    ) -> None:
        super().__init__(name=settings.name, clock=clock, rescan_ms=settings.rescan_ms)
        self._wanted, self._baud = settings, settings.baud
        self._stream = WeightStream(decode, settings.name)
        self._ask = ask
        self._path = ""
        self._turned_ms = self._asked_ms = self._understood_ms = self._any_byte_ms = 0

    def _status_of(self, state: DeviceState, detail: str) -> ScaleStatus:
        return ScaleStatus(device=self._name, state=state, detail=detail)

    def _began(self, path: str) -> None:
        self._path = path
        now_ms = self._clock.monotonic_ms()
        self._turned_ms = self._understood_ms = now_ms
        self._any_byte_ms = 0
        self._tell("ready", path)
        self._ask_now(now_ms)

    def _heard(self, data: bytes) -> None:
        now_ms = self._clock.monotonic_ms()
        if now_ms - self._turned_ms > HELD_UP_MS:
            self._catch_up(now_ms)
            return
        self._any_byte_ms = now_ms
        output = self._stream.feed(data, now_ms)
        if self._stream.understood:
            self._understood_ms = now_ms
            self._tell("ready", self._path)
        if output is not None:
            self._send(output)
        self._look(now_ms)
        self._turned_ms = now_ms

    def _silent(self) -> None:
        now_ms = self._clock.monotonic_ms()
        if self._ask and now_ms - max(self._any_byte_ms, self._asked_ms) >= ASK_AGAIN_MS:
            self._ask_now(now_ms)
        self._look(now_ms)
        self._turned_ms = now_ms

    def _cut_off(self) -> None:
        self._stream.cut()

    def _ask_now(self, now_ms: int) -> None:
        self._asked_ms = now_ms
        if self._ask:
            self._write(self._ask)

    def _look(self, now_ms: int) -> None:
        """Say that the scale is of no use when nothing it sent was understood for too long."""
        if now_ms - self._understood_ms < SILENT_MS:
            return
        if now_ms - self._any_byte_ms < SILENT_MS:
            self._tell("error", f"what it sends is not understood (speed, protocol): {self._path}")
        else:
            self._tell("lost", f"silent: {self._path}")
        self._stream.cut()

    def _catch_up(self, now_ms: int) -> None:
        """Begin with what comes from now on: the thread was held up, so nobody knows how old the waiting bytes are."""
        if self._line is not None:
            self._line.reset_input_buffer()
        self._stream.cut()
        self._turned_ms = now_ms
