"""Spreadsheets as factories send them: CSV of any habit and Excel files, turned into rows of clean texts."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from domain.problem import Problem, refusal

FILE_BYTES_MAX = 32 * 1024 * 1024
UNPACKED_BYTES_MAX = 512 * 1024 * 1024
ROWS_MAX = 200_000
COLUMNS_MAX = 200
CELL_CHARS_MAX = 1000
"""The longest text of a field; each kind of field says so where it is read."""
CELL_READ_CHARS_MAX = 32_767
"""What is read of a cell: as much as Excel keeps in one. A list of rights is long."""
DAMAGE = "\ufffd"
"""Stands where bytes were no text; a cell that holds it is refused by its column."""

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_FORMULA_BEGINS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_DELIMITERS = ",;\t"
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
# Characters nobody sees and nobody typed on purpose: byte order mark, zero widths, soft hyphen.
_INVISIBLE: dict[int, None] = dict.fromkeys((0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD))
_UNSEEN_DAMAGE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row: its number as the spreadsheet program shows it, and its cells, trimmed."""

    number: int
    cells: tuple[str, ...]


class SheetError(ValueError):
    """The file as a whole cannot be read. `problem` says why, in words of the catalogue."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_sheet(data: bytes) -> tuple[SheetRow, ...]:
    """Return the rows that hold anything. Excel files are known by their first bytes, all else is CSV.

    Of a workbook the first sheet with content counts. Raises SheetError.
    """
    if len(data) > FILE_BYTES_MAX:
        raise SheetError(refusal("import.file_too_large", limit=f"{FILE_BYTES_MAX // 1024 // 1024} MiB"))
    rows = _workbook_rows(data) if data.startswith((_ZIP_MAGIC, _OLE_MAGIC)) else _csv_rows(decode(data))
    found = tuple(rows)
    if not found:
        raise SheetError(refusal("import.empty"))
    return found


def formula_safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula: what could begin one gets an apostrophe before it."""
    return f"'{text}" if _begins_formula(text) else text


def as_written(text: str) -> str:
    """Take the apostrophe of `formula_safe` off again."""
    return text[1:] if text.startswith("'") and _begins_formula(text[1:]) else text


def _begins_formula(text: str) -> bool:
    return text.lstrip()[:1] in _FORMULA_BEGINS if text.strip() else False


def cell_text(value: Cell) -> str:
    """Return a cell as text: whole numbers without decimals, dates as ISO 8601, blanks of every kind trimmed."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float() if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact below this
            return str(int(value))
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case int() | float() | timedelta():
            return str(value)
        case str():
            return _trim(value)


def decode(data: bytes) -> str:
    """Return the text of a CSV file: UTF-8 with or without mark, UTF-16 with mark, or GB 18030.

    Mostly sound UTF-8 with a few broken bytes stays UTF-8, so that the broken cells are found and named.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        patched = data.decode("utf-8-sig", errors="replace")
    damaged = patched.count(DAMAGE)
    sound = sum(not char.isascii() for char in patched) - damaged
    if damaged * 4 < sound:
        return patched
    return data.decode("gb18030", errors="replace")


def _trim(text: str) -> str:
    """Cut blanks of every width from both ends; mark control characters as damage, they were never typed."""
    clean = _UNSEEN_DAMAGE.sub(DAMAGE, unicodedata.normalize("NFC", text).translate(_INVISIBLE))
    return clean.strip()[:CELL_READ_CHARS_MAX]


def _rows(table: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[SheetRow]:
    count = 0
    for number, cells in table:
        if len(cells) > COLUMNS_MAX and any(cell_text(cell) for cell in cells[COLUMNS_MAX:]):
            raise SheetError(refusal("import.too_many_columns", row=number, limit=COLUMNS_MAX))
        texts = tuple(cell_text(cell) for cell in cells[:COLUMNS_MAX])
        if not any(texts):
            continue
        count += 1
        if count > ROWS_MAX:
            raise SheetError(refusal("import.too_many_rows", limit=ROWS_MAX))
        yield SheetRow(number=number, cells=texts)


def _csv_rows(text: str) -> Iterator[SheetRow]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)

    def numbered() -> Iterator[tuple[int, Sequence[Cell]]]:
        ended = 0
        for row in reader:
            # A cell may hold line ends: the row's number is the line it begins on.
            begun, ended = ended + 1, reader.line_num
            yield begun, row

    try:
        yield from _rows(numbered())
    except csv.Error as error:
        raise SheetError(refusal("import.unreadable", row=reader.line_num, reason=error)) from error


def _workbook_rows(data: bytes) -> Iterator[SheetRow]:
    _refuse_bombs(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names:
            table = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if found := tuple(_rows(enumerate(table, start=1))):
                yield from found
                return
    except (CalamineError, ZipError) as error:
        raise SheetError(refusal("import.unreadable", row=0, reason=error)) from error


def _refuse_bombs(data: bytes) -> None:
    """Refuse a workbook that would unpack to more than memory is for."""
    if not data.startswith(_ZIP_MAGIC):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SheetError(refusal("import.unreadable", row=0, reason=error)) from error
    if size > UNPACKED_BYTES_MAX:
        raise SheetError(refusal("import.file_too_large", limit=f"{UNPACKED_BYTES_MAX // 1024 // 1024} MiB"))
