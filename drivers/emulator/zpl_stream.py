"""Reads a ZPL stream as a printer does: byte by byte, never stopped by what it does not know. Pure.

Source: ZPL II Programming Guide, chapter "ZPL Commands"; compression of ^GF hexadecimal data: appendix of the
same, "Alternative Data Compression Scheme for ~DG and ~DB Commands".
"""

import re
from collections import Counter
from collections.abc import Iterator

from PIL import Image

from drivers.emulator import zpl_answers
from drivers.emulator.graphic_field import GraphicError, decode_graphic
from drivers.emulator.stream import (
    COMMAND_BYTES_MAX,
    LENGTH_DOTS_MAX,
    WIDTH_DOTS_MAX,
    Format,
    Order,
    PrinterState,
    Question,
)

WIDTH_DOTS_DEFAULT = 832
LENGTH_DOTS_DEFAULT = 400

_ORDERS: dict[bytes, Order] = {b"~JA": "cancel_all", b"~PP": "pause", b"~PS": "resume", b"~JR": "reset"}
_COUNTER_NAME = b'"odometer.total_label_count"'
_NO_EFFECT_ON_DOTS = frozenset(
    {
        b"^MM",
        b"^PO",
        b"^LS",
        b"^CI",
        b"^MN",
        b"^MT",
        b"^MD",
        b"^PR",
        b"^MU",
        b"^PM",
        b"^FX",
        b"^LT",
        b"~SD",
        b"^CF",
    }
)
"""Commands taken note of without any effect on the picture of a label that says where its dots go itself."""


class Stream:
    """The parser of one connection."""

    says = zpl_answers.SAYS

    def __init__(self, dots_per_mm: int) -> None:
        """ZPL counts in dots, so it is the same for every head."""
        self.commands: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self._pending = bytearray()
        self._canvas: _Canvas | None = None
        self._last_length = LENGTH_DOTS_DEFAULT

    def feed(self, data: bytes) -> Iterator[Format | Question | Order]:
        """Bytes as they came, cut anywhere; yields what they complete, in order."""
        self._pending += data
        while (taken := self._command()) is not None:
            yield from self._obey(taken)

    def answer(self, question: Question, state: PrinterState) -> bytes:
        """What a ZPL printer answers."""
        inside = self._canvas is not None
        return zpl_answers.answer(
            question.about, state, label_length_dots=self._last_length, inside_format=inside
        )

    def news(self, state: PrinterState) -> bytes:
        """A ZPL printer says nothing unasked."""
        return b""

    def forget(self) -> None:
        """Power off: whatever was begun is gone."""
        self._pending.clear()
        self._canvas = None

    def _command(self) -> bytes | None:
        """The next whole command, or None; a command ends where the next begins."""
        start = _first(self._pending, 0)
        if start is None:
            self._keep_half_a_mark()
            return None
        del self._pending[:start]
        if self._pending.startswith(b"!"):
            end = self._pending.find(b"\n")
            length = None if end < 0 else end + 1
        else:
            length = self._zpl_length()
        if length is None:
            if len(self._pending) > COMMAND_BYTES_MAX:
                self.unknown["(too long)"] += 1
                self._pending.clear()
            return None
        command = bytes(self._pending[:length])
        del self._pending[:length]
        return command

    def _keep_half_a_mark(self) -> None:
        """Nothing here begins a command, but the last bytes may be the first of one that is cut."""
        half = next((n for n in (3, 2, 1) if self._pending.endswith(b"! U1"[:n])), 0)
        del self._pending[: len(self._pending) - half]

    def _zpl_length(self) -> int | None:
        """Where the command at the front ends; None while that cannot be known."""
        name = bytes(self._pending[:3])
        if name == b"^GF" and (binary := _binary_end(self._pending)) is not None:
            return binary if binary <= len(self._pending) else None
        if name in _COMPLETE_BY_NAME:
            return len(name)
        return _first(self._pending, 1) or self._line_end(name)

    def _line_end(self, name: bytes) -> int | None:
        """A command that nothing follows ends with its line, so that a printer answers before more comes."""
        end = self._pending.find(b"\n")
        return end + 1 if end >= 0 and name[:1] == b"~" else None

    def _obey(self, command: bytes) -> Iterator[Format | Question | Order]:
        name, parameters = command[:3], command[3:].strip(b"\r\n")
        self.commands[name.decode("ascii", errors="replace")] += 1
        if command.startswith(b"!"):
            yield from self._variable(command)
        elif name in {b"~HS", b"~HI"}:
            yield Question(about="host_status" if name == b"~HS" else "host_identification")
        elif name in _ORDERS:
            if name in {b"~JA", b"~JR"}:
                self._canvas = None
            yield _ORDERS[name]
        elif name == b"^XA":
            self._canvas = _Canvas()
        elif name == b"^XZ":
            if self._canvas is not None:
                self._last_length = self._canvas.length
                yield self._canvas.format()
            self._canvas = None
        elif name not in _NO_EFFECT_ON_DOTS and not self._draw(name, parameters):
            self.unknown[name.decode("ascii", errors="replace")] += 1

    def _variable(self, command: bytes) -> Iterator[Question]:
        if b"getvar" not in command:
            self.unknown["! U1"] += 1
        else:
            yield Question(about="label_counter" if _COUNTER_NAME in command else "unknown_variable")

    def _draw(self, name: bytes, parameters: bytes) -> bool:
        """Apply a command to the label that is being made; False for one this printer does not know."""
        canvas = self._canvas if self._canvas is not None else _Canvas()
        match name:
            case b"^PW":
                canvas.width = _number(parameters, canvas.width, 1, WIDTH_DOTS_MAX)
            case b"^LL":
                canvas.length = _number(parameters, canvas.length, 1, LENGTH_DOTS_MAX)
            case b"^PQ":
                canvas.copies = _number(parameters, 1, 1, 99_999_999)
            case b"^LH":
                canvas.home = _pair(parameters)
            case b"^FO":
                canvas.origin = _pair(parameters)
            case b"^FS":
                canvas.origin = (0, 0)
            case b"^GF":
                return self._graphic(canvas, parameters)
            case _:
                return False
        return True

    def _graphic(self, canvas: "_Canvas", parameters: bytes) -> bool:
        try:
            canvas.pictures.append((canvas.place(), decode_graphic(parameters)))
        except GraphicError as error:
            self.unknown[f"^GF: {error}"] += 1
        return True


class _Canvas:
    """The label that is being made."""

    def __init__(self) -> None:
        self.width = WIDTH_DOTS_DEFAULT
        self.length = LENGTH_DOTS_DEFAULT
        self.copies = 1
        self.home: tuple[int, int] = (0, 0)
        self.origin: tuple[int, int] = (0, 0)
        self.pictures: list[tuple[tuple[int, int], Image.Image]] = []

    def place(self) -> tuple[int, int]:
        return (self.home[0] + self.origin[0], self.home[1] + self.origin[1])

    def format(self) -> Format:
        image = Image.new("1", (self.width, self.length), 1)
        for place, picture in self.pictures:
            image.paste(0, place, picture)
        return Format(image=image, copies=self.copies)


_COMPLETE_BY_NAME = frozenset({b"^XA", b"^XZ", b"^FS", b"~HS", b"~HI", *_ORDERS})
_BINARY_FIELD = re.compile(rb"\^GFB,(\d{1,9}),\d{1,9},\d{1,9},")


def _first(data: bytearray, start: int) -> int | None:
    """Where the next command begins, from `start` on."""
    found = [data.find(mark, start) for mark in (b"^", b"~", b"! U1")]
    return min((place for place in found if place >= 0), default=None)


def _binary_end(data: bytearray) -> int | None:
    """Where a ^GFB with raw bytes ends, which may contain ^ and ~; None for any other field."""
    found = _BINARY_FIELD.match(data)
    return None if found is None else found.end() + int(found.group(1))


def _number(parameters: bytes, default: int, least: int, most: int) -> int:
    found = re.match(rb"\s*(\d{1,9})", parameters)
    return default if found is None else min(max(int(found.group(1)), least), most)


def _pair(parameters: bytes) -> tuple[int, int]:
    parts = [*parameters.split(b","), b"", b""]
    return (_number(parts[0], 0, 0, WIDTH_DOTS_MAX), _number(parts[1], 0, 0, LENGTH_DOTS_MAX))
