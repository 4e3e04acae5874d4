"""Master data as spreadsheets: what is exported comes in again and changes nothing; no cell is ever a formula."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs] - published without types

from domain.names import Language
from domain.words import speak
from hub.cells import Value, shown
from hub.object import Field, ObjectType
from hub.spreadsheet import formula_safe
from hub.views.objects import ObjectRow

_COLUMN_CHARS = 18
_BOM = "\ufeff"
"""So that spreadsheet programs read the file as UTF-8."""


def csv_sheet(declared: ObjectType, rows: Sequence[ObjectRow], language: Language) -> bytes:
    """Return rows as CSV with a heading."""
    file = io.StringIO()
    writer = csv.writer(file)
    columns = declared.columns
    writer.writerow(_headings(declared, columns, language))
    for cells in _cells(declared, columns, rows):
        writer.writerow([formula_safe(shown(cell)) for cell in cells])
    return (_BOM + file.getvalue()).encode()


def xlsx_sheet(declared: ObjectType, rows: Sequence[ObjectRow], language: Language) -> bytes:
    """Return rows as an Excel file with a heading: texts are texts, numbers that fit one exactly are numbers."""
    file = io.BytesIO()
    book: Any = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    columns = declared.columns
    for place, heading in enumerate(_headings(declared, columns, language)):
        sheet.write_string(0, place, heading, bold)
    for number, cells in enumerate(_cells(declared, columns, rows), start=1):
        for place, cell in enumerate(cells):
            if isinstance(cell, int | Decimal) and not isinstance(cell, bool) and _fits_float(cell):
                sheet.write_number(number, place, float(cell))
            else:
                sheet.write_string(number, place, shown(cell))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(columns) - 1, 0), _COLUMN_CHARS)
    book.close()
    return file.getvalue()


def _headings(declared: ObjectType, columns: Sequence[Field], language: Language) -> list[str]:
    """Return what the columns are called, with a star where a cell must not be empty."""
    return [speak(language, declared.words(one)) + ("*" if one.required else "") for one in columns]


def _cells(
    declared: ObjectType, columns: Sequence[Field], rows: Sequence[ObjectRow]
) -> Iterator[list[Value]]:
    """Yield a row for each record, or for each of its lines."""
    own = {one.name for one in declared.fields}
    for row in rows:
        for line in row.lines or ({},):
            yield [(row.values if one.name in own else line).get(one.name, "") for one in columns]


def _fits_float(value: int | Decimal) -> bool:
    """Tell whether a number comes back from a spreadsheet as it is."""
    return str(float(value)).removesuffix(".0") == shown(value)
