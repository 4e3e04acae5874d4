"""Lights and buzzers on the pins of a Raspberry Pi, through relays or transistors. Needs gpiod.

Source: Linux, Documentation/userspace-api/gpio: a line that was requested keeps its value for as long as it is held,
and is asked for by the number it has on its chip.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, cast

import gpiod
import msgspec
from gpiod.line import Direction, Value

from drivers.clock import Clock
from drivers.device import DeviceSettings, LookedForSettings
from drivers.lamp import Lamp, Light
from drivers.lamp_device import LampDevice, Switch

OWNER = "noac"
"""Who holds the lines, as `gpioinfo` shows it."""

Line = Annotated[int, msgspec.Meta(ge=0, le=511)]


class Settings(LookedForSettings, frozen=True, kw_only=True):
    """`kind = "gpio"`: the line of each light by its number on the chip (on a Pi: the GPIO number, not the pin's).

    `active_low`: the light is on when the line is low, as with most relay boards.
    """

    lights: Annotated[dict[Light, Line], msgspec.Meta(min_length=1)]
    chip: str = "/dev/gpiochip0"
    active_low: bool = False


class GpioLamp(LampDevice):
    """A lamp on the pins."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """`settings`: which line is which light."""
        super().__init__(
            name=settings.name, clock=clock, rescan_ms=settings.rescan_ms, has=settings.lights.keys()
        )
        self._settings = settings

    def _find(self) -> str | None:
        return self._settings.chip

    @contextmanager
    def _open(self, path: str) -> Generator[Switch]:
        lines = self._settings.lights
        dark = gpiod.LineSettings(
            direction=Direction.OUTPUT,
            output_value=Value.INACTIVE,
            active_low=self._settings.active_low,
        )
        with gpiod.request_lines(path, consumer=OWNER, config={tuple(lines.values()): dark}) as held:

            def switch(lights: frozenset[Light]) -> None:
                held.set_values(
                    {line: Value(int(light in lights)) for light, line in lines.items()}  # ACTIVE is 1
                )

            yield switch


def open(settings: DeviceSettings, clock: Clock) -> Lamp:  # noqa: A001  the folder's contract
    """The lamp for these settings."""
    return GpioLamp(cast("Settings", settings), clock)
