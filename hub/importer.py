"""Reference data from the office's spreadsheets: checked to the last cell first, then written at one go or not at all.

This file is the contract and the way in; the folder `importers/` holds one declaration per kind of data.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

import hub.importers
from domain.names import Language
from domain.problem import Problem, refusal
from domain.words import speak_problem
from hub.cells import CellError, Value, as_text
from hub.reference import ReferenceData
from hub.spreadsheet import SheetError, SheetRow, read_sheet
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records

ERRORS_SHOWN_MAX = 200
HEADER_ROWS_MAX = 10
"""The header is looked for in this many first rows: above it stands a title, at most."""
LIKENESS = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column a file may have. `headers` are its names in the file, Chinese first; `name` is one of them too.

    `read` makes a value of the cell's text or raises CellError. An empty cell is `default`, an error where `required`.
    """

    name: str
    headers: tuple[str, ...]
    read: Callable[[str], Value] = as_text
    required: bool = False
    default: Value = ""

    @property
    def title(self) -> str:
        """Return what to call it before people: "编号 / number"."""
        return " / ".join((*self.headers[:1], self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row whose every cell is sound."""

    number: int
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """Return a text column's value."""
        value = self.values[name]
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """Tell whether a yes-or-no column says yes."""
        return self.values[name] is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """The declaration of one kind of data.

    `kind` is its name in commands and addresses, `reference_kind` its kind in the reference table. `key_column` names
    the record a row belongs to; `has_lines`: several rows may belong to one. `build` makes the record of its rows and
    raises CellError for what fits no column alone; `key` is the record's key in the reference table. `unique`: values
    (by column) that two records may not share; empty ones are free.
    """

    kind: str
    reference_kind: str
    columns: tuple[Column, ...]
    key_column: str
    build: Callable[[Sequence[Row], ReferenceData], Struct]
    key: Callable[[Any, Row], str]
    unique: Mapping[str, Callable[[Any], str]] = field(default_factory=dict[str, Callable[[Any], str]])
    has_lines: bool = False


class ImportProblem(Struct, frozen=True, kw_only=True):
    """One thing wrong with a file: where, and why in both languages. Row 0 is the file as a whole."""

    row: int
    column: str
    code: str
    zh: str
    en: str

    def of(self, language: Language) -> str:
        """Return the reason for a reader of `language`."""
        return self.zh if language == "zh-CN" else self.en


class ImportReport(Struct, frozen=True, kw_only=True):
    """What an import did, or would do. With a single error nothing is written.

    `errors` counts them all, `problems` shows the first ERRORS_SHOWN_MAX.
    """

    kind: str
    plant: str
    dry_run: bool
    written: bool
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: int = 0
    problems: tuple[ImportProblem, ...] = ()
    ignored_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file after checking: the records by key, or what is wrong."""

    rows: int
    records: Mapping[str, Struct]
    problems: tuple[ImportProblem, ...]
    ignored_columns: tuple[str, ...]


@cache
def importers() -> Mapping[str, Importer]:
    """Return every kind of data the folder knows, by name."""
    found: dict[str, Importer] = {}
    for module in sorted(pkgutil.iter_modules(hub.importers.__path__), key=lambda one: one.name):
        declared: Importer = importlib.import_module(f"hub.importers.{module.name}").IMPORTER
        found[declared.kind] = declared
    return MappingProxyType(found)


def check_file(kind: str, data: bytes, known: ReferenceData) -> Checked:
    """Check a CSV or Excel file cell by cell against what is known. Writes nothing."""
    try:
        rows = read_sheet(data)
    except SheetError as error:
        return _refused(error.problem)
    return check_rows(kind, rows, known)


def check_rows(kind: str, rows: Sequence[SheetRow], known: ReferenceData) -> Checked:
    """Check rows of which one of the first is the header. Writes nothing."""
    importer = importers()[kind]
    header = _find_header(importer, rows)
    if isinstance(header, Checked):
        return header
    checking = _Checking()
    sound = list(_sound_rows(importer, rows[header.index + 1 :], header, checking))
    if not sound and not checking.problems:
        return _refused(refusal("import.no_rows"), header.ignored)
    records = _build_all(importer, sound, known, checking)
    return Checked(
        rows=len(rows) - header.index - 1,
        records=records,
        problems=tuple(sorted(checking.problems, key=lambda one: one.row)),
        ignored_columns=header.ignored,
    )


def run_import(
    connection: Connection,
    log: EventLog,
    *,
    plant: str,
    kind: str,
    data: bytes | Sequence[SheetRow],
    dry_run: bool,
) -> ImportReport:
    """Check a file and, unless it is a dry run or has an error, write it inside the caller's transaction.

    `connection` is a `writing` one (for a dry run `reading` will do); `kind` is one of `importers()`.
    """
    if not dry_run:
        log.lock(connection, plant)  # what is checked now must still be true when it is written
    known = ReferenceData(connection, plant)
    checked = check_file(kind, data, known) if isinstance(data, bytes) else check_rows(kind, data, known)
    importer = importers()[kind]
    counts = known.compare(importer.reference_kind, checked.records)
    writes = not dry_run and not checked.problems
    if writes:
        records = [
            Record(kind=importer.reference_kind, key=key, body=record)
            for key, record in sorted(checked.records.items())
        ]
        write_records(connection, log, plant, records)
    return ImportReport(
        kind=kind,
        plant=plant,
        dry_run=dry_run,
        written=writes,
        rows=checked.rows,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        errors=len(checked.problems),
        problems=checked.problems[:ERRORS_SHOWN_MAX],
        ignored_columns=checked.ignored_columns,
    )


def rows_of_objects(objects: Sequence[Mapping[str, str | int | bool | None]]) -> tuple[SheetRow, ...]:
    """Turn rows given as objects (column name: value) into sheet rows with a header; the first object is row 1."""
    names = tuple(dict.fromkeys(name for one in objects for name in one))
    rows = [SheetRow(number=0, cells=names)]
    for number, one in enumerate(objects, start=1):
        rows.append(SheetRow(number=number, cells=tuple(_plain(one.get(name)) for name in names)))
    return tuple(rows)


def _plain(value: str | int | bool | None) -> str:  # noqa: FBT001 - a cell
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case _:
            return str(value).strip()


@dataclass(slots=True)
class _Checking:
    """What has been found wrong so far."""

    problems: list[ImportProblem] = field(default_factory=list[ImportProblem])

    def note(self, row: int, column: str, problem: Problem) -> None:
        self.problems.append(
            ImportProblem(
                row=row,
                column=column,
                code=problem.code,
                zh=speak_problem("zh-CN", problem),
                en=speak_problem("en", problem),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """Where the header stands and which cell belongs to which column."""

    index: int
    places: Mapping[str, int]
    ignored: tuple[str, ...]


def _refused(problem: Problem, ignored: tuple[str, ...] = ()) -> Checked:
    checking = _Checking()
    checking.note(0, "", problem)
    return Checked(rows=0, records={}, problems=tuple(checking.problems), ignored_columns=ignored)


def _folded(text: str) -> str:
    """Return a header as it is compared: without case, blanks, underscores and the star of mandatory columns."""
    return "".join(char for char in text.casefold() if char not in " _-*＊\u3000\n\r")


def _find_header(importer: Importer, rows: Sequence[SheetRow]) -> _Header | Checked:
    names = {
        _folded(header): column.name
        for column in importer.columns
        for header in (column.name, *column.headers)
    }
    found = [
        (sum(_folded(cell) in names for cell in row.cells), -index)
        for index, row in enumerate(rows[:HEADER_ROWS_MAX])
    ]
    matches, negative = max(found, default=(0, 0))
    if not matches:
        expected = ", ".join(column.title for column in importer.columns if column.required)
        seen = next((" | ".join(cell for cell in row.cells if cell) for row in rows), "")
        return _refused(refusal("import.no_header", expected=expected, found=seen))
    return _judge_header(importer, rows[-negative], -negative, names)


def _judge_header(
    importer: Importer, row: SheetRow, index: int, names: Mapping[str, str]
) -> _Header | Checked:
    checking = _Checking()
    places: dict[str, int] = {}
    strange: list[str] = []
    for place, cell in enumerate(row.cells):
        name = names.get(_folded(cell))
        if name is None:
            strange += [cell] if cell else []
        elif name in places:
            checking.note(row.number, cell, refusal("import.column_twice", column=cell))
        else:
            places[name] = place
    titles = {column.name: column.title for column in importer.columns}
    open_names = {folded: name for folded, name in names.items() if name not in places}
    for cell in strange:
        if alike := get_close_matches(_folded(cell), open_names, n=1, cutoff=LIKENESS):
            meant = titles[open_names[alike[0]]]
            checking.note(row.number, cell, refusal("import.column_meant", column=cell, meant=meant))
    for column in importer.columns:
        if column.required and column.name not in places:
            checking.note(row.number, column.title, refusal("import.column_missing", column=column.title))
    ignored = tuple(strange)
    if checking.problems:
        return Checked(rows=0, records={}, problems=tuple(checking.problems), ignored_columns=ignored)
    return _Header(index=index, places=places, ignored=ignored)


def _sound_rows(
    importer: Importer, rows: Sequence[SheetRow], header: _Header, checking: _Checking
) -> Iterator[Row]:
    for row in rows:
        values: dict[str, Value] = {}
        before = len(checking.problems)
        for column in importer.columns:
            place = header.places.get(column.name, len(row.cells))
            text = row.cells[place] if place < len(row.cells) else ""
            try:
                values[column.name] = _read(column, text)
            except CellError as error:
                checking.note(row.number, column.title, error.problem)
        if len(checking.problems) == before:
            yield Row(number=row.number, values=values)


def _read(column: Column, text: str) -> Value:
    if text:
        return column.read(text)
    if column.required:
        raise CellError("import.cell_empty")
    return column.default


def _build_all(
    importer: Importer, rows: Sequence[Row], known: ReferenceData, checking: _Checking
) -> Mapping[str, Struct]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.text(importer.key_column), []).append(row)
    titles = {column.name: column.title for column in importer.columns}
    records: dict[str, Struct] = {}
    first_rows: dict[str, Row] = {}
    for name, group in groups.items():
        first = group[0]
        if not importer.has_lines:
            _refuse_repeats(name, group, titles[importer.key_column], checking)
        try:
            record = importer.build(group, known)
        except CellError as error:
            checking.note(error.row or first.number, titles.get(error.column, ""), error.problem)
            continue
        key = importer.key(record, first)
        records[key], first_rows[key] = record, first
    for column, value_of in importer.unique.items():
        # What the file says anew of a record counts, not what is held of it: two may exchange their values.
        held = known.records(importer.reference_kind).items()
        taken = {value_of(record): key for key, record in held if key not in records}
        for key, record in records.items():
            value = value_of(record)
            owner = taken.setdefault(value, key)
            if value and owner != key:
                problem = refusal("import.value_taken", value=value, other=owner)
                checking.note(first_rows[key].number, titles[column], problem)
    return records


def _refuse_repeats(name: str, group: Sequence[Row], title: str, checking: _Checking) -> None:
    for row in group[1:]:
        checking.note(row.number, title, refusal("import.key_twice", value=name, row=group[0].number))
