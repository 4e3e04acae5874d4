"""How a virtual scale misbehaves: each fault turns one frame into the bytes that would really arrive."""

from random import Random
from typing import Literal

Fault = Literal["noise", "garbage", "cut", "unstable", "silent", "frozen", "overload"]
"""noise: single bytes are hit on the way. garbage: nothing that arrives is a frame. cut: each frame loses a piece.
unstable: it never comes to rest. silent: nothing comes any more, the cable is in. frozen: it goes on to send what it
showed, at rest, whatever is laid on it. overload: too much lies on it."""

_STATUS_AT = 2
_HIT = b"\x00\x7f\xff?#"


def arriving(frame: bytes, fault: Fault | None, chance: Random) -> bytes:
    """The bytes that arrive when the scale sends a frame of MT-SICS ("S S      21.40 kg")."""
    match fault:
        case "noise":
            at = chance.randrange(len(frame) - 2)
            return frame[:at] + bytes([chance.choice(_HIT)]) + frame[at + 1 :]
        case "garbage":
            return chance.randbytes(len(frame)) + b"\r\n"
        case "cut":
            start = chance.randrange(len(frame) - 2)
            end = chance.randrange(start + 1, len(frame) + 1)
            return frame[:start] + frame[end:]
        case "unstable":
            return frame[:_STATUS_AT] + b"D" + frame[_STATUS_AT + 1 :]
        case "silent":
            return b""
        case "overload":
            return b"S +\r\n"
        case "frozen" | None:
            return frame
