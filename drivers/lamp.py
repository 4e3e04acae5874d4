"""What every lamp is to the kiosk: lights and perhaps a buzzer, which it is told what to show.

A lamp decides nothing: what an answer looks like is the kiosk's to say. The kinds are the files of `lamps/`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Protocol, cast

import msgspec

from domain.settings import convert_settings
from drivers import lamps, registry
from drivers.clock import Clock, SystemClock
from drivers.device import DeviceSettings, DeviceState


class Light(StrEnum):
    """What a signal tower has, by the colours of IEC 60073, and its buzzer."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BLUE = "blue"
    BUZZER = "buzzer"


class Shine(msgspec.Struct, frozen=True, kw_only=True):
    """Which lights are on. `blink_ms`: on and then off for so long; 0: on throughout. `lasts_ms`: then it is over."""

    lights: frozenset[Light] = frozenset()
    blink_ms: Annotated[int, msgspec.Meta(ge=0, le=5_000)] = 0
    lasts_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0

    def at(self, since_ms: int) -> tuple[frozenset[Light], int | None]:
        """Return what is on so long after it began, and in how many ms that changes; None: never by itself."""
        if not self.blink_ms or not self.lights:
            return self.lights, None
        turn, into_ms = divmod(since_ms, self.blink_ms)
        return (frozenset() if turn % 2 else self.lights), self.blink_ms - into_ms


DARK = Shine()


class LampStatus(msgspec.Struct, frozen=True, kw_only=True, tag="lamp_status"):
    """Whether a lamp can be used now; `detail` says more in English, for the log and the service page."""

    device: str
    state: DeviceState
    detail: str = ""


class Lamp(Protocol):
    """A signal tower, a lamp, a buzzer. `start` once, `stop` once; the others return at once."""

    @property
    def name(self) -> str:
        """The lamp's name from the settings, unique on this kiosk."""
        ...

    def start(self, emit: Callable[[LampStatus], None]) -> None:
        """Begin to look for the lamp; absence is a status, not an error."""
        ...

    def stop(self) -> None:
        """Switch everything off and let go of the lamp."""
        ...

    def flash(self, shine: Shine) -> None:
        """Show this for as long as it lasts, over what it stands at; a newer one takes its place."""
        ...

    def stand(self, shine: Shine) -> None:
        """Show this whenever there is nothing to flash."""
        ...


class _LampKind(Protocol):
    Settings: type[DeviceSettings]

    def open(self, settings: DeviceSettings, clock: Clock) -> Lamp: ...


def lamp_kinds() -> tuple[str, ...]:
    """Names of the kinds of lamp this build knows, sorted."""
    return registry.kinds(lamps)


def open_lamp(settings: Mapping[str, Any], clock: Clock | None = None) -> Lamp:
    """Build the lamp that one `[[lamp]]` table describes; it touches no device before `start`.

    Raises SettingsError for an unknown kind, an unknown key or a bad value.
    """
    source = f"lamp {settings.get('name', '(without name)')!r}"
    kind = cast("_LampKind", registry.load(lamps, settings.get("kind"), key="kind", source=source))
    return kind.open(convert_settings(settings, kind.Settings, source=source), clock or SystemClock())
