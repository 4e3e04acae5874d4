"""A scale that is no device: what lies on it is told by the program, a script or a loopback socket; it can misbehave.

Lines (`drivers/virtual_device.py` says how they are carried):

    {"put": "21.40", "unit": "kg"}                        lay so much on it; "0" takes everything off
    {"do": "unplug"}   {"do": "replug"}
    {"do": "fault", "fault": "noise"}   {"do": "fault"}   misbehave so from now on; behave again
    {"wait_ms": 500}                                      be still, for scripts
"""

import random
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, cast

import msgspec

from drivers.clock import Clock
from drivers.device import DeviceSettings, DeviceState
from drivers.scale import Scale, ScaleOutput, ScaleStatus
from drivers.scales.mt_sics import decode_wide
from drivers.scales.virtual_faults import Fault, arriving
from drivers.virtual_device import Answer, VirtualDevice, VirtualSettings, WaitMs, decode_command
from drivers.weight_stream import WeightStream

FRAME_MS = 100
"""So often a frame is sent, as a scale in continuous mode does."""

VALUE_CHARS = 10


class Settings(VirtualSettings, frozen=True, kw_only=True):
    """`kind = "virtual"`: `port` to listen on (0: a free one, None: none), `script` to play at start."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the protocol."""

    put: Annotated[str, msgspec.Meta(max_length=VALUE_CHARS)] | None = None
    unit: Literal["g", "kg", "t", "lb"] = "kg"
    fault: Fault | None = None
    do: Literal["unplug", "replug", "fault"] | None = None
    wait_ms: WaitMs = 0


_COMMANDS = msgspec.json.Decoder(Command)


class VirtualScale(VirtualDevice[ScaleOutput]):
    """A scale without hardware. It sends the frames of a real one, and they are read as those of a real one."""

    NOUN = "scale"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings, clock)
        self._stream = WeightStream(decode_wide(VALUE_CHARS), settings.name)
        self._shown, self._unit = "0.00", "kg"
        self._fault: Fault | None = None
        self._is_settling = False
        self._random = random.Random(settings.name)  # noqa: S311  noise, not a secret

    def put(self, value: str, unit: str = "kg") -> Answer:
        """Lay so much on it; the first frame after it still moves. A frozen scale shows what it showed before."""
        try:
            number = Decimal(value)
        except InvalidOperation:
            return Answer(ok=False, error=f"{value!r} is not a number")
        if not number.is_finite() or len(f"{number:f}") > VALUE_CHARS:
            return Answer(ok=False, error=f"{value!r} does not fit its display")
        with self._lock:
            if self._fault != "frozen":
                self._shown, self._unit, self._is_settling = f"{number:f}", unit, True
        return Answer(ok=True)

    def misbehave(self, fault: Fault | None) -> None:
        """Send this faulty from now on; None: behave again."""
        with self._lock:
            self._fault = fault

    def obey(self, line: bytes) -> Answer:
        """Do what one line of the protocol says; whatever it is, the answer is an Answer."""
        command = decode_command(line, _COMMANDS)
        if isinstance(command, Answer):
            return command
        match command.do:
            case "unplug":
                self.unplug()
            case "replug":
                self.replug()
            case "fault":
                self.misbehave(command.fault)
            case None:
                return self._put_or_wait(command)
        return Answer(ok=True)

    def _put_or_wait(self, command: Command) -> Answer:
        if command.wait_ms:
            self._stopping.wait(command.wait_ms / 1000)
        if command.put is not None:
            return self.put(command.put, command.unit)
        return Answer(ok=True) if command.wait_ms else Answer(ok=False, error="neither put nor do")

    def _began(self) -> None:
        self._begin(self._send_frames)

    def _forget(self) -> None:
        self._stream.cut()

    def _status_of(self, state: DeviceState, detail: str) -> ScaleStatus:
        return ScaleStatus(device=self.name, state=state, detail=detail)

    def _send_frames(self) -> None:
        while not self._stopping.wait(FRAME_MS / 1000):
            with self._lock:
                if self._plugged_in:
                    output = self._stream.feed(self._frame(), self._clock.monotonic_ms())
                    if output is not None:
                        self._send(output)

    def _frame(self) -> bytes:
        status, self._is_settling = "D" if self._is_settling else "S", False
        whole = f"S {status} {self._shown:>{VALUE_CHARS}} {self._unit}\r\n".encode()
        return arriving(whole, self._fault, self._random)


def open(settings: DeviceSettings, clock: Clock) -> Scale:  # noqa: A001  the folder's contract
    """The scale for these settings."""
    return VirtualScale(cast("Settings", settings), clock)
