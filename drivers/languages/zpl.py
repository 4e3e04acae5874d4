"""ZPL II, the language of Zebra label printers and of most others.

Source of every command: ZPL II Programming Guide (Zebra P1099958), chapter "ZPL Commands"; of the label
counter: the same guide, chapter "SGD Printer Commands"; of the run lengths: the same guide, appendix
"Alternative Data Compression Scheme". A label is one picture, so no text in it can ever become a command.
"""

import base64
import binascii
import re
import zlib
from functools import cache

from PIL import Image

from drivers.language import Condition, Inquiry, Picture, PrinterStatus, not_understood
from drivers.profile import Packing, Profile

STX = b"\x02"
ETX = b"\x03"
STATUS_LINES = 3
PACKINGS_ALL: tuple[Packing, ...] = ("z64", "run_length")
SMALL_BYTES = 4_000
"""Of a picture with more, :Z64: makes less than half of what run lengths make (measured on every template)."""
_STATUS_LINE = re.compile(STX + rb"([^\x02\x03]*)" + ETX)
_COUNTER = re.compile(rb'"(\d{1,12})"')
_SAME_DIGITS = re.compile(r"(.)\1{2,}")  # from three on a run is shorter than the digits themselves
_RUN_LETTERS = [(20 * n, chr(ord("g") + n - 1)) for n in range(20, 0, -1)] + [
    (n, chr(ord("G") + n - 1)) for n in range(19, 0, -1)
]
"""z = 400 … g = 20, Y = 19 … G = 1: each repeats the hexadecimal digit after it."""


def encode(picture: Picture, profile: Profile, copies: int) -> bytes:
    """One format that prints the picture `copies` times."""
    return encode_image(picture.image, copies=copies, cutter=profile.cutter, packings=profile.packings)


def encode_image(
    image: Image.Image,
    *,
    copies: int = 1,
    cutter: bool = False,
    packings: tuple[Packing, ...] = PACKINGS_ALL,
) -> bytes:
    """One format that prints a mode "1" picture at the top left corner, dot for dot.

    ^PW width and ^LL length in dots; ^PON upright, ^LH0,0 and ^LS0 so that nothing stored in the printer
    shifts it; ^MMC cut or ^MMT tear off; ^FO, ^GF, ^FS the picture; ^PQ copies.
    """
    mode = "^MMC" if cutter else "^MMT"
    head = f"^XA{mode}^PON^PW{image.width}^LL{image.height}^LH0,0^LS0^FO0,0"
    return head.encode("ascii") + graphic_field(image, packings) + f"^FS^PQ{copies}^XZ\r\n".encode("ascii")


def graphic_field(image: Image.Image, packings: tuple[Packing, ...] = PACKINGS_ALL) -> bytes:
    """The picture as ^GFA, 1 is black, in the packing with the fewest bytes of those the printer knows."""
    row_bytes = (image.width + 7) // 8
    rows = image.tobytes("raw", "1;I")  # packed and inverted; the bits that fill up a row stay 0, white
    if "z64" in packings and len(rows) > SMALL_BYTES:
        packings = ("z64",)
    packed = min(
        (_z64(rows) if packing == "z64" else _run_lengths(rows, row_bytes) for packing in packings), key=len
    )
    return f"^GFA,{len(rows)},{len(rows)},{row_bytes},".encode("ascii") + packed


def _z64(rows: bytes) -> bytes:
    """:Z64: zlib, base64, CRC-16/XMODEM of that."""
    packed = base64.b64encode(zlib.compress(rows, 6))
    return b":Z64:" + packed + f":{binascii.crc_hqx(packed, 0):04X}".encode("ascii")


def _run_lengths(rows: bytes, row_bytes: int) -> bytes:
    """Hexadecimal with run lengths: a colon repeats the row before, a comma fills a row up with white."""
    before = b""
    packed: list[bytes] = []
    for start in range(0, len(rows), row_bytes):
        row = rows[start : start + row_bytes]
        packed.append(b":" if row == before else _row_in_runs(row))
        before = row
    return b"".join(packed)


def _row_in_runs(row: bytes) -> bytes:
    digits = row.hex().upper()
    inked = digits.rstrip("0")
    runs = _SAME_DIGITS.sub(lambda found: _run_length(len(found.group())) + found.group(1), inked)
    return runs.encode("ascii") + (b"" if len(inked) == len(digits) else b",")


@cache
def _run_length(count: int) -> str:
    """The letters that repeat the next digit so often; they add up."""
    letters = ""
    for length, letter in _RUN_LETTERS:
        letters += letter * (count // length)
        count %= length
    return letters


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
        raise not_understood("host status", answer, "ZPL") from error


def counter_is_complete(answer: bytes) -> bool:
    """A value between double quotes."""
    return answer.count(b'"') >= 2  # noqa: PLR2004  an opening and a closing quote


def parse_counter(answer: bytes) -> int:
    """The number between the quotes; raises LanguageError where the printer knows no such counter ("?")."""
    found = _COUNTER.search(answer)
    if found is None:
        raise not_understood("label counter", answer, "ZPL")
    return int(found.group(1))


STATUS = Inquiry(query=b"~HS\r\n", is_complete=status_is_complete, parse=parse_status)
"""~HS, host status; answered at once, also between formats. Zebra's guide warns that a printer may stay silent while
media or ribbon are out, the head is open or too hot; it is then said that there is no answer."""

LONG_STATUS: Inquiry[PrinterStatus] | None = None
LABEL_COUNTER: Inquiry[int] | None = Inquiry(
    query=b'! U1 getvar "odometer.total_label_count"\r\n',
    is_complete=counter_is_complete,
    parse=parse_counter,
)
"""The label counter of Link-OS printers: odometer.total_label_count, never reset."""


def _flags(first: list[bytes], second: list[bytes]) -> tuple[tuple[Condition, bytes], ...]:
    """Which field of ~HS says what: aaa,b,c,dddd,eee,f,g,h,iii,j,k,l and mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www."""
    return (
        (Condition.HEAD_OPEN, second[2]),
        (Condition.PAPER_OUT, first[1]),
        (Condition.RIBBON_OUT, second[3]),
        (Condition.PAUSED, first[2]),
        (Condition.TOO_HOT, first[11]),
        (Condition.TOO_COLD, first[10]),
        (Condition.BUFFER_FULL, first[5]),
        (Condition.PARTIAL_FORMAT, first[7]),
        (Condition.MEMORY_LOST, first[9]),
    )
