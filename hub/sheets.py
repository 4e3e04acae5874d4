"""Tables as files people open in a spreadsheet: CSV and XLSX, each cell safe to open.

A text is always a text, never a formula or a link. A number is a number as far as a spreadsheet holds it exactly.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs] (its types stand in its own files)

from hub.spreadsheet import formula_safe

EXACT_DIGITS = 15
"""A spreadsheet's numbers are binary floats of 64 bits: so many decimal digits survive them (IEEE 754)."""
SHEET_NAME_CHARS = 31
CELL_CHARS_MAX = 32_767
"""A cell of XLSX holds no longer text (Excel specifications and limits)."""

Cell = str | Decimal | int | None


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula: what could begin one gets an apostrophe before it."""
    plain = "".join(" " if one in "\r\n\t" else one for one in text)
    return formula_safe(plain)


def as_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write rows as CSV."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([_in_csv(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()  # so that Excel reads it as UTF-8


def as_xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write rows as a workbook of one sheet, the first row its heading."""
    with tempfile.TemporaryFile() as file:
        # Each row goes to the disk as it comes, so a long answer takes no memory.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        workbook: Any = xlsxwriter.Workbook(file, options)  # published with half its types
        sheet = workbook.add_worksheet(title[:SHEET_NAME_CHARS])
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell[:CELL_CHARS_MAX], None if number else bold)
                elif _is_exact(cell):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, str(cell))
        workbook.close()
        file.seek(0)
        return file.read()


def _in_csv(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe_cell(cell)
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _is_exact(number: Decimal | int) -> bool:
    return len(Decimal(number).normalize().as_tuple().digits) <= EXACT_DIGITS
