"""What the simulated printer answers, byte for byte as a ZPL printer does. Pure.

Source: ZPL II Programming Guide, commands ~HS and ~HI, and chapter "SGD Printer Commands" for getvar.
"""

from drivers.emulator.stream import PrinterState
from drivers.language import Condition

SAYS = frozenset(
    {
        Condition.HEAD_OPEN,
        Condition.PAPER_OUT,
        Condition.RIBBON_OUT,
        Condition.PAUSED,
        Condition.TOO_HOT,
        Condition.TOO_COLD,
        Condition.BUFFER_FULL,
        Condition.PARTIAL_FORMAT,
        Condition.MEMORY_LOST,
    }
)


def answer(about: str, state: PrinterState, *, label_length_dots: int, inside_format: bool) -> bytes:
    """The answer to a question of the stream."""
    match about:
        case "host_status":
            return _host_status(state, label_length_dots, inside_format=inside_format)
        case "host_identification":
            return b"\x02NOAC-EMULATOR,V1.0,8,8176KB\x03\r\n"
        case "label_counter":
            return f'"{state.printed}"'.encode("ascii")
        case _:
            return b'"?"'


def _host_status(state: PrinterState, label_length_dots: int, *, inside_format: bool) -> bytes:
    """aaa,b,c,dddd,eee,f,g,h,iii,j,k,l / mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www / xxxx,y, each in STX ETX CR LF."""

    def flag(condition: Condition) -> int:
        return int(condition in state.conditions)

    first = (
        f"030,{flag(Condition.PAPER_OUT)},{flag(Condition.PAUSED)},{label_length_dots:04d},"
        f"{state.formats_waiting:03d},{flag(Condition.BUFFER_FULL)},0,{int(inside_format)},000,"
        f"{flag(Condition.MEMORY_LOST)},{flag(Condition.TOO_COLD)},{flag(Condition.TOO_HOT)}"
    )
    second = (
        f"000,0,{flag(Condition.HEAD_OPEN)},{flag(Condition.RIBBON_OUT)},1,2,6,0,"
        f"{state.labels_remaining:08d},1,000"
    )
    return b"".join(f"\x02{line}\x03\r\n".encode("ascii") for line in (first, second, "1234,0"))
