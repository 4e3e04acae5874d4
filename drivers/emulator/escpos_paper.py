"""The paper of a simulated receipt printer: lines of text, pictures and codes on a strip, until it is cut.

Source: Epson ESC/POS Command Reference, each command by its name. Text is drawn with the typeface of the labels in
cells of font A (12 x 24 dots) and B (9 x 24), Chinese in two cells: readable, not the maker's own letters.
"""

from collections.abc import Mapping

from PIL import Image, ImageDraw

from drivers.emulator.escpos_codes import BarCodes, QrCodes
from drivers.emulator.escpos_pictures import Pictures, columns, raster, scaled
from drivers.emulator.stream import LENGTH_DOTS_MAX, WIDTH_DOTS_MAX
from labels import typeface

PRINT_WIDTH_DOTS_DEFAULT = 576
"""80 mm paper; the picture is wider where something wider was printed."""

LINE_DOTS_DEFAULT = 30
_CELL_HEIGHT = 24
_CELL_WIDTHS = {0: 12, 1: 9}
_CODE_PAGES: Mapping[int, str] = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 16: "cp1252",
    17: "cp866", 18: "cp852", 19: "cp858", 33: "cp775", 34: "cp855", 36: "cp862", 37: "cp864",
    45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip
KATAKANA = 1
_LINES = "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯"
_LINE_BYTES = range(0x80, 0x80 + len(_LINES))
"""Code page 1 has lines and corners before its katakana."""

_NOTED = frozenset(
    {
        *(f"ESC {letter}" for letter in "{V=rURucpD S%?TeK"),
        *(f"FS {letter}" for letter in "C-WS"),
        *(f"GS {letter}" for letter in "bPfTB"),
        *("CAN", "CR", "FF", "HT", "FS ("),
    }
)
"""Commands taken note of that leave the picture as it is here."""


class Paper:
    """The strip since the last cut, and the line that is being made."""

    def __init__(self) -> None:
        self._strip: list[tuple[int, Image.Image]] = []
        self._height = 0
        self._codes = BarCodes()
        self._qr = QrCodes()
        self._pictures = Pictures()
        self._reset()

    def cut(self) -> Image.Image:
        """What came out since the last cut, as one picture; a line that was begun comes with it."""
        if self._line:
            self._feed_line()
        width = max([PRINT_WIDTH_DOTS_DEFAULT, *(left + piece.width for left, piece in self._strip)])
        picture = Image.new("1", (min(width, WIDTH_DOTS_MAX), max(self._height, 1)), 1)
        at = 0
        for left, piece in self._strip:
            picture.paste(piece, (left, at))
            at += piece.height
        self._strip.clear()
        self._height = 0
        return picture

    def write(self, text: bytes) -> None:
        """Characters for the line that is being made; a full line is printed."""
        for character in self._decoded(text):
            cells = 2 if ord(character) > 0xFF and self._is_chinese else 1  # noqa: PLR2004  beyond Latin-1
            self._put(self._glyph(character, cells))

    def _decoded(self, text: bytes) -> str:
        if self._is_chinese:
            return text.decode("gb18030", errors="replace")
        if self._code_page == KATAKANA:
            return "".join(
                _LINES[byte - 0x80] if byte in _LINE_BYTES else bytes((byte,)).decode("shift_jis", "replace")
                for byte in text
            )
        return text.decode(_CODE_PAGES.get(self._code_page, "cp437"), errors="replace")

    def obey(self, name: str, parameters: bytes) -> bool:
        """Do a command; False for one this printer does not know."""
        value = parameters[0] if parameters else 0
        return (
            self._feed(name, value)
            or self._set_letters(name, value)
            or self._set_place(name, parameters)
            or self._print_drawn(name, parameters)
            or name in _NOTED
        )

    def _feed(self, name: str, value: int) -> bool:
        """What ends a line and moves the paper."""
        match name:
            case "ESC @":
                self._reset()
            case "LF":
                self._feed_line()
            case "ESC d" | "ESC J":
                self._end_line()
                dots = value * self._line_dots if name == "ESC d" else value
                self._add(0, Image.new("1", (1, max(dots, 1)), 1))
            case "ESC 2":
                self._line_dots = LINE_DOTS_DEFAULT
            case "ESC 3":
                self._line_dots = value
            case _:
                return False
        return True

    def _set_place(self, name: str, parameters: bytes) -> bool:
        """Where the next thing goes."""
        number = int.from_bytes(parameters, "little", signed=name == "ESC \\")
        match name:
            case "ESC a":
                self._align = number % 48
            case "GS L":
                self._left = min(number, WIDTH_DOTS_MAX - 1)
            case "GS W":
                self._width = min(max(number, 1), WIDTH_DOTS_MAX)
            case "ESC $":
                self._at = min(number, WIDTH_DOTS_MAX)
            case "ESC \\":
                self._at = max(0, min(self._at + number, WIDTH_DOTS_MAX))
            case _:
                return False
        return True

    def _reset(self) -> None:
        self._line: list[tuple[int, Image.Image]] = []
        self._at = 0
        self._align = 0
        self._left = 0
        self._width = PRINT_WIDTH_DOTS_DEFAULT
        self._line_dots = LINE_DOTS_DEFAULT
        self._code_page = 0
        self._is_chinese = False
        self._font = 0
        self._scale = (1, 1)
        self._is_bold = self._is_underlined = False
        self._codes.reset()

    def _set_letters(self, name: str, value: int) -> bool:
        """How letters look."""
        match name:
            case "ESC !":
                self._font = value & 1
                self._is_bold, self._is_underlined = bool(value & 0x08), bool(value & 0x80)
                self._scale = (2 if value & 0x20 else 1, 2 if value & 0x10 else 1)
            case "FS !":
                self._scale = (2 if value & 0x04 else 1, 2 if value & 0x08 else 1)
            case "GS !":
                self._scale = ((value >> 4 & 7) + 1, (value & 7) + 1)
            case "ESC t":
                self._code_page = value
            case "FS &" | "FS .":
                self._is_chinese = name == "FS &"
            case "ESC M":
                self._font = value & 1
            case "ESC E" | "ESC G":
                self._is_bold = bool(value & 1)
            case "ESC -":
                self._is_underlined = value % 48 > 0
            case _:
                return False
        return True

    def _print_drawn(self, name: str, parameters: bytes) -> bool:
        """Pictures and codes; each drawer knows its own commands."""
        if name == "ESC *":
            self._put(columns(parameters))
            return True
        if name == "GS v":
            self._print(raster(parameters))
            return True
        for drawer in (self._codes, self._qr, self._pictures):
            drawn = drawer.obey(name, parameters)
            if drawn is not None:
                for picture in drawn:
                    self._print(picture)
                return True
        return False

    def _glyph(self, character: str, cells: int) -> Image.Image:
        """A letter in its cell, pressed together where it is wider."""
        width = _CELL_WIDTHS[self._font] * cells
        drawn, _ = typeface.drawable(character)
        face = typeface.face(20 if cells == 1 else 22)
        natural = max(int(face.getlength(drawn)), width)
        cell = Image.new("L", (natural, _CELL_HEIGHT), 255)
        draw = ImageDraw.Draw(cell)
        draw.text((natural // 2, 19), drawn, font=face, fill=0, anchor="ms", stroke_width=0.5 * self._is_bold)
        if self._is_underlined:
            draw.line((0, _CELL_HEIGHT - 1, natural, _CELL_HEIGHT - 1), fill=0)
        pressed = cell.transform(
            (width, _CELL_HEIGHT),
            Image.Transform.AFFINE,
            (natural / width, 0, 0, 0, 1, 0),
            Image.Resampling.BILINEAR,
        )
        return scaled(pressed.convert("1", dither=Image.Dither.NONE), *self._scale)

    def _put(self, picture: Image.Image) -> None:
        """Something on the line; a line that is full is printed first."""
        if self._line and self._at + picture.width > self._width:
            self._feed_line()
        self._line.append((self._at, picture))
        self._at += picture.width

    def _end_line(self) -> None:
        if self._line:
            self._feed_line()

    def _feed_line(self) -> None:
        """Print the line that is being made, and feed by the line spacing or its own height."""
        height = max([self._line_dots, *(picture.height for _, picture in self._line)])
        width = max([1, *(at + picture.width for at, picture in self._line)])
        line = Image.new("1", (width, max(height, 1)), 1)
        tallest = max([picture.height for _, picture in self._line], default=0)
        for at, picture in self._line:
            line.paste(picture, (at, tallest - picture.height))
        self._line, self._at = [], 0
        self._print(line)

    def _print(self, picture: Image.Image) -> None:
        """A whole line or picture onto the strip, aligned in the printing area."""
        self._end_line()
        room = max(self._width - picture.width, 0)
        left = self._left + (0, room // 2, room)[min(self._align, 2)]
        self._add(left, picture)

    def _add(self, left: int, piece: Image.Image) -> None:
        room = LENGTH_DOTS_MAX - self._height
        if room > 0:
            self._strip.append(
                (left, piece if piece.height <= room else piece.crop((0, 0, piece.width, room)))
            )
            self._height += min(piece.height, room)
