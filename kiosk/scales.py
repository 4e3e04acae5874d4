"""What each scale shows now, as far as it can be believed: a weight holds while it is at rest and fresh."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.quantity import Quantity
from drivers.scale import NoWeight, NoWeightReason, ScaleStatus, Weight

WEIGHT_AGE_MAX_MS = 2_000
"""A weight older than this by the clock that never jumps is not taken: a scale at rest says it twice a second."""

ScaleState = Literal["stable", "moving", "old", "gone"] | NoWeightReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one scale shows. `quantity` is None where it shows no weight.

    `rest_ms`: when the load came to rest that lies on it now; it tells one load from the next.
    """

    scale: str
    state: ScaleState
    quantity: Quantity | None = None
    rest_ms: int = 0


@dataclass(slots=True, kw_only=True)
class _Heard:
    is_ready: bool = False
    last: Weight | NoWeight | None = None
    rest_ms: int = 0


class Scales:
    """Knows what each scale said last; changed only by the loop."""

    def __init__(self, names: Sequence[str], monotonic_ms: Callable[[], int]) -> None:
        self._monotonic_ms = monotonic_ms
        self._heard = {name: _Heard() for name in names}

    def take(self, given: Weight | NoWeight | ScaleStatus) -> None:
        """Keep what a scale says. One that goes away takes its weight with it."""
        heard = self._heard.setdefault(given.device, _Heard())
        match given:
            case ScaleStatus():
                heard.is_ready = given.state == "ready"
                heard.last = None
            case Weight():
                before = heard.last
                is_same_load = (
                    isinstance(before, Weight) and before.is_stable and before.quantity == given.quantity
                )
                if given.is_stable and not is_same_load:
                    heard.rest_ms = given.monotonic_ms
                heard.last = given
            case NoWeight():
                heard.last = given

    def shown(self) -> tuple[Shown, ...]:
        """Return what every scale shows now, in the order of the settings."""
        now_ms = self._monotonic_ms()
        return tuple(_shown(name, heard, now_ms) for name, heard in self._heard.items())


def _shown(name: str, heard: _Heard, now_ms: int) -> Shown:
    last = heard.last
    if not heard.is_ready:
        return Shown(scale=name, state="gone")
    if last is None or now_ms - last.monotonic_ms > WEIGHT_AGE_MAX_MS:
        return Shown(scale=name, state="old")
    if isinstance(last, NoWeight):
        return Shown(scale=name, state=last.reason)
    return Shown(
        scale=name,
        state="stable" if last.is_stable else "moving",
        quantity=last.quantity,
        rest_ms=heard.rest_ms,
    )
