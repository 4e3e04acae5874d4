"""TSPL and TSPL2, the language of TSC label printers and of the many that follow them (Gprinter, Xprinter, HPRT …).

Source: TSC Bar Code Printer Series, TSPL/TSPL2 Programming Manual (2013), chapters "Setup and System Commands"
(SIZE, GAP, DIRECTION, REFERENCE, OFFSET, SHIFT, CLS, PRINT), "Label Formatting Commands" (BAR, BITMAP),
"Device Reconfiguration Commands" (SET CUTTER, SET TEAR) and "Status Polling and Immediate Commands": <ESC>!?, and
<ESC>!S on page 85. The bits of <ESC>!? also in the Gprinter GP-2120T manual, page 30.

A label is bars and bitmaps, so no text in it can ever become a command. As a printer looks out for <ESC>! at any
time, a bitmap never holds these two bytes either.
"""

import math
from collections.abc import Iterator

from PIL import Image

from drivers.language import Condition, Inquiry, Picture, PrinterStatus, not_understood
from drivers.languages.tspl_tiles import Bar, Tile, tiles
from drivers.profile import Profile

STX, ETX = 0x02, 0x03
LONG_STATUS_BYTES = 8  # STX, four bytes, ETX, CR, LF
_SHIFTS = range(8)
_IMMEDIATE = b"\x1b!"
_OVERWRITE = 0

_SHORT = (
    (0x01, Condition.HEAD_OPEN),
    (0x04, Condition.PAPER_OUT),
    (0x08, Condition.RIBBON_OUT),
    (0x02, Condition.JAMMED),
    (0x10, Condition.PAUSED),
    (0x40, Condition.HEAD_OPEN),  # "cover opened", where there is such a switch
    (0x80, Condition.FAULTY),
)

_PAUSED, _ERROR = ord("`"), ord("E")
_AT_REST = frozenset(b"@KL")  # normal, waiting for a key, waiting for the label to be taken
_LONG = (
    (3, 0x20, Condition.HEAD_OPEN),
    (3, 0x01, Condition.PAPER_OUT),
    (3, 0x04, Condition.RIBBON_OUT),
    (3, 0x02, Condition.JAMMED),
    (3, 0x08, Condition.JAMMED),  # of the ribbon
    (2, 0x08, Condition.JAMMED),  # of the cutter
    (2, 0x01, Condition.TOO_HOT),
    (2, 0x02, Condition.TOO_HOT),  # the motor
    (1, 0x08, Condition.BUFFER_FULL),
    (2, 0x04, Condition.FAULTY),  # the head
    (2, 0x10, Condition.FAULTY),  # memory
    (1, 0x01, Condition.NEAR_END),  # reserved in the manual of 2013; "paper low" in later ones
    (1, 0x02, Condition.NEAR_END),  # likewise, "ribbon low"
)


def encode(picture: Picture, profile: Profile, copies: int) -> bytes:
    """One job: the size of the label, an empty image, bars and bitmaps, PRINT.

    DIRECTION 0 and REFERENCE, OFFSET, SHIFT of nothing so that nothing stored in the printer turns or moves the
    label; GAP 0 is paper without gaps.
    """
    image = picture.image
    width, height, gap = (
        _millimetres(dots, picture.dots_per_mm) for dots in (image.width, image.height, picture.gap_dots)
    )
    after = "SET CUTTER 1" if profile.cutter else "SET CUTTER OFF\r\nSET TEAR ON"
    head = (
        f"SIZE {width} mm,{height} mm\r\nGAP {gap} mm,0 mm\r\nDIRECTION 0,0\r\nREFERENCE 0,0\r\n"
        f"OFFSET 0 mm\r\nSHIFT 0\r\n{after}\r\nCLS\r\n"
    )
    drawn = b"".join(_drawn(image))
    return head.encode("ascii") + drawn + f"PRINT 1,{copies}\r\n".encode("ascii")


def _millimetres(dots: int, dots_per_mm: int) -> str:
    """A length as TSPL wants it, rounded up to hundredths: not every printer understands lengths in dots."""
    return f"{math.ceil(100 * dots / dots_per_mm) / 100:g}"


def _drawn(image: Image.Image) -> Iterator[bytes]:
    for piece in tiles(image):
        match piece:
            case Bar(left, top, right, bottom):
                yield b"BAR %d,%d,%d,%d\r\n" % (left, top, right - left, bottom - top)
            case Tile():
                yield from _bitmap(image, piece)


def _bitmap(image: Image.Image, tile: Tile) -> Iterator[bytes]:
    """BITMAP x,y,bytes in a row,rows,overwrite,data: 0 is black.

    Where it would hold <ESC>! it is moved by some dots, else cut into rows, else into single bytes. What a bitmap
    covers is taken from the whole picture, so bitmaps may overlap and overwrite each other.
    """
    for shift in _SHIFTS:
        row_bytes = tile.row_bytes + (1 if shift else 0)
        left = max(min(tile.left - shift, image.width - row_bytes * 8), 0)
        cut = Image.new("1", (row_bytes * 8, tile.height), 1)
        cut.paste(image.crop((left, tile.top, min(left + row_bytes * 8, image.width), tile.bottom)))
        data = cut.tobytes()
        if _IMMEDIATE not in data:
            yield (
                b"BITMAP %d,%d,%d,%d,%d," % (left, tile.top, row_bytes, tile.height, _OVERWRITE)
                + data
                + b"\r\n"
            )
            return
    for part in tile.rows() if tile.height > 1 else tile.bytes():
        yield from _bitmap(image, part)


def parse_short_status(answer: bytes) -> PrinterStatus:
    """One byte, a bit for each condition and for printing; raises LanguageError for anything else.

    While something is wrong nothing is said of what waits, so that only 0 is idle.
    """
    if len(answer) != 1:
        raise not_understood("printer status", answer, "TSPL")
    bits = answer[0]
    return PrinterStatus(
        conditions=_each_once(condition for bit, condition in _SHORT if bits & bit),
        labels_remaining=1 if bits else 0,
    )


def parse_long_status(answer: bytes) -> PrinterStatus:
    """Message, warning, error, error, each with bit 6 set and bit 7 not; raises LanguageError for anything else."""
    whole = len(answer) == LONG_STATUS_BYTES and answer[0] == STX and answer[5:] == bytes((ETX, 0x0D, 0x0A))
    if not whole or any(byte & 0xC0 != 0x40 for byte in answer[1:5]):  # noqa: PLR2004  the two fixed bits
        raise not_understood("printer status", answer, "TSPL")
    said = answer[1:5]
    conditions = [condition for byte, bit, condition in _LONG if said[byte] & bit]
    if said[0] == _PAUSED:
        conditions.append(Condition.PAUSED)
    if said[0] == _ERROR and not conditions:
        conditions.append(Condition.FAULTY)
    return PrinterStatus(conditions=_each_once(conditions), labels_remaining=0 if said[0] in _AT_REST else 1)


def _each_once(conditions: Iterator[Condition] | list[Condition]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys(conditions))


STATUS = Inquiry(query=b"\x1b!?", is_complete=lambda answer: len(answer) >= 1, parse=parse_short_status)
"""<ESC>!?, answered at any time."""

LONG_STATUS: Inquiry[PrinterStatus] | None = Inquiry(
    query=b"\x1b!S", is_complete=lambda answer: len(answer) >= LONG_STATUS_BYTES, parse=parse_long_status
)
"""<ESC>!S, answered at any time by firmware 6.29 EZ and later."""

LABEL_COUNTER: Inquiry[int] | None = None
"""None: ~!@ answers with kilometres, not with labels."""
