"""Codes that a receipt printer draws itself: GS k bar codes and GS ( k QR codes.

Source: Epson ESC/POS Command Reference, GS k, GS h (height), GS w (module), GS H (text under the code), GS ( k with
cn = 49 (QR Code). The bars are drawn by the library that draws those of the labels.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

import zxingcpp
from PIL import Image, ImageDraw

from drivers.emulator.escpos_pictures import scaled
from labels import typeface

HEIGHT_DOTS_DEFAULT, MODULE_DOTS_DEFAULT = 162, 3
QR_MODULE_DOTS_DEFAULT = 3
_TEXT_DOTS = 24
_BELOW = frozenset({2, 3})
_Format = zxingcpp.BarcodeFormat
_BAR_CODES: Mapping[int, zxingcpp.BarcodeFormat] = {
    **dict.fromkeys((0, 65), _Format.UPCA),
    **dict.fromkeys((1, 66), _Format.UPCE),
    **dict.fromkeys((2, 67), _Format.EAN13),
    **dict.fromkeys((3, 68), _Format.EAN8),
    **dict.fromkeys((4, 69), _Format.Code39),
    **dict.fromkeys((5, 70), _Format.ITF),
    **dict.fromkeys((6, 71), _Format.Codabar),
    72: _Format.Code93,
    73: _Format.Code128,
}
_CODE_128 = 73
# Its options are untyped keywords.
_create_barcode = cast("Callable[..., zxingcpp.Barcode]", zxingcpp.create_barcode)  # pyright: ignore[reportUnknownMemberType]


class BarCodes:
    """GS k, and what was said before about its look."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As after power-on."""
        self._height, self._module, self._has_text = HEIGHT_DOTS_DEFAULT, MODULE_DOTS_DEFAULT, False

    def obey(self, name: str, parameters: bytes) -> list[Image.Image] | None:
        """What is to be printed now; None for a command that is none of these."""
        match name:
            case "GS h":
                self._height = max(parameters[0], 1)
            case "GS w":
                self._module = min(max(parameters[0], 1), 6)
            case "GS H":
                self._has_text = parameters[0] % 48 in _BELOW
            case "GS k":
                return self._bar_code(parameters)
            case _:
                return None
        return []

    def _bar_code(self, parameters: bytes) -> list[Image.Image]:
        kind = parameters[0]
        data = parameters[2:] if kind >= ord("A") else parameters[1:-1]
        if kind not in _BAR_CODES:
            return []
        text = _code_128_text(data) if kind == _CODE_128 else data.decode("latin-1")
        bars = _drawn(text, _BAR_CODES[kind])
        if bars is None:
            return []
        row = bars.crop((0, bars.height // 2, bars.width, bars.height // 2 + 1))
        code = scaled(row, self._module, self._height)
        if not self._has_text:
            return [code]
        captioned = Image.new("1", (code.width, code.height + _TEXT_DOTS), 1)
        captioned.paste(code, (0, 0))
        draw = ImageDraw.Draw(captioned)
        draw.fontmode = "1"
        caption, _ = typeface.drawable(text)
        draw.text((code.width // 2, code.height + 19), caption, font=typeface.face(20), fill=0, anchor="ms")
        return [captioned]


class QrCodes:
    """GS ( k with cn = 49: set up, store, print."""

    def __init__(self) -> None:
        self._module = QR_MODULE_DOTS_DEFAULT
        self._level = "L"
        self._stored = b""

    def obey(self, name: str, parameters: bytes) -> list[Image.Image] | None:
        """What is to be printed now; None for a command that is none of these."""
        if name != "GS (" or parameters[:1] != b"k" or parameters[3:4] != b"1":
            return None
        function, data = parameters[4:5], parameters[5:]
        match function:
            case b"C":
                self._module = min(max(data[0], 1), 16) if data else self._module
            case b"E":
                self._level = "LMQH"[data[0] % 48 % 4] if data else self._level
            case b"P":
                self._stored = data[1:]
            case b"Q":
                modules = _drawn(
                    self._stored.decode("utf-8", "replace"), _Format.QRCode, ec_level=self._level
                )
                if modules is None:
                    return []
                return [scaled(modules, self._module, self._module)]
            case _:
                pass  # the model, and what it could tell about the symbol
        return []


def _code_128_text(data: bytes) -> str:
    """Without the code sets {A {B {C; in C a byte is two digits; {{ is a brace."""
    text, at, in_pairs = "", 0, False
    while at < len(data):
        if data[at] == ord("{") and at + 1 < len(data):
            letter = data[at + 1]
            in_pairs = letter == ord("C") if letter in b"ABC" else in_pairs
            text += "{" if letter == ord("{") else ""
            at += 2
            continue
        text += f"{data[at]:02d}" if in_pairs and data[at] < 100 else chr(data[at])  # noqa: PLR2004  two digits
        at += 1
    return text


def _drawn(text: str, kind: zxingcpp.BarcodeFormat, **options: str) -> Image.Image | None:
    """One dot a module, no quiet zone; None for what the code cannot carry: a printer leaves it out."""
    try:
        barcode = _create_barcode(text, kind, **options)
    except ValueError:
        return None
    image = cast("Any", zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    rows, columns = cast("tuple[int, int]", image.shape)
    return Image.frombytes("L", (columns, rows), bytes(image)).convert("1", dither=Image.Dither.NONE)
