"""What lamps show: a flash for each kind of answer, and what the station stands at between two of them."""

from collections.abc import Mapping, Sequence

from drivers.lamp import DARK, Lamp, Light, Shine
from kiosk.screen import Standing, Tone
from kiosk.work.state import Work

FLASHES: Mapping[Tone, Shine] = {
    Tone.STORED: Shine(lights=frozenset({Light.GREEN}), lasts_ms=600),
    Tone.LOOK: Shine(lights=frozenset({Light.AMBER}), blink_ms=200, lasts_ms=1_600),
    Tone.REFUSED: Shine(lights=frozenset({Light.RED, Light.BUZZER}), blink_ms=250, lasts_ms=1_500),
    Tone.FAULT: Shine(lights=frozenset({Light.RED, Light.AMBER, Light.BUZZER}), lasts_ms=1_500),
}
"""Tones without a flash leave the lamp alone."""

STANDS: Mapping[Standing, Shine] = {
    Standing.AT_WORK: DARK,
    Standing.CALLING: Shine(lights=frozenset({Light.BLUE}), blink_ms=500),
    Standing.STOPPED: Shine(lights=frozenset({Light.RED}), blink_ms=1_000),
    Standing.OUT_OF_ORDER: Shine(lights=frozenset({Light.RED, Light.AMBER}), blink_ms=500),
}


def standing_of(work: Work) -> Standing:
    """Return what a station stands at: it stands still, it waits for somebody, or it works."""
    if work.stoppage:
        return Standing.STOPPED
    return Standing.CALLING if any(not one.is_answered for one in work.calls) else Standing.AT_WORK


class Lamps:
    """All lamps of a kiosk, which show the same."""

    def __init__(self, lamps: Sequence[Lamp] = ()) -> None:
        self._lamps = lamps
        self._standing = Standing.AT_WORK

    def play(self, tone: Tone) -> None:
        """Flash an answer."""
        if shine := FLASHES.get(tone):
            for lamp in self._lamps:
                lamp.flash(shine)

    def stand(self, standing: Standing) -> None:
        """Show from now on what the station stands at."""
        if standing is not self._standing:
            self._standing = standing
            for lamp in self._lamps:
                lamp.stand(STANDS[standing])
