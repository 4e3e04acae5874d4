"""How a virtual scanner misbehaves: each fault turns one code into what would really arrive. Pure."""

from typing import Literal

Fault = Literal["double", "truncated", "inverted_case", "qwertz", "azerty", "no_terminator", "garbled"]
"""double: the trigger bounced. truncated: the end is missing. inverted_case: Caps Lock is on. qwertz, azerty:
the scanner is set to a German or French keyboard. no_terminator: no Enter; glued to the next code unless a
gap comes first. garbled: keys were lost on the way, and the device says so."""

_LETTERS_QWERTZ = str.maketrans("YZyz", "ZYzy")
_LETTERS_AZERTY = str.maketrans("AQZWMaqzwm1234567890", "QAWZ:qawz;!@#$%^&*()")


def arriving(text: str, fault: Fault | None) -> tuple[str, ...]:
    """The codes that arrive when `text` is scanned once; garbled and no_terminator change no characters."""
    match fault:
        case "double":
            return (text, text)
        case "truncated":
            return (text[:-1],) if len(text) > 1 else ()
        case "inverted_case":
            return (text.swapcase(),)
        case "qwertz":
            return (text.translate(_LETTERS_QWERTZ),)
        case "azerty":
            return (text.translate(_LETTERS_AZERTY),)
        case "garbled":
            return ()
        case "no_terminator" | None:
            return (text,)
