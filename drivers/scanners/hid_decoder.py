"""Turns the key strokes of one scanner into codes: `struct input_event` bytes in, codes out. Pure.

Record layout: Linux `include/uapi/linux/input.h`, 64-bit: two 64-bit words of time, type, code, value; 24
bytes. What SYN_DROPPED means: Linux `Documentation/input/event-codes.rst`.
"""

import struct
from typing import NamedTuple

from drivers.code_buffer import Closed, CodeBuffer, Framing
from drivers.scanners.hid_keys import (
    ALT_KEYS,
    CHARACTERS,
    CTRL_KEYS,
    KEY_CAPSLOCK,
    KEYPAD_DIGITS,
    SHIFT_KEYS,
    alt_character,
)

EV_SYN = 0
EV_KEY = 1
EV_MSC = 4
SYN_REPORT = 0
SYN_DROPPED = 3
MSC_SCAN = 4
KEY_UP = 0
KEY_DOWN = 1
RECORD = struct.Struct("=qqHHi")

_CTRL_MASK = 0x1F
_CTRL_FIRST, _CTRL_LAST = "@", "_"
_ALT_DIGITS_MAX = 5
_MICROSECONDS_PER_MS = 1000


class InputEvent(NamedTuple):
    """One record of the kernel."""

    time_ms: int
    kind: int
    code: int
    value: int


class HidDecoder:
    """The state of one device: pressed modifiers, the code so far, half a record."""

    def __init__(self, framing: Framing | None = None) -> None:
        self._buffer = CodeBuffer(framing or Framing())
        self._quiet_gap_ms = (framing or Framing()).quiet_gap_ms
        self._tail = b""
        self._held: set[int] = set()
        self._alt_digits = ""
        self._is_caps_locked = False
        self._resynchronising = False
        self._last_key_ms: int | None = None

    @property
    def is_open(self) -> bool:
        """A code has begun and is not closed yet."""
        return self._buffer.is_open

    def feed(self, data: bytes) -> list[Closed]:
        """Bytes as they were read, cut anywhere; returns what they completed, in order."""
        data = self._tail + data
        whole = len(data) - len(data) % RECORD.size
        self._tail = data[whole:]
        closed: list[Closed] = []
        for seconds, microseconds, kind, code, value in RECORD.iter_unpack(data[:whole]):
            time_ms = seconds * 1000 + microseconds // _MICROSECONDS_PER_MS
            closed += self._take(InputEvent(time_ms, kind, code, value))
        return closed

    def quiet(self) -> list[Closed]:
        """Nothing was read for the quiet wait."""
        self._is_caps_locked = False
        return _some(self._buffer.quiet())

    def unplugged(self) -> list[Closed]:
        """The device is gone: forget everything it had begun."""
        self._tail = b""
        self._forget_keys()
        self._resynchronising = False
        self._last_key_ms = None
        return _some(self._buffer.unplugged())

    def _take(self, event: InputEvent) -> list[Closed]:
        match event.kind, event.code:
            case (0, 3):  # EV_SYN, SYN_DROPPED
                self._forget_keys()
                self._resynchronising = True
                # The time since the last key seen is no gap between codes: keys between them are what was lost
                self._last_key_ms = None
                return _some(self._buffer.spoil("events_dropped"))
            case (0, _):  # EV_SYN, SYN_REPORT: what follows is whole again
                self._resynchronising = False
                return []
            case (1, key) if not self._resynchronising:  # EV_KEY
                return self._gap_before(event.time_ms) + self._key(key, event.value)
            case _:
                return []

    def _gap_before(self, time_ms: int) -> list[Closed]:
        """The kernel's own times tell a gap even when the bytes arrive together."""
        last_ms, self._last_key_ms = self._last_key_ms, time_ms
        if last_ms is None or time_ms - last_ms <= self._quiet_gap_ms:
            return []
        return self.quiet()

    def _key(self, key: int, value: int) -> list[Closed]:
        if key in SHIFT_KEYS or key in CTRL_KEYS or key in ALT_KEYS:
            return self._modifier(key, value)
        if value != KEY_DOWN:  # releases say nothing, and the kernel's own repeats were never scanned
            return []
        if (
            key == KEY_CAPSLOCK
        ):  # some scanners press it before and after the letters instead of holding Shift
            self._is_caps_locked = not self._is_caps_locked
            return []
        if self._held & ALT_KEYS:
            return self._with_alt(key)
        character = self._character(key)
        closed = _some(self._buffer.add(character)) if character else []
        if closed:
            self._is_caps_locked = False
        return closed

    def _with_alt(self, key: int) -> list[Closed]:
        """Digits of the keypad spell a character's number; any other character means another keyboard layout."""
        if key in KEYPAD_DIGITS and len(self._alt_digits) < _ALT_DIGITS_MAX:
            self._alt_digits += KEYPAD_DIGITS[key]
            return []
        is_character = key in KEYPAD_DIGITS or key in CHARACTERS
        return _some(self._buffer.spoil("other_layout")) if is_character else []

    def _modifier(self, key: int, value: int) -> list[Closed]:
        if value != KEY_UP:
            self._held.add(key)
            return []
        self._held.discard(key)
        if key not in ALT_KEYS or not self._alt_digits:
            return []
        character = alt_character(self._alt_digits)
        self._alt_digits = ""
        return _some(self._buffer.add(character) if character else self._buffer.spoil("other_layout"))

    def _character(self, key: int) -> str:
        """What this key types with the modifiers held now; empty for a key that types nothing."""
        if key in KEYPAD_DIGITS:
            return KEYPAD_DIGITS[key]
        plain, shifted = CHARACTERS.get(key, ("", ""))
        if self._held & CTRL_KEYS:
            capital = plain.upper()
            if shifted in {"^", "_"}:  # Ctrl+6 and Ctrl+- are how a US keyboard reaches Ctrl+^ and Ctrl+_
                capital = shifted
            return chr(ord(capital) & _CTRL_MASK) if _CTRL_FIRST <= capital <= _CTRL_LAST else ""
        is_shifted = bool(self._held & SHIFT_KEYS) != (self._is_caps_locked and plain.isalpha())
        return shifted if is_shifted else plain

    def _forget_keys(self) -> None:
        self._held.clear()
        self._alt_digits = ""
        self._is_caps_locked = False


def _some(closed: Closed | None) -> list[Closed]:
    return [] if closed is None else [closed]
