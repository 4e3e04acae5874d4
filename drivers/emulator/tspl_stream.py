"""Reads a TSPL stream as a printer does: line by line, bitmaps by their length, never stopped by what it does not know.

Source: TSC TSPL/TSPL2 Programming Manual (2013), chapters "Setup and System Commands", "Label Formatting Commands"
(BAR, BOX, BITMAP, ERASE, REVERSE), "Status Polling and Immediate Commands". An immediate command counts wherever it
stands, within a bitmap's data too: that is how the strictest printer would read them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from PIL import Image

from drivers.emulator import tspl_answers
from drivers.emulator.stream import (
    COMMAND_BYTES_MAX,
    Format,
    Order,
    PrinterState,
    Question,
)
from drivers.emulator.tspl_label import TsplLabel

COPIES_MAX = 99_999_999

_BITMAP = re.compile(rb"[ \r\n]*BITMAP +(\d{1,6}),(\d{1,6}),(\d{1,4}),(\d{1,6}),(\d),", re.IGNORECASE)
_IMMEDIATE = re.compile(rb"\x1b!(.)", re.DOTALL)
_LINE_OR_IMMEDIATE = re.compile(rb"[\r\n]|\x1b!.", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?")
_ORDERS: Mapping[bytes, Order] = {b"R": "reset", b".": "cancel_all", b"P": "pause", b"O": "resume"}
_QUESTIONS: Mapping[bytes, str] = {b"?": "short_status", b"S": "long_status"}
_NO_EFFECT_ON_DOTS = frozenset(
    {
        *("GAP", "BLINE", "OFFSET", "SPEED", "DENSITY", "SHIFT", "COUNTRY", "CODEPAGE", "FEED", "BACKFEED"),
        *("BACKUP", "FORMFEED", "HOME", "SOUND", "CUT", "LIMITFEED", "SET", "REM"),
    }
)
"""Commands taken note of without any effect on the picture of a label that says where its dots go itself."""


class Stream:
    """The parser of one connection."""

    says = tspl_answers.SAYS

    def __init__(self, dots_per_mm: int) -> None:
        self.commands: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self._pending = bytearray()
        self._dots_per_mm = dots_per_mm
        self._label = TsplLabel(dots_per_mm)

    def feed(self, data: bytes) -> Iterator[Format | Question | Order]:
        """Bytes as they came, cut anywhere; yields what they complete, in order."""
        self._pending += data
        while self._pending:
            bitmap = _BITMAP.match(self._pending)
            if bitmap is not None:
                end = bitmap.end() + int(bitmap.group(3)) * int(bitmap.group(4))
                if end > COMMAND_BYTES_MAX:
                    self._refuse("BITMAP")
                    del self._pending[: bitmap.end()]
                    continue
                if len(self._pending) < end:
                    return
                yield from self._bitmap(
                    tuple(map(int, bitmap.groups())), bytes(self._pending[bitmap.end() : end])
                )
                del self._pending[:end]
                continue
            found = _LINE_OR_IMMEDIATE.search(self._pending)
            if found is None:
                if len(self._pending) > COMMAND_BYTES_MAX:
                    self._refuse("(too long)")
                    self._pending.clear()
                return
            mark = bytes(found.group())  # taken before the bytes it points into move
            if mark.startswith(b"\x1b"):
                del self._pending[found.start() : found.end()]
                yield from self._immediate(mark[2:])
            else:
                line = self._pending[: found.start()].decode("latin-1").strip()
                del self._pending[: found.end()]
                if line:
                    yield from self._obey(line)

    def answer(self, question: Question, state: PrinterState) -> bytes:
        """What a TSPL printer answers."""
        return tspl_answers.answer(question.about, state)

    def news(self, state: PrinterState) -> bytes:
        """A TSPL printer says nothing unasked."""
        return b""

    def forget(self) -> None:
        """Power off: the image and what was begun are gone."""
        self._pending.clear()
        self._label = TsplLabel(self._dots_per_mm)

    def _refuse(self, name: str) -> None:
        self.unknown[name] += 1

    def _immediate(self, letter: bytes) -> Iterator[Question | Order]:
        name = f"<ESC>!{letter.decode('latin-1')}"
        self.commands[name] += 1
        if letter in _QUESTIONS:
            yield Question(about=_QUESTIONS[letter])
        elif letter in _ORDERS:
            yield _ORDERS[letter]
        else:
            self._refuse(name)

    def _bitmap(self, numbers: tuple[int, ...], data: bytes) -> Iterator[Question | Order]:
        self.commands["BITMAP"] += 1
        left, top, row_bytes, height, mode = numbers
        if row_bytes and height:
            picture = Image.frombytes("1", (row_bytes * 8, height), data)  # 1 is white, as in a picture
            if not self._label.paste(left, top, picture, mode):
                self._refuse("BITMAP")
        for found in _IMMEDIATE.finditer(data):
            yield from self._immediate(found.group(1))

    def _obey(self, line: str) -> Iterator[Format | Question]:
        name, _, rest = line.partition(" ")
        name = name.upper()
        self.commands[name] += 1
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        dots = [int(number) for number in numbers]
        match name, dots:
            case "PRINT", [sets, *more]:
                copies = sets * (more[0] if more else 1)
                if 1 <= copies <= COPIES_MAX:
                    yield Format(image=self._label.picture(), copies=copies)
                else:
                    self._refuse(name)
            case "SIZE", [_, *more]:
                self._label.set_size(numbers[0], numbers[1] if more else None, unit=rest.rsplit(" ", 1)[-1])
            case "CLS", _:
                self._label.clear()
            case "DIRECTION", [direction, *_]:
                self._label.is_turned = direction == 1
            case "REFERENCE", [x, y]:
                self._label.reference = (x, y)
            case (("BAR" | "ERASE" | "REVERSE"), [left, top, width, height]):
                self._label.fill(name, left, top, left + width, top + height)
            case "BOX", [left, top, right, bottom, line_dots, *_]:
                self._label.frame(left, top, right, bottom, line_dots)
            case _:
                if name not in _NO_EFFECT_ON_DOTS:
                    self._refuse(name)
