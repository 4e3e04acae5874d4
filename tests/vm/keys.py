"""Which keys a USB keyboard scanner presses for a text, by the names the emulator has for keys (QMP, `QKeyCode`).

Said here once more, independently of the kiosk's own table of keys: a mistake there must show.
"""

from __future__ import annotations

from collections.abc import Sequence

HOLD_MS = 25
"""How long each key is held. A real scanner waits until it is asked for its next key; the emulator's keyboard keeps 16
strokes and drops what comes while its machine stands still, as it does beside other work."""

CLOSE = "\x17"
"""Ctrl+W, which closes a page: what a code with control characters in it presses where a scanner says them as keys."""

_PLAIN = {
    **{letter: letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789"},
    " ": "spc",
    "-": "minus",
    "=": "equal",
    "[": "bracket_left",
    "]": "bracket_right",
    ";": "semicolon",
    "'": "apostrophe",
    "`": "grave_accent",
    "\\": "backslash",
    ",": "comma",
    ".": "dot",
    "/": "slash",
    "\x1d": "f8",  # what scanners press for the separator of GS1, which keyboards do not have
    "\r": "ret",
}
_SHIFTED = dict(
    zip(
        '!@#$%^&*()_+{}|:"<>?~',
        (*"1234567890", "minus", "equal", "bracket_left", "bracket_right", "backslash", "semicolon",
         "apostrophe", "comma", "dot", "slash", "grave_accent"),
        strict=True,
    )
)  # fmt: skip


def chord(character: str) -> Sequence[str]:
    """Return the keys pressed together for a character on a US keyboard. Raises KeyError."""
    if character == CLOSE:
        return ("ctrl", "w")
    if character.isascii() and character.isupper():
        return ("shift", character.lower())
    if character in _SHIFTED:
        return ("shift", _SHIFTED[character])
    return (_PLAIN[character],)
