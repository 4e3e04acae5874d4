"""Readers of codes that others wrote, and what they should say: zbar for linear codes and QR, dmtx for Data Matrix."""

import re

from PIL import Image

from labels.layout import Layout
from labels.placement import PlacedCode

_MATRICES = frozenset({"datamatrix", "gs1_datamatrix"})
_FIXED_LENGTH = frozenset({"00", "01", "02", "03", "04", "11", "12", "13", "15", "16", "17", "20"})
_MARGIN_DOTS = 8
DMTX_TIMEOUT_MS = 5_000
_UTF_8_IN_DMTX = b"\x1a"  # it says the number of the character set (ECI 26) as a character


def raw(content: str) -> bytes:
    """What a reader of raw bytes says for our written form: FNC1 ends a value unless its length is laid down."""
    parts = re.findall(r"\((\d{2,4})\)([^(]*)", content)
    if not parts:
        return content.encode()
    said = "".join(
        identifier + value + ("" if identifier[:2] in _FIXED_LENGTH else "\x1d")
        for identifier, value in parts
    )
    return said.rstrip("\x1d").encode()


def contents_wanted(layout: Layout) -> list[bytes]:
    """What the codes of a label say, without FNC1, which one of the readers swallows."""
    return [raw(code.content).replace(b"\x1d", b"") for code in layout.codes]


def contents_read_by_others(layout: Layout, image: Image.Image) -> list[bytes]:
    """What the other readers say where the layout has its codes; nothing for one that they cannot read."""
    picture = image.convert("L")
    return [_read(code, picture).replace(b"\x1d", b"") for code in layout.codes]


def _read(code: PlacedCode, picture: Image.Image) -> bytes:
    from pylibdmtx import pylibdmtx
    from pyzbar import pyzbar

    quiet = code.quiet_area
    seen = Image.new("L", (quiet.width + 2 * _MARGIN_DOTS, quiet.height + 2 * _MARGIN_DOTS), 255)
    seen.paste(picture.crop((quiet.left, quiet.top, quiet.right, quiet.bottom)), (_MARGIN_DOTS, _MARGIN_DOTS))
    if code.symbology in _MATRICES:
        found = pylibdmtx.decode(seen, max_count=1, timeout=DMTX_TIMEOUT_MS)
        return found[0].data.removeprefix(_UTF_8_IN_DMTX) if found else b""
    found = pyzbar.decode(seen)
    return found[0].data if found else b""
