"""Which character a key means on a scanner set to the US keyboard, whatever layout the machine has.

Key numbers: Linux `include/uapi/linux/input-event-codes.h`. Layout: ANSI INCITS 154, what scanners call
"USA".
"""

KEY_ENTER = 28
KEY_TAB = 15
KEY_CAPSLOCK = 58
KEY_F8 = 66
KEY_KPENTER = 96
SHIFT_KEYS = frozenset({42, 54})
CTRL_KEYS = frozenset({29, 97})
ALT_KEYS = frozenset({56, 100})

GS = "\x1d"
ALT_CODE_MAX = 255
ASCII_MAX = 127
ENTER = "\r"
TAB = "\t"


def _row(first: int, plain: str, shifted: str) -> dict[int, tuple[str, str]]:
    return {first + n: pair for n, pair in enumerate(zip(plain, shifted, strict=True))}


CHARACTERS: dict[int, tuple[str, str]] = {
    **_row(2, "1234567890-=", "!@#$%^&*()_+"),
    **_row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
    **_row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    **_row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    86: ("\\", "|"),
    57: (" ", " "),
    1: ("\x1b", "\x1b"),
    14: ("\b", "\b"),
    111: ("\x7f", "\x7f"),
    KEY_TAB: (TAB, TAB),
    KEY_ENTER: (ENTER, ENTER),
    KEY_KPENTER: (ENTER, ENTER),
    KEY_F8: (GS, GS),
    55: ("*", "*"),
    74: ("-", "-"),
    78: ("+", "+"),
    83: (".", "."),
    98: ("/", "/"),
    117: ("=", "="),
    121: (",", ","),
}
"""Key number to (plain, with shift). F8 is how many keyboard scanners send the GS separator of GS1. Escape, Backspace
and Delete stand for the control characters, so that a code that holds one is refused instead of read without it."""

KEYPAD_DIGITS: dict[int, str] = {
    **{71 + n: digit for n, digit in enumerate("789")},
    **{75 + n: digit for n, digit in enumerate("456")},
    **{79 + n: digit for n, digit in enumerate("123")},
    82: "0",
}
"""The keypad as with Num Lock on; with Alt held the digits spell a character number (Alt+029 is GS)."""


def alt_character(digits: str) -> str:
    """The character a keypad number types while Alt is held; empty where it is none.

    As Windows has it, which scanners imitate: with a leading zero the number is one of Windows-1252, without one of
    code page 437; up to 127 both are ASCII.
    """
    number = int(digits)
    if not 0 < number <= ALT_CODE_MAX:
        return ""
    if number <= ASCII_MAX:
        return chr(number)
    page = "cp1252" if digits.startswith("0") else "cp437"
    return bytes((number,)).decode(page, errors="ignore")
