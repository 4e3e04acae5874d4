"""What the simulated printer answers, byte for byte as a receipt printer does. Pure.

Source: Epson ESC/POS Command Reference, DLE EOT, GS r, GS a (the four bytes of automatic status back), GS I,
GS ( H function 48.
"""

from drivers.emulator.stream import PrinterState
from drivers.language import BLOCKING, Condition

SAYS = frozenset(
    {
        Condition.HEAD_OPEN,
        Condition.PAPER_OUT,
        Condition.JAMMED,
        Condition.TOO_HOT,
        Condition.FAULTY,
        Condition.OFFLINE,
        Condition.NEAR_END,
    }
)
_FIXED = 0x12


def real_time_status(which: int, state: PrinterState) -> bytes:
    """DLE EOT 1 to 4."""
    blocked = bool(set(state.conditions) & BLOCKING)
    match which:
        case 1:
            bits = 0x08 if blocked else 0
        case 2:
            bits = _bits(state, {Condition.HEAD_OPEN: 0x04, Condition.PAPER_OUT: 0x20}) | (
                0x40 if _has_error(state) else 0
            )
        case 3:
            bits = _bits(state, {Condition.JAMMED: 0x08, Condition.FAULTY: 0x20, Condition.TOO_HOT: 0x40})
        case _:
            bits = _bits(state, {Condition.NEAR_END: 0x0C, Condition.PAPER_OUT: 0x6C})
    return bytes((_FIXED | bits,))


def paper_status(state: PrinterState) -> bytes:
    """GS r 1."""
    return bytes((_bits(state, {Condition.NEAR_END: 0x03, Condition.PAPER_OUT: 0x0F}),))


def status_back(state: PrinterState) -> bytes:
    """The four bytes of GS a."""
    blocked = bool(set(state.conditions) & BLOCKING)
    first = 0x10 | (0x08 if blocked else 0) | _bits(state, {Condition.HEAD_OPEN: 0x20})
    second = _bits(state, {Condition.JAMMED: 0x08, Condition.FAULTY: 0x20, Condition.TOO_HOT: 0x40})
    return bytes((first, second)) + paper_status(state) + b"\0"


def _has_error(state: PrinterState) -> bool:
    return bool({Condition.JAMMED, Condition.FAULTY, Condition.TOO_HOT} & set(state.conditions))


def _bits(state: PrinterState, of: dict[Condition, int]) -> int:
    bits = 0
    for condition, bit in of.items():
        bits |= bit if condition in state.conditions else 0
    return bits
