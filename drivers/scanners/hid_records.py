"""What a scanner on the USB keyboard port sends for a text, as recorded key events; for tests and the demo.

The timing and the MSC_SCAN + KEY + SYN_REPORT triple per edge are those of a real USB keyboard device.
"""

from collections.abc import Iterator

from drivers.scanners.hid_decoder import (
    EV_KEY,
    EV_MSC,
    EV_SYN,
    KEY_DOWN,
    KEY_UP,
    MSC_SCAN,
    RECORD,
    SYN_DROPPED,
    SYN_REPORT,
)
from drivers.scanners.hid_keys import CHARACTERS, KEY_ENTER, KEY_F8, KEY_TAB

KEY_LEFTSHIFT = 42
KEY_INTERVAL_MS = 4
"""Time between two edges; a fast scanner types a character in 1 to 8 ms."""

TERMINATOR_KEYS = {"enter": KEY_ENTER, "tab": KEY_TAB}
_HID_USAGE_PAGE_KEYBOARD = 0x70000

_KEYS: dict[str, tuple[int, bool]] = {
    **{shifted: (key, True) for key, (plain, shifted) in reversed(CHARACTERS.items()) if shifted != plain},
    **{plain: (key, False) for key, (plain, _) in reversed(CHARACTERS.items())},
    "\x1d": (KEY_F8, False),
}


def records(text: str, *, start_ms: int = 0, terminator: str = "enter") -> bytes:
    """The event records of one trigger pull; KeyError for a character that a US keyboard cannot type.

    `terminator` is enter, tab or none; `start_ms` is the time in the first record.
    """
    return b"".join(_edges(text, start_ms, TERMINATOR_KEYS.get(terminator)))


def duration_ms(text: str) -> int:
    """An upper limit of how long `records(text)` lasts by its own times."""
    return (len(text) + 1) * 4 * KEY_INTERVAL_MS


def dropped(*, at_ms: int = 0) -> bytes:
    """What the kernel says when it had to throw events away."""
    return _record(at_ms, EV_SYN, SYN_DROPPED, 0) + _record(at_ms, EV_SYN, SYN_REPORT, 0)


def stroke(key: int, value: int, *, at_ms: int) -> bytes:
    """One edge of one key: scan code, key, report."""
    return (
        _record(at_ms, EV_MSC, MSC_SCAN, _HID_USAGE_PAGE_KEYBOARD + key)
        + _record(at_ms, EV_KEY, key, value)
        + _record(at_ms, EV_SYN, SYN_REPORT, 0)
    )


def _edges(text: str, start_ms: int, terminator_key: int | None) -> Iterator[bytes]:
    keys = [_KEYS[character] for character in text]
    if terminator_key is not None:
        keys.append((terminator_key, False))
    at_ms = start_ms
    for key, shifted in keys:
        edges = [(key, KEY_DOWN), (key, KEY_UP)]
        if shifted:
            edges = [(KEY_LEFTSHIFT, KEY_DOWN), *edges, (KEY_LEFTSHIFT, KEY_UP)]
        for edge_key, value in edges:
            yield stroke(edge_key, value, at_ms=at_ms)
            at_ms += KEY_INTERVAL_MS


def _record(at_ms: int, kind: int, code: int, value: int) -> bytes:
    return RECORD.pack(at_ms // 1000, at_ms % 1000 * 1000, kind, code, value)
