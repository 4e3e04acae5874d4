"""ZPL II, the language of Zebra label printers and of most others.

Source of every command: ZPL II Programming Guide (Zebra P1099958), chapter "ZPL Commands"; of the label
counter: the same guide, chapter "SGD Printer Commands". A label is one picture, so no text in it can ever
become a command.
"""

import base64
import binascii
import re
import zlib

from PIL import Image

from drivers.errors import LanguageError
from drivers.job import COPIES_MAX
from drivers.language import Condition, PrinterStatus
from drivers.profile import Profile
from labels.layout import Layout
from labels.raster import rasterise

STX = b"\x02"
ETX = b"\x03"
STATUS_LINES = 3
_STATUS_LINE = re.compile(STX + rb"([^\x02\x03]*)" + ETX)
_COUNTER = re.compile(rb'"(\d{1,12})"')


def encode(layout: Layout, profile: Profile, copies: int) -> bytes:
    """One format that prints the layout `copies` times; LanguageError if the printer cannot."""
    _check(layout, profile, copies)
    return encode_image(rasterise(layout), copies=copies, cutter=profile.cutter)


def encode_image(image: Image.Image, *, copies: int = 1, cutter: bool = False) -> bytes:
    """One format that prints a mode "1" picture at the top left corner, dot for dot.

    ^PW width and ^LL length in dots; ^PON upright, ^LH0,0 and ^LS0 so that nothing stored in the printer
    shifts it; ^MMC cut or ^MMT tear off; ^FO, ^GF, ^FS the picture; ^PQ copies.
    """
    mode = "^MMC" if cutter else "^MMT"
    head = f"^XA{mode}^PON^PW{image.width}^LL{image.height}^LH0,0^LS0^FO0,0"
    return head.encode("ascii") + graphic_field(image) + f"^FS^PQ{copies}^XZ\r\n".encode("ascii")


def graphic_field(image: Image.Image) -> bytes:
    """The picture as ^GFA with :Z64: data: rows of bytes, 1 is black; zlib, base64, CRC-16/XMODEM of that."""
    row_bytes = (image.width + 7) // 8
    rows = image.tobytes("raw", "1;I")  # packed and inverted; the bits that fill up a row stay 0, white
    packed = base64.b64encode(zlib.compress(rows, 6))
    check = binascii.crc_hqx(packed, 0)
    return (
        f"^GFA,{len(rows)},{len(rows)},{row_bytes},:Z64:".encode("ascii")
        + packed
        + f":{check:04X}".encode("ascii")
    )


def status_query() -> bytes:
    """~HS, host status; answered at once, also between formats."""
    return b"~HS\r\n"


def status_is_complete(answer: bytes) -> bool:
    """Three lines, each between STX and ETX."""
    return answer.count(ETX) >= STATUS_LINES


def parse_status(answer: bytes) -> PrinterStatus:
    """The three lines of ~HS; raises LanguageError when they are not that."""
    lines = [line.split(b",") for line in _STATUS_LINE.findall(answer)][-STATUS_LINES:]
    try:
        first, second, _ = lines
        return PrinterStatus(
            conditions=tuple(name for name, flag in _flags(first, second) if int(flag)),
            formats_waiting=int(first[4]),
            labels_remaining=int(second[8]),
        )
    except (ValueError, IndexError) as error:
        raise _not_understood("host status", answer) from error


def counter_query() -> bytes:
    """The label counter of Link-OS printers: odometer.total_label_count, never reset."""
    return b'! U1 getvar "odometer.total_label_count"\r\n'


def counter_is_complete(answer: bytes) -> bool:
    """A value between double quotes."""
    return answer.count(b'"') >= 2  # noqa: PLR2004  an opening and a closing quote


def parse_counter(answer: bytes) -> int:
    """The number between the quotes; raises LanguageError where the printer knows no such counter ("?")."""
    found = _COUNTER.search(answer)
    if found is None:
        raise _not_understood("label counter", answer)
    return int(found.group(1))


def _flags(first: list[bytes], second: list[bytes]) -> tuple[tuple[Condition, bytes], ...]:
    """Which field of ~HS says what: aaa,b,c,dddd,eee,f,g,h,iii,j,k,l and mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www."""
    return (
        (Condition.PAPER_OUT, first[1]),
        (Condition.RIBBON_OUT, second[3]),
        (Condition.HEAD_OPEN, second[2]),
        (Condition.PAUSED, first[2]),
        (Condition.TOO_HOT, first[11]),
        (Condition.TOO_COLD, first[10]),
        (Condition.BUFFER_FULL, first[5]),
        (Condition.PARTIAL_FORMAT, first[7]),
        (Condition.MEMORY_LOST, first[9]),
    )


def _check(layout: Layout, profile: Profile, copies: int) -> None:
    if not layout.is_printable:
        raise _impossible(profile, f"the label does not hold what it must: {layout.problems}")
    if layout.dots_per_mm != profile.dots_per_mm:
        raise _impossible(
            profile,
            f"it is laid out for {layout.dots_per_mm} dots per mm, the printer has {profile.dots_per_mm}",
        )
    if layout.width_dots > profile.width_mm_max * profile.dots_per_mm:
        raise _impossible(
            profile, f"the label is {layout.width_dots} dots wide, over {profile.width_mm_max} mm"
        )
    if layout.height_dots > profile.length_mm_max * profile.dots_per_mm:
        raise _impossible(
            profile, f"the label is {layout.height_dots} dots long, over {profile.length_mm_max} mm"
        )
    copies_max = min(COPIES_MAX, profile.copies_max)
    if not 1 <= copies <= copies_max:
        raise _impossible(profile, f"{copies} copies were asked for, 1 to {copies_max} are possible")


def _impossible(profile: Profile, reason: str) -> LanguageError:
    return LanguageError(
        attempted="encode the label",
        device=f"printer profile {profile.name!r}",
        reason=reason,
        advice="choose another template or printer",
    )


def _not_understood(what: str, answer: bytes) -> LanguageError:
    return LanguageError(
        attempted=f"read the {what}",
        device="the printer",
        reason=f"it answered {answer[:80]!r}",
        advice="check that it is a ZPL printer and that its profile fits",
    )
