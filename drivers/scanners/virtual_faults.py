"""How a virtual scanner misbehaves: each fault turns one code into what would really arrive. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

Fault = Literal[
    "double",
    "truncated",
    "cut_head",
    "garbage",
    "inverted_case",
    "qwertz",
    "azerty",
    "no_terminator",
    "garbled",
    "unplug",
]
"""double: the trigger bounced. truncated: the end is missing; cut_head: the beginning, as from a scanner that was
asleep. garbage: noise among the characters. inverted_case: Caps Lock is on. qwertz, azerty: the scanner is set to a
German or French keyboard. no_terminator: no Enter; glued to the next code unless a gap comes first. garbled: keys were
lost on the way, and the device says so. unplug: the cable is pulled in the middle of the code."""

NOISE = "\x00\ufffd\x1b\u202e"
_LETTERS_QWERTZ = str.maketrans("YZyz", "ZYzy")
_LETTERS_AZERTY = str.maketrans("AQZWMaqzwm1234567890", "QAWZ:qawz;!@#$%^&*()")


_CHANGES: Mapping[Fault, Callable[[str], str]] = MappingProxyType(
    {
        "truncated": lambda text: text[:-1],
        "cut_head": lambda text: text[len(text) // 2 :],
        "garbage": lambda text: "".join(one + NOISE[n % len(NOISE)] for n, one in enumerate(text)),
        "inverted_case": str.swapcase,
        "qwertz": lambda text: text.translate(_LETTERS_QWERTZ),
        "azerty": lambda text: text.translate(_LETTERS_AZERTY),
    }
)


def arriving(text: str, fault: Fault | None) -> tuple[str, ...]:
    """The whole codes that arrive when `text` is scanned once; none where nothing whole does."""
    match fault:
        case "double":
            return (text, text)
        case "garbled" | "unplug":
            return ()
        case "no_terminator" | None:
            return (text,)
        case _:
            changed = _CHANGES[fault](text)
            return (changed,) if changed else ()
