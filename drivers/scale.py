"""What every scale is to the kiosk: a name, start, stop, and a stream of weights, each with how far it can be believed.

A scale reads in a thread of its own and decides nothing. Its protocols are the files of `scales/`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, cast

import msgspec

from domain.quantity import Quantity
from domain.settings import convert_settings
from drivers import registry, scales
from drivers.clock import Clock, SystemClock
from drivers.device import DeviceSettings, DeviceState

NoWeightReason = Literal["overload", "underload", "busy", "unreadable"]
"""overload, underload: outside what it can weigh. busy: it weighs nothing at the moment, or shows something else.
unreadable: what came over the line is no weight; noise, a cut frame, the wrong speed or protocol."""


class Weight(msgspec.Struct, frozen=True, kw_only=True, tag="weight"):
    """What a scale shows: how much, whether it has come to rest, and when it was read.

    `is_stable` holds only when the scale says so, twice in a row with the same number. `monotonic_ms` is a moment of
    the clock that never jumps.
    """

    quantity: Quantity
    is_stable: bool
    device: str
    monotonic_ms: int


class NoWeight(msgspec.Struct, frozen=True, kw_only=True, tag="no_weight"):
    """The scale was heard and has no weight to give; whatever it showed before holds no longer."""

    reason: NoWeightReason
    device: str
    monotonic_ms: int


class ScaleStatus(msgspec.Struct, frozen=True, kw_only=True, tag="scale_status"):
    """Whether a scale can be used now; `detail` says more in English, for the log and the service page."""

    device: str
    state: DeviceState
    detail: str = ""


ScaleOutput = Weight | NoWeight | ScaleStatus


class Scale(Protocol):
    """A source of weights. `start` once, `stop` once; `emit` is called from the scale's own thread."""

    @property
    def name(self) -> str:
        """The scale's name from the settings, unique on this kiosk."""
        ...

    def start(self, emit: Callable[[ScaleOutput], None]) -> None:
        """Begin to read and to look for the device; returns at once, absence is a status, not an error."""
        ...

    def stop(self) -> None:
        """Let go of the device and end the thread; nothing is emitted after this returns."""
        ...


class _ScaleKind(Protocol):
    Settings: type[DeviceSettings]

    def open(self, settings: DeviceSettings, clock: Clock) -> Scale: ...


def scale_kinds() -> tuple[str, ...]:
    """Names of the kinds of scale this build knows, sorted."""
    return registry.kinds(scales)


def open_scale(settings: Mapping[str, Any], clock: Clock | None = None) -> Scale:
    """Build the scale that one `[[scale]]` table describes; it touches no device before `start`.

    Raises SettingsError for an unknown kind, an unknown key or a bad value.
    """
    source = f"scale {settings.get('name', '(without name)')!r}"
    kind = cast("_ScaleKind", registry.load(scales, settings.get("kind"), key="kind", source=source))
    return kind.open(convert_settings(settings, kind.Settings, source=source), clock or SystemClock())
