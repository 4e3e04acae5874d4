"""Lights the kernel knows as LEDs: on a Raspberry Pi's pins (overlay `gpio-led`), or USB lamps it has a driver for.

Source: Linux, Documentation/ABI/testing/sysfs-class-led: `brightness` takes 0 to what `max_brightness` says, and 0
also ends a trigger.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, cast

import msgspec

from drivers.clock import Clock
from drivers.device import DeviceSettings, LookedForSettings
from drivers.lamp import Lamp, Light
from drivers.lamp_device import LampDevice, Switch

LEDS = "/sys/class/leds"
_Name = Annotated[str, msgspec.Meta(pattern=r"^[^/]+$", max_length=255)]


class Settings(LookedForSettings, frozen=True, kw_only=True):
    """`kind = "leds"`: the LED of each light by its name in the folder (`lights = { green = "tower:green" }`)."""

    lights: Annotated[dict[Light, _Name], msgspec.Meta(min_length=1)]
    folder: str = LEDS


class LedLamp(LampDevice):
    """A lamp of LEDs."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """`settings`: which LED is which light."""
        super().__init__(
            name=settings.name, clock=clock, rescan_ms=settings.rescan_ms, has=settings.lights.keys()
        )
        self._leds: Mapping[Light, Path] = {
            light: Path(settings.folder, name) for light, name in settings.lights.items()
        }
        self._folder = settings.folder

    def _find(self) -> str | None:
        return self._folder

    @contextmanager
    def _open(self, path: str) -> Generator[Switch]:
        full = {light: (led / "max_brightness").read_text().strip() for light, led in self._leds.items()}

        def switch(lights: frozenset[Light]) -> None:
            for light, led in self._leds.items():
                (led / "brightness").write_text(full[light] if light in lights else "0")

        yield switch


def open(settings: DeviceSettings, clock: Clock) -> Lamp:  # noqa: A001  the folder's contract
    """The lamp for these settings."""
    return LedLamp(cast("Settings", settings), clock)
