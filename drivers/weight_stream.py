"""From the bytes of one scale to weights that can be believed, and no more of them than a screen can show. Pure."""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from domain.quantity import Quantity, QuantityError
from drivers.scale import NoWeight, NoWeightReason, Weight

FRAME_BYTES_MAX = 64
"""A longer line is no weight: the longest of a known protocol has 24 bytes."""

AGREEING_FRAMES_MIN = 2
"""So many frames in a row must say the same stable weight before it is believed: noise does not hit twice alike."""

CHANGE_MS = 200
"""A weight that moves is told this often: nobody reads faster, and the loop has other work."""

REPEAT_MS = 500
"""A weight at rest is told again this often, so that it stays fresh."""

UNITS = {"g": "GRM", "kg": "KGM", "t": "TNE", "lb": "LBR"}
"""How scales write the units of mass (A&D AD-4403, section 8-6; MT-SICS: as on its display)."""

_ENDS = b"\r\n"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One frame understood: what the scale shows, and whether it says that it is at rest."""

    quantity: Quantity
    is_stable: bool


Frame = Reading | NoWeightReason
Decode = Callable[[bytes], Frame]
"""How a protocol reads one line without its end; whatever the bytes are, it answers and never raises."""


class WeightStream:
    """The state of one line: half a frame, how often the same weight was said, and what was told last.

    `understood`: whether a frame of the last bytes fed made sense.
    """

    def __init__(self, decode: Decode, device: str) -> None:
        self._decode = decode
        self._device = device
        self.cut()

    def cut(self) -> None:
        """The line was interrupted: forget everything, and throw away what is left of the frame under way."""
        self._frame = bytearray()
        self._is_skipping = True
        self._candidate: Reading | None = None
        self._agreeing = 0
        self._told: Weight | NoWeight | None = None
        self.understood = False

    def feed(self, data: bytes, now_ms: int) -> "Weight | NoWeight | None":
        """Bytes as they were read, cut anywhere; returns what is to be told now, if anything.

        Frames that arrived together were true one after the other: the newest is what holds.
        """
        newest: Weight | NoWeight | None = None
        self.understood = False
        for byte in data:
            if line := self._add(byte):
                frame = self._decode(line)
                self.understood = self.understood or frame != "unreadable"
                newest = self._judged(frame, now_ms)
        return newest if newest is not None and self._is_worth_telling(newest) else None

    def _add(self, byte: int) -> bytes:
        """Collect one byte; returns a whole line when this byte ends it."""
        if byte in _ENDS:
            line, self._frame = bytes(self._frame), bytearray()
            was_skipping, self._is_skipping = self._is_skipping, False
            return b"" if was_skipping else line
        if not self._is_skipping:
            self._frame.append(byte)
            if len(self._frame) > FRAME_BYTES_MAX:
                # Noise without an end: it is told once as what it is, and the next end begins anew.
                line, self._frame = bytes(self._frame), bytearray()
                self._is_skipping = True
                return line
        return b""

    def _judged(self, frame: Frame, now_ms: int) -> "Weight | NoWeight":
        if not isinstance(frame, Reading):
            self._candidate, self._agreeing = None, 0
            return NoWeight(reason=frame, device=self._device, monotonic_ms=now_ms)
        self._agreeing = self._agreeing + 1 if frame == self._candidate else 1
        self._candidate = frame
        return Weight(
            quantity=frame.quantity,
            is_stable=frame.is_stable and self._agreeing >= AGREEING_FRAMES_MIN,
            device=self._device,
            monotonic_ms=now_ms,
        )

    def _is_worth_telling(self, newest: "Weight | NoWeight") -> bool:
        """Tell at once when a weight that was at rest no longer holds; anything else in measure."""
        told = self._told
        if told is not None:
            since_ms = newest.monotonic_ms - told.monotonic_ms
            is_same = msgspec.structs.replace(newest, monotonic_ms=told.monotonic_ms) == told
            is_rest_over = not is_same and isinstance(told, Weight) and told.is_stable
            if not is_rest_over and since_ms < (REPEAT_MS if is_same else CHANGE_MS):
                return False
        self._told = newest
        return True


def reading(number: str, unit: str, *, is_stable: bool) -> Frame:
    """Make a reading of a number and unit as a scale writes them ("-  12.50", "+0021.40"); never raises."""
    code = UNITS.get(unit.strip())
    digits = number.replace(" ", "")
    if code is None or not digits:
        return "unreadable"
    try:
        return Reading(quantity=Quantity(Decimal(digits), code), is_stable=is_stable)
    except (ArithmeticError, QuantityError):
        return "unreadable"
