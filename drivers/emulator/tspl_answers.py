"""What the simulated printer answers, byte for byte as a TSPL printer does. Pure.

Source: TSC TSPL/TSPL2 Programming Manual (2013), <ESC>!? and page 85, <ESC>!S; that byte 2 says "paper low" in later
editions.
"""

from drivers.emulator.stream import PrinterState
from drivers.language import BLOCKING, Condition

_SHORT = {
    Condition.HEAD_OPEN: 0x01,
    Condition.JAMMED: 0x02,
    Condition.PAPER_OUT: 0x04,
    Condition.RIBBON_OUT: 0x08,
    Condition.PAUSED: 0x10,
    Condition.FAULTY: 0x80,
}
_PRINTING = 0x20
_LONG = {
    Condition.NEAR_END: (1, 0x01),
    Condition.BUFFER_FULL: (1, 0x08),
    Condition.TOO_HOT: (2, 0x01),
    Condition.FAULTY: (2, 0x04),
    Condition.PAPER_OUT: (3, 0x01),
    Condition.JAMMED: (3, 0x02),
    Condition.RIBBON_OUT: (3, 0x04),
    Condition.HEAD_OPEN: (3, 0x20),
}
SAYS = frozenset({*_SHORT, *_LONG})


def answer(about: str, state: PrinterState) -> bytes:
    """The answer to a question of the stream."""
    return _long_status(state) if about == "long_status" else _short_status(state)


def _is_printing(state: PrinterState) -> bool:
    return bool(state.formats_waiting or state.labels_remaining)


def _short_status(state: PrinterState) -> bytes:
    bits = sum(bit for condition, bit in _SHORT.items() if condition in state.conditions)
    return bytes((bits | (_PRINTING if _is_printing(state) else 0),))


def _long_status(state: PrinterState) -> bytes:
    """STX, message, warning, error, error, ETX, CR, LF."""
    said = [ord("@")] * 4
    for condition, (byte, bit) in _LONG.items():
        if condition in state.conditions:
            said[byte] |= bit
    if Condition.PAUSED in state.conditions:
        said[0] = ord("`")
    elif set(state.conditions) & BLOCKING:
        said[0] = ord("E")
    elif _is_printing(state):
        said[0] = ord("P")
    return bytes((0x02, *said, 0x03, 0x0D, 0x0A))
