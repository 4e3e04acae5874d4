"""USB signal towers and relay boards that are serial lines and take a few bytes for each light. Needs pyserial.

What the bytes are is data: a model of `MODELS`, or `on` and `off` of the settings.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Annotated, Literal, cast

import msgspec
import serial

from drivers.clock import Clock
from drivers.device import AttachedSettings, DeviceSettings
from drivers.lamp import Lamp, LampStatus, Light
from drivers.lamp_device import LampDevice, Switch
from drivers.serial_device import WRITE_TIMEOUT_S, Baud, OnSerialLine

Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-fA-F]{2})+$", max_length=64)]
Codes = Mapping[Light, tuple[Hex, Hex]]

MODELS: Mapping[str, Codes] = {
    # Adafruit 5125, "Tri-Color USB Controlled Tower Light with Buzzer": the product's Python example, 9600 baud.
    "adafruit_5125": {
        Light.RED: ("11", "21"),
        Light.AMBER: ("12", "22"),
        Light.GREEN: ("14", "24"),
        Light.BUZZER: ("18", "28"),
    },
}
"""For each light the bytes that switch it on, and those that switch it off, in hexadecimal."""


class Settings(AttachedSettings, frozen=True, kw_only=True):
    """`kind = "serial_tower"`: which line it is, and its model, or `on` and `off` for each light in hexadecimal."""

    model: Literal["adafruit_5125", ""] = ""
    on: dict[Light, Hex] = msgspec.field(default_factory=dict[Light, Hex])
    off: dict[Light, Hex] = msgspec.field(default_factory=dict[Light, Hex])
    baud: Baud = 9600

    def __post_init__(self) -> None:
        """There must be something to look for, and bytes to send: those of a model or those of the settings."""
        super().__post_init__()
        if self.on.keys() != self.off.keys() or bool(self.model) == bool(self.on):
            raise ValueError(
                "a serial tower needs a model, or on and off for the same lights (on.red = 'a00101a2')"
            )

    @property
    def codes(self) -> Codes:
        """The bytes of each light it has."""
        return MODELS[self.model] if self.model else {one: (self.on[one], self.off[one]) for one in self.on}


class SerialTower(OnSerialLine[LampStatus], LampDevice):
    """A tower on a serial line."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """`settings`: which line, which bytes."""
        codes = settings.codes
        super().__init__(name=settings.name, clock=clock, rescan_ms=settings.rescan_ms, has=codes.keys())
        self._wanted = self._settings = settings
        self._codes = {light: tuple(map(bytes.fromhex, both)) for light, both in codes.items()}

    @contextmanager
    def _open(self, path: str) -> Generator[Switch]:
        with serial.Serial(
            path, self._settings.baud, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True
        ) as line:

            def switch(lights: frozenset[Light]) -> None:
                # What goes off first: the buzzer of an answer that is over does not wait for the next light.
                said = [off for light, (_, off) in self._codes.items() if light not in lights]
                said += [on for light, (on, _) in self._codes.items() if light in lights]
                line.write(b"".join(said))

            yield switch


def open(settings: DeviceSettings, clock: Clock) -> Lamp:  # noqa: A001  the folder's contract
    """The lamp for these settings."""
    return SerialTower(cast("Settings", settings), clock)
