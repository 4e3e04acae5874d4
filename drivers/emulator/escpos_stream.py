"""Reads an ESC/POS stream as a receipt printer does: command by command, everything else is text. Pure.

Source of every command and its length: Epson ESC/POS Command Reference. A real-time command (DLE EOT, DLE ENQ, DLE
DC4) counts wherever it stands, within a picture's dots too, as that reference says of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from drivers.emulator import escpos_answers
from drivers.emulator.escpos_paper import Paper
from drivers.emulator.stream import COMMAND_BYTES_MAX, Format, Order, PrinterState, Question

DC4 = "\x14"
DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
_PREFIXES: Mapping[int, str] = {DLE: "DLE", ESC: "ESC", FS: "FS", GS: "GS"}
_CONTROLS: Mapping[int, str] = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
_TEXT = re.compile(rb"[^\x00-\x1f\x7f]+")
_REAL_TIME = re.compile(
    rb"\x10(?:\x04[\x01-\x04]|\x05[\x00-\x02]|\x14\x01..|\x14\x02\x01\x08|\x14\x08......)", re.DOTALL
)

_LENGTHS: Mapping[str, int] = {
    **dict.fromkeys(
        ("ESC @", "ESC 2", "ESC L", "ESC S", "ESC i", "ESC m", "ESC v", "ESC \x0c", "FS &", "FS .", "GS :"), 0),
    **dict.fromkeys(
        ("ESC a", "ESC !", "ESC E", "ESC G", "ESC -", "ESC M", "ESC J", "ESC d", "ESC 3", "ESC t", "ESC R", "ESC  ",
         "ESC V", "ESC {", "ESC =", "ESC r", "ESC U", "ESC T", "ESC e", "ESC K", "ESC %", "ESC ?", "ESC u", "FS !",
         "FS C", "FS -", "FS W", "GS !", "GS B", "GS H", "GS f", "GS h", "GS w", "GS a", "GS r", "GS I", "GS /",
         "GS b", "GS T", "DLE \x05"), 1),
    **dict.fromkeys(("ESC $", "ESC \\", "ESC c", "FS S", "FS p", "GS L", "GS W", "GS P", "GS $", "GS \\"), 2),
    **dict.fromkeys(("ESC p", "GS ^"), 3),
    "ESC W": 8,
}  # fmt: skip
"""Commands of a fixed length, and how many bytes follow their name."""

_CUTS = frozenset({"GS V", "ESC i", "ESC m"})
_NO_EFFECT = frozenset({"GS a", "DLE \x04", "DLE \x05", f"DLE {DC4}"})
_CUT_FEEDS = frozenset((65, 66, 97, 98, 103, 104))
_STATUSES = range(1, 5)


class Stream:
    """The parser of one connection, with the paper that has come out of the printer since the last cut."""

    says = escpos_answers.SAYS

    def __init__(self, dots_per_mm: int) -> None:
        """ESC/POS counts in dots, so it is the same for every head."""
        self.commands: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self._pending = bytearray()
        self._paper = Paper()
        self._wants_news = False

    def feed(self, data: bytes) -> Iterator[Format | Question | Order]:
        """Bytes as they came, cut anywhere; yields what they complete, in order."""
        self._pending += data
        while self._pending:
            taken = self._next()
            if taken is None:
                if len(self._pending) > COMMAND_BYTES_MAX:
                    self.unknown["(too long)"] += 1
                    self._pending.clear()
                return
            yield from taken

    def answer(self, question: Question, state: PrinterState) -> bytes:
        """What a receipt printer answers."""
        kind, _, which = question.about.partition(":")
        match kind:
            case "real_time":
                return escpos_answers.real_time_status(int(which), state)
            case "paper":
                return escpos_answers.paper_status(state)
            case "drawer":
                return b"\0"
            case "process":
                return b"\x37\x22" + which.encode("latin-1") + b"\0"
            case "status_back":
                return escpos_answers.status_back(state)
            case _:
                return b"_NOAC-EMULATOR\0"

    def news(self, state: PrinterState) -> bytes:
        """Automatic status back, for whoever has asked for it."""
        return escpos_answers.status_back(state) if self._wants_news else b""

    def forget(self) -> None:
        """Power off: settings, and the line that was begun, are gone."""
        self._pending.clear()
        self._paper = Paper()
        self._wants_news = False

    def _next(self) -> Iterator[Format | Question | Order] | None:
        """Take one command or a stretch of text off the front; None while it is not whole."""
        first = self._pending[0]
        if first in _PREFIXES:
            if len(self._pending) < 2:  # noqa: PLR2004  the byte that names the command
                return None
            name = f"{_PREFIXES[first]} {chr(self._pending[1])}"
            length = self._length(name)
            if length is None or len(self._pending) < 2 + length:
                return None
            parameters = bytes(self._pending[2 : 2 + length])
            del self._pending[: 2 + length]
            return self._obey(name, parameters)
        text = _TEXT.match(self._pending)
        if text is not None:
            words = text.group()
            del self._pending[: len(words)]
            self._paper.write(words)
        else:
            del self._pending[:1]
            if first in _CONTROLS:
                return self._obey(_CONTROLS[first], b"")
            self.unknown[f"{first:02X}"] += 1
        return iter(())

    def _length(self, name: str) -> int | None:
        """How many bytes follow the name; None while that cannot be known. 0 for a command nobody knows."""
        rest = self._pending[2:]
        if name in _LENGTHS:
            return _LENGTHS[name]
        measure = _MEASURES.get(name)
        return 0 if measure is None else measure(bytes(rest[:6]), rest)

    def _obey(self, name: str, parameters: bytes) -> Iterator[Format | Question | Order]:
        shown = _shown(name, parameters)
        self.commands[shown] += 1
        if name == "GS a":
            self._wants_news = parameters != b"\0"
        if name in _CUTS:
            yield Format(image=self._paper.cut(), copies=1)
        elif (question := _question(name, parameters)) is not None:
            yield question
        elif name == f"DLE {DC4}" and parameters[:1] == b"\x08":
            yield "cancel_all"
        elif name not in _NO_EFFECT and not self._paper.obey(name, parameters):
            self.unknown[shown] += 1
        if not name.startswith("DLE"):
            for found in _REAL_TIME.finditer(parameters):
                yield from self._obey(f"DLE {chr(found.group()[1])}", found.group()[2:])


def _question(name: str, parameters: bytes) -> Question | None:
    """What a command asks; None for one that asks nothing."""
    match name:
        case "DLE \x04" if parameters[0] in _STATUSES:
            return Question(about=f"real_time:{parameters[0]}")
        case "GS r":
            return Question(about="paper" if parameters in {b"\x01", b"1"} else "drawer", in_turn=True)
        case "GS I":
            return Question(about="identification", in_turn=True)
        case "GS a" if parameters != b"\0":
            return Question(about="status_back", in_turn=True)
        case "GS (" if parameters[:1] == b"H" and parameters[3:5] == b"00":
            return Question(about=f"process:{parameters[5:9].decode('latin-1')}", in_turn=True)
        case _:
            return None


def _shown(name: str, parameters: bytes) -> str:
    """A name as people read it: DLE EOT, GS ( L 112."""
    prefix, _, letter = name.partition(" ")
    names = {"\x04": "EOT", "\x05": "ENQ", "\x14": "DC4", "\x0c": "FF", " ": "SP"}
    shown = f"{prefix} {names.get(letter, letter)}"
    if name in {"GS (", "FS ("} and parameters:
        shown += f" {chr(parameters[0])}"
    return shown


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _cut_length(head: bytes, _: bytearray) -> int | None:
    return (2 if head[0] in _CUT_FEEDS else 1) if head else None


def _raster_length(head: bytes, _: bytearray) -> int | None:
    """GS v 0 m xL xH yL yH d1…dk."""
    return 6 + _little(head[2:4]) * _little(head[4:6]) if len(head) == 6 else None  # noqa: PLR2004  its header


def _columns_length(head: bytes, _: bytearray) -> int | None:
    """ESC * m nL nH d1…dk: one byte a column, or three with 24 dots."""
    if len(head) < 3:  # noqa: PLR2004  its header
        return None
    return 3 + _little(head[1:3]) * (3 if head[0] in {32, 33} else 1)


def _bracket_length(head: bytes, _: bytearray) -> int | None:
    """GS ( X pL pH …: it says its length itself."""
    return 3 + _little(head[1:3]) if len(head) >= 3 else None  # noqa: PLR2004  its header


def _long_bracket_length(head: bytes, _: bytearray) -> int | None:
    """GS 8 L p1 p2 p3 p4 …."""
    return 5 + _little(head[1:5]) if len(head) >= 5 else None  # noqa: PLR2004  its header


def _bar_code_length(head: bytes, rest: bytearray) -> int | None:
    """GS k m d1…dk NUL, or from m = 65 on GS k m n d1…dn."""
    if len(head) < 2:  # noqa: PLR2004  its header
        return None
    if head[0] >= ord("A"):
        return 2 + head[1]
    end = rest.find(0, 1)
    return None if end < 0 else end + 1


def _tabs_length(_: bytes, rest: bytearray) -> int | None:
    """ESC D n1…nk NUL."""
    end = rest.find(0)
    return None if end < 0 else end + 1


def _download_length(head: bytes, _: bytearray) -> int | None:
    """GS * x y d1…dk."""
    return 2 + head[0] * head[1] * 8 if len(head) >= 2 else None  # noqa: PLR2004  its header


def _pulse_length(head: bytes, _: bytearray) -> int | None:
    """DLE DC4 fn …: 1 a pulse, 2 power off, 8 clear."""
    return {1: 3, 2: 3, 8: 8}.get(head[0], 1) if head else None


def _status_length(head: bytes, _: bytearray) -> int | None:
    """DLE EOT n, and a second byte for 7, 8 and 18."""
    return (2 if head[0] in {7, 8, 18} else 1) if head else None


_MEASURES: Mapping[str, Callable[[bytes, bytearray], int | None]] = {
    "GS V": _cut_length,
    "GS v": _raster_length,
    "ESC *": _columns_length,
    "GS (": _bracket_length,
    "FS (": _bracket_length,
    "GS 8": _long_bracket_length,
    "GS k": _bar_code_length,
    "ESC D": _tabs_length,
    "GS *": _download_length,
    "DLE \x14": _pulse_length,
    "DLE \x04": _status_length,
}
"""Commands that say themselves how long they are."""
