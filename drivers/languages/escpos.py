"""ESC/POS, the language of receipt printers: 58, 80 and 112 mm rolls, for slips rather than for labels.

Source of every command: Epson ESC/POS Command Reference, GS v 0 (print raster bit image), GS L (left margin), GS V
(cut; without a cutter the paper is only fed to the tear-off edge), GS a (automatic status back), DLE EOT (real-time
status), GS r (transmit status; answered when what came before it has been printed). How an answer shows what it
answers: Citizen CT-S310 command reference, 5.3 "Identification of Send Status".

A slip is bands of dots, so no text in it can ever become a command. As a printer obeys DLE EOT, DLE ENQ and DLE DC4
at once wherever they stand, the dots never hold the first two bytes of one of these either.
"""

from collections.abc import Iterator
from itertools import groupby

import msgspec
from PIL import Image, ImageChops

from drivers.errors import LanguageError
from drivers.language import Condition, Inquiry, Picture, PrinterStatus, not_understood
from drivers.profile import Profile

INITIALIZE = b"\x1b@"
STATUS_BACK_OFF = b"\x1da\x00"
CUT = b"\x1dV\x42\x00"
STATUS_QUESTIONS = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
ALL_PRINTED_QUESTION = b"\x1dr\x01"
REAL_TIME_STARTS = (b"\x10\x04", b"\x10\x05", b"\x10\x14")

BAND_ROWS_MAX = 255
"""So many rows fit a header whose bytes cannot begin a real-time command, and every printer's buffer."""

_AS_IT_IS, _DOUBLE_HEIGHT = 0, 2  # m of GS v 0
_BAND_BYTES = 8  # what a band costs beside its dots
_SHIFTS = range(1, 8)
_OFFLINE = 0x08
_BITS = (
    (1, 0x04, Condition.HEAD_OPEN),  # the cover
    (1, 0x20, Condition.PAPER_OUT),
    (3, 0x60, Condition.PAPER_OUT),
    (2, 0x08, Condition.JAMMED),  # the cutter
    (2, 0x40, Condition.TOO_HOT),  # recovers by itself
    (2, 0x20, Condition.FAULTY),
    (3, 0x0C, Condition.NEAR_END),
)
"""Which answer, of DLE EOT 1 to 4, has which bits."""

_ANSWERS = 4


def encode(picture: Picture, profile: Profile, copies: int) -> bytes:  # noqa: ARG001  as in every language
    """The slip as bands of dots, each copy cut off; ESC/POS has no command for copies."""
    slip = b"".join(_bands(picture.image)) + CUT
    return INITIALIZE + STATUS_BACK_OFF + slip * copies


def _bands(image: Image.Image) -> Iterator[bytes]:
    """The picture from top to bottom. White to the right is not sent; equal rows are sent once for every two."""
    ink = ImageChops.invert(image.convert("L")).convert("1", dither=Image.Dither.NONE)
    row_bytes = (image.width + 7) // 8
    dots = ink.tobytes()
    rows = [dots[at : at + row_bytes].rstrip(b"\0") or b"\0" for at in range(0, len(dots), row_bytes)]
    single: list[bytes] = []
    for row, equal in groupby(rows):
        pairs, odd = divmod(len(list(equal)), 2)
        if pairs * len(row) <= 2 * _BAND_BYTES:  # not worth a band of its own
            single += [row] * (2 * pairs + odd)
            continue
        yield from _as_wide_as_needed(single)
        yield from _limited([row] * pairs, _DOUBLE_HEIGHT)
        single = [row] * odd
    yield from _as_wide_as_needed(single)


def _as_wide_as_needed(rows: list[bytes]) -> Iterator[bytes]:
    """Bands of rows of about the same width: the next joins while that costs less than a band of its own."""
    band: list[bytes] = []
    width = 0
    for row in rows:
        wider = max(width, len(row))
        if band and (wider - width) * len(band) + wider - len(row) >= _BAND_BYTES:
            yield from _limited(band, _AS_IT_IS)
            band, wider = [], len(row)
        band.append(row)
        width = wider
    yield from _limited(band, _AS_IT_IS)


def _limited(rows: list[bytes], mode: int) -> Iterator[bytes]:
    for first in range(0, len(rows), BAND_ROWS_MAX):
        yield from _band(rows[first : first + BAND_ROWS_MAX], mode)


def _band(rows: list[bytes], mode: int) -> Iterator[bytes]:
    """GS v 0 m xL xH yL yH; where the dots would hold a real-time command, each row for itself, and that row moved."""
    width = max(len(row) for row in rows)
    data = b"".join(row.ljust(width, b"\0") for row in rows)
    if not _commands(data):
        yield _raster(data, width, len(rows), mode)
    elif len(rows) > 1:
        middle = len(rows) // 2
        yield from _band(rows[:middle], mode)
        yield from _band(rows[middle:], mode)
    else:
        yield _moved(data, mode)


def _raster(data: bytes, row_bytes: int, rows: int, mode: int) -> bytes:
    return b"\x1dv0" + bytes((mode,)) + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + data


def _moved(row: bytes, mode: int) -> bytes:
    """GS L: the row begins some dots further right, so that its bits lie otherwise in the bytes."""
    bits = int.from_bytes(row, "big")
    for shift in _SHIFTS:
        if bits >> (8 * len(row) - shift):
            break  # that dot is black
        data = ((bits << shift) & ((1 << 8 * len(row)) - 1)).to_bytes(len(row), "big")
        if not _commands(data):
            return (
                b"\x1dL" + shift.to_bytes(2, "little") + _raster(data, len(row), 1, mode) + b"\x1dL\x00\x00"
            )
    raise LanguageError(
        attempted="encode the label",
        device="the printer",
        reason="its dots would read as a real-time command",
        advice="move the text or the code in the template by a millimetre",
    )


def _commands(data: bytes) -> bool:
    return any(start in data for start in REAL_TIME_STARTS)


def status_is_complete(answer: bytes) -> bool:
    """Four answers, at once."""
    return len(_sorted(answer)[0]) >= _ANSWERS


def long_status_is_complete(answer: bytes) -> bool:
    """Four answers at once; and the fifth, which a printer that is offline keeps back."""
    at_once, all_printed = _sorted(answer)
    return len(at_once) >= _ANSWERS and (all_printed or bool(at_once[0] & _OFFLINE))


def parse_status(answer: bytes) -> PrinterStatus:
    """What the four answers say; raises LanguageError when they are none."""
    at_once, _ = _sorted(answer)
    if len(at_once) != _ANSWERS:
        raise not_understood("printer status", answer, "ESC/POS")
    conditions = [condition for which, bits, condition in _BITS if at_once[which] & bits]
    if Condition.PAPER_OUT in conditions and Condition.NEAR_END in conditions:
        conditions.remove(Condition.NEAR_END)  # an empty roll is near its end too
    if at_once[0] & _OFFLINE and all(condition is Condition.NEAR_END for condition in conditions):
        conditions.insert(0, Condition.OFFLINE)
    return PrinterStatus(conditions=tuple(dict.fromkeys(conditions)))


def parse_long_status(answer: bytes) -> PrinterStatus:
    """The same, and that something waits as long as the fifth answer does."""
    _, all_printed = _sorted(answer)
    return msgspec.structs.replace(parse_status(answer), formats_waiting=0 if all_printed else 1)


def _sorted(answer: bytes) -> tuple[bytes, bool]:
    """The answers to DLE EOT (0xx1xx10), and whether GS r was answered (0xx0xxxx)."""
    at_once = bytes(byte for byte in answer if byte & 0x93 == 0x12)  # noqa: PLR2004  the fixed bits
    return at_once, any(byte & 0x90 == 0 for byte in answer)


STATUS = Inquiry(
    query=STATUS_QUESTIONS, is_complete=status_is_complete, parse=parse_status, tells_printed=False
)
"""DLE EOT 1 to 4."""

LONG_STATUS: Inquiry[PrinterStatus] | None = Inquiry(
    query=STATUS_QUESTIONS + ALL_PRINTED_QUESTION,
    is_complete=long_status_is_complete,
    parse=parse_long_status,
)
"""And GS r 1, answered when all that came before has been printed; some printers know it on a serial line only."""

LABEL_COUNTER: Inquiry[int] | None = None
