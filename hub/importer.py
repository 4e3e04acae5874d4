"""Master data from the office's spreadsheets: checked to the last cell first, then written at one go or not at all.

What a file may hold follows from the declarations in `objects/`; here is the way in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from msgspec import Struct
from sqlalchemy import Connection

from domain.problem import Problem, refusal
from hub.cells import CellError, Value
from hub.draft import Draft, Line
from hub.draft_check import May, check_draft, check_rights, check_unique, may_everything, read_cell
from hub.findings import Finding, Findings
from hub.object import ObjectType, objects
from hub.reference import ReferenceData
from hub.spreadsheet import SheetError, SheetRow, as_written, read_sheet
from hub.store.event_log import EventLog
from hub.store.reference import Author, Record, write_records

ERRORS_SHOWN_MAX = 200
HEADER_ROWS_MAX = 10
"""The header is looked for in this many first rows: above it stands a title, at most."""
LIKENESS = 0.6

importers = objects
"""Everything a file can be brought in for, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row whose every cell is sound; columns that the file does not have are not in it."""

    number: int
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """Return a text column's value."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


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
    problems: tuple[Finding, ...] = ()
    ignored_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file after checking: the records by key, or what is wrong."""

    rows: int
    records: Mapping[str, Struct]
    problems: tuple[Finding, ...]
    ignored_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Which column of a file is which, where its header does not say so: the header's text to the column's name.

    An empty name leaves a column out.
    """

    names: Mapping[str, str] = field(default_factory=dict[str, str])


AS_NAMED = Mapped()


def check_file(
    kind: str, data: bytes, known: ReferenceData, mapped: Mapped = AS_NAMED, may: May = may_everything
) -> Checked:
    """Check a CSV or Excel file cell by cell against what is known. Writes nothing."""
    try:
        rows = read_sheet(data)
    except SheetError as error:
        return _refused(error.problem)
    return check_rows(kind, rows, known, mapped, may)


def check_rows(
    kind: str,
    rows: Sequence[SheetRow],
    known: ReferenceData,
    mapped: Mapped = AS_NAMED,
    may: May = may_everything,
) -> Checked:
    """Check rows of which one of the first is the header. Writes nothing."""
    declared = objects()[kind]
    header = find_header(declared, rows, mapped)
    if isinstance(header, Checked):
        return header
    findings = Findings()
    sound = list(_sound_rows(declared, rows[header.index + 1 :], header, findings))
    if not sound and not findings.found:
        return _refused(refusal("import.no_rows"), header.ignored)
    records = _build_all(declared, sound, known, may, findings)
    return Checked(
        rows=len(rows) - header.index - 1,
        records=records,
        problems=findings.in_order(),
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
    mapped: Mapped = AS_NAMED,
    author: Author | None = None,
    may: May = may_everything,
) -> ImportReport:
    """Check a file and, unless it is a dry run or has an error, write it inside the caller's transaction.

    `connection` is a `writing` one (for a dry run `reading` will do); `kind` is one of `objects()`. `may`: what whoever
    brings it in may do.
    """
    if not dry_run:
        log.lock(connection, plant)  # what is checked now must still be true when it is written
    known = ReferenceData(connection, plant)
    checked = (
        check_file(kind, data, known, mapped, may)
        if isinstance(data, bytes)
        else check_rows(kind, data, known, mapped, may)
    )
    declared = objects()[kind]
    counts = known.compare(declared.kind, checked.records, declared.form)
    writes = not dry_run and not checked.problems
    if writes:
        records = [
            Record(kind=declared.kind, key=key, body=record)
            for key, record in sorted(checked.records.items())
        ]
        write_records(connection, log, plant, records, author)
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


def rows_of_objects(rows: Sequence[Mapping[str, str | int | bool | None]]) -> tuple[SheetRow, ...]:
    """Turn rows given as objects (column name: value) into sheet rows with a header; the first object is row 1."""
    names = tuple(dict.fromkeys(name for one in rows for name in one))
    found = [SheetRow(number=0, cells=names)]
    for number, one in enumerate(rows, start=1):
        found.append(SheetRow(number=number, cells=tuple(_plain(one.get(name)) for name in names)))
    return tuple(found)


def _plain(value: str | int | bool | None) -> str:  # noqa: FBT001 - a cell
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case _:
            return str(value).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the header stands and which cell belongs to which column."""

    index: int
    places: Mapping[str, int]
    ignored: tuple[str, ...]


def _refused(problem: Problem, ignored: tuple[str, ...] = ()) -> Checked:
    findings = Findings()
    findings.note(0, "", problem)
    return Checked(rows=0, records={}, problems=tuple(findings.found), ignored_columns=ignored)


def _folded(text: str) -> str:
    """Return a header as it is compared: without case, blanks, underscores and the star of mandatory columns."""
    return "".join(char for char in text.casefold() if char not in " _-*＊\u3000\n\r")


def find_header(
    declared: ObjectType, rows: Sequence[SheetRow], mapped: Mapped = AS_NAMED
) -> Header | Checked:
    """Return where the header stands, or what is wrong with it."""
    names = _names(declared)
    names |= {_folded(header): name for header, name in mapped.names.items()}
    found = [
        (sum(bool(names.get(_folded(cell))) for cell in row.cells), -index)
        for index, row in enumerate(rows[:HEADER_ROWS_MAX])
    ]
    matches, negative = max(found, default=(0, 0))
    if not matches:
        expected = ", ".join(declared.title(column) for column in declared.columns if column.required)
        seen = next((" | ".join(cell for cell in row.cells if cell) for row in rows), "")
        return _refused(refusal("import.no_header", expected=expected, found=seen))
    return _judge_header(declared, rows[-negative], -negative, names)


def columns_of(declared: ObjectType, rows: Sequence[SheetRow]) -> Sequence[tuple[str, str]]:
    """Return a file's columns by their headers, each with the field it is taken for; empty where it is none."""
    names = _names(declared)
    best = max(rows[:HEADER_ROWS_MAX], key=lambda row: sum(_folded(cell) in names for cell in row.cells))
    return [(cell, names.get(_folded(cell), "")) for cell in best.cells if cell]


def _names(declared: ObjectType) -> dict[str, str]:
    """Return the columns' names by every header they may have."""
    return {
        _folded(header): column.name for column in declared.columns for header in declared.headers(column)
    }


def _judge_header(
    declared: ObjectType, row: SheetRow, index: int, names: Mapping[str, str]
) -> Header | Checked:
    findings = Findings()
    places: dict[str, int] = {}
    strange: list[str] = []
    left_out: list[str] = []
    for place, cell in enumerate(row.cells):
        name = names.get(_folded(cell))
        if name is None:
            strange += [cell] if cell else []
        elif not name:
            left_out.append(cell)
        elif name in places:
            findings.note(row.number, cell, refusal("import.column_twice", column=cell))
        else:
            places[name] = place
    open_names = {folded: name for folded, name in names.items() if name and name not in places}
    for cell in strange:
        if alike := get_close_matches(_folded(cell), open_names, n=1, cutoff=LIKENESS):
            meant = declared.title(declared.field(open_names[alike[0]]))
            findings.note(row.number, cell, refusal("import.column_meant", column=cell, meant=meant))
    for column in declared.columns:
        if column.required and column.name not in places:
            title = declared.title(column)
            findings.note(row.number, title, refusal("import.column_missing", column=title))
    ignored = (*strange, *left_out)
    if findings.found:
        return Checked(rows=0, records={}, problems=tuple(findings.found), ignored_columns=ignored)
    return Header(index=index, places=places, ignored=ignored)


def _sound_rows(
    declared: ObjectType, rows: Sequence[SheetRow], header: Header, findings: Findings
) -> Iterator[Row]:
    present = [one for one in declared.columns if one.name in header.places]
    for row in rows:
        values: dict[str, Value] = {}
        before = len(findings.found)
        for column in present:
            place = header.places[column.name]
            text = as_written(row.cells[place]) if place < len(row.cells) else ""
            try:
                values[column.name] = read_cell(column, text)
            except CellError as error:
                findings.note(row.number, declared.title(column), error.problem, name=column.name)
        if len(findings.found) == before:
            yield Row(number=row.number, values=values)


def _build_all(
    declared: ObjectType, rows: Sequence[Row], known: ReferenceData, may: May, findings: Findings
) -> Mapping[str, Struct]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.text(declared.number), []).append(row)
    records: dict[str, Struct] = {}
    first_rows: dict[str, int] = {}
    for number, group in groups.items():
        first = group[0]
        if not declared.has_lines:
            _refuse_repeats(declared, number, group, findings)
        elif _disagrees(declared, number, group, findings):
            continue
        draft = _draft(declared, group)
        held = declared.find(known, number)
        made = check_draft(declared, draft, held, known, findings)
        if made is not None:
            check_rights(declared, held, made[1], known, may, findings, first.number)
            records[made[0]], first_rows[made[0]] = made[1], first.number
    check_unique(declared, records, first_rows, known, findings)
    return records


def _draft(declared: ObjectType, group: Sequence[Row]) -> Draft:
    own, of_lines = ({one.name for one in fields} for fields in (declared.fields, declared.lines))
    first = group[0]
    lines = [
        Line(row=row.number, values={name: value for name, value in row.values.items() if name in of_lines})
        for row in group
    ]
    return Draft(
        values={name: value for name, value in first.values.items() if name in own},
        lines=tuple(lines) if declared.has_lines else (),
        row=first.number,
    )


def _refuse_repeats(declared: ObjectType, number: str, group: Sequence[Row], findings: Findings) -> None:
    for row in group[1:]:
        problem = refusal("import.key_twice", value=number, row=group[0].number)
        findings.note(row.number, declared.title(declared.number_field), problem, name=declared.number)


def _disagrees(declared: ObjectType, number: str, group: Sequence[Row], findings: Findings) -> bool:
    """Note it where the rows of one record say different things of it."""
    first = group[0]
    for one in declared.fields:
        alike = (first.values.get(one.name), one.kind.empty, None)
        odd = next((row for row in group if row.values.get(one.name) not in alike), None)
        if odd is not None:
            problem = refusal("import.order_disagrees", order=number, first=first.number)
            findings.note(odd.number, declared.title(one), problem, name=one.name)
            return True
    return False
