"""Unpacks the picture of a ^GF command: hexadecimal, with run lengths, :B64:, :Z64:, or raw bytes."""

import base64
import binascii
import re
import zlib

from PIL import Image

IMAGE_BYTES_MAX = 4_000_000
_HEAD = re.compile(rb"([ABC]),(\d{1,9}),(\d{1,9}),(\d{1,9}),", re.DOTALL)
_PACKED = re.compile(rb":([BZ])64:([A-Za-z0-9+/=\s]*):([0-9A-Fa-f]{4})")
_HEX_DIGITS = frozenset(b"0123456789ABCDEFabcdef")
_RUNS = {
    **{ord("G") + n: n + 1 for n in range(19)},  # G = 1 … Y = 19
    **{ord("g") + n: 20 * (n + 1) for n in range(20)},  # g = 20 … z = 400
}


class GraphicError(ValueError):
    """The data are not what a ^GF command may carry; a printer ignores such a field."""


def decode_graphic(parameters: bytes) -> Image.Image:
    """The picture as a mask: mode "1", 1 where the printer burns; raises GraphicError."""
    head = _HEAD.match(parameters)
    if head is None:
        raise GraphicError("no header")
    total, row_bytes = int(head.group(3)), int(head.group(4))
    if not 0 < row_bytes <= total <= IMAGE_BYTES_MAX:
        raise GraphicError("sizes")
    data = parameters[head.end() :]
    if head.group(1) == b"B":
        rows = data
    elif data.startswith(b":"):
        rows = _unpack(data, total)
    else:
        rows = _expand(data, row_bytes, total)
    height = total // row_bytes
    rows = rows[: row_bytes * height].ljust(row_bytes * height, b"\0")
    return Image.frombytes("1", (row_bytes * 8, height), rows)


def _unpack(data: bytes, total: int) -> bytes:
    """:Z64: or :B64: with its CRC-16/XMODEM over the base64 text."""
    found = _PACKED.match(data)
    if found is None:
        raise GraphicError("packing")
    if binascii.crc_hqx(found.group(2), 0) != int(found.group(3), 16):
        raise GraphicError("CRC")
    try:
        raw = base64.b64decode(found.group(2), validate=False)
        return zlib.decompressobj().decompress(raw, total + 1) if found.group(1) == b"Z" else raw
    except (binascii.Error, zlib.error) as error:
        raise GraphicError("packing") from error


def _expand(data: bytes, row_bytes: int, total: int) -> bytes:
    """Hexadecimal rows: G-z repeat the next digit, a comma fills with 0, ! with 1, a colon repeats a row."""
    width, rows, row, run = row_bytes * 2, bytearray(), bytearray(), 0
    for byte in data:
        if len(rows) >= total * 2:
            break
        if byte in _RUNS:
            run += _RUNS[byte]
        elif byte in _HEX_DIGITS:
            row += bytes([byte]) * min(max(run, 1), width)
            run = 0
        elif byte in b",!":
            row = row.ljust(width, b"0" if byte == ord(",") else b"F")
        elif byte == ord(":"):
            rows += rows[-width:]
        while len(row) >= width:
            rows += row[:width]
            del row[:width]
    whole = rows + row
    return bytes.fromhex((whole + b"0" * (len(whole) % 2)).decode("ascii"))
