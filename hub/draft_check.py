"""From texts to a record that may be written: every rule of the declaration in one place, whatever the way in."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from domain.problem import refusal
from hub.cells import CellError, Value
from hub.draft import Draft, Line
from hub.findings import Findings
from hub.object import Field, ObjectType, objects
from hub.reference import ReferenceData

Held = tuple[str, Struct] | None
"""The key and record that are there already."""
May = Callable[[str], bool]
"""Tells whether whoever writes has a right."""


def read_cell(one: Field, text: str) -> Value:
    """Make a field's value of a text. Raises CellError."""
    if text:
        return one.kind.read(text)
    if one.required:
        raise CellError("import.cell_empty")
    return one.kind.empty


def read_values(
    declared: ObjectType, fields: Sequence[Field], texts: Mapping[str, str], row: int, findings: Findings
) -> dict[str, Value]:
    """Read the texts that are given; each that cannot be used is noted and left out."""
    found: dict[str, Value] = {}
    for one in fields:
        if one.name not in texts:
            continue
        try:
            found[one.name] = read_cell(one, texts[one.name].strip())
        except CellError as error:
            findings.note(row, declared.title(one), error.problem, name=one.name)
    return found


def check_draft(
    declared: ObjectType, draft: Draft, held: Held, known: ReferenceData, findings: Findings
) -> tuple[str, Struct] | None:
    """Return the key and record a draft makes, or None where something was noted against it.

    `held` is the record it changes. What the draft does not name stays as it is held.
    """
    before = len(findings.found)
    if held is not None and not declared.takes(held[1]):
        place = declared.number_field
        number = draft.values.get(declared.number, held[0])
        owner = _owner(declared, held[1])
        problem = refusal("import.belongs_elsewhere", value=number, object=f"object.{owner}")
        findings.note(draft.row, declared.title(place), problem, name=place.name)
        return None
    whole = _completed(declared, draft, held, known, findings)
    if declared.has_lines and not draft.lines:
        findings.note(draft.row, "", refusal("object.no_lines"))
    _check_references(declared, whole, known, findings)
    if len(findings.found) > before:
        return None
    try:
        record = declared.make(whole, held[1] if held else None, known)
    except CellError as error:
        at = next((one for one in declared.columns if one.name == error.column), None)
        findings.note(
            error.row or draft.row, declared.title(at) if at else "", error.problem, name=error.column
        )
        return None
    return (held[0] if held else declared.key_of(record, whole)), record


def may_everything(_right: str) -> bool:
    """Hold for whoever has the machine itself: its commands are asked for no right."""
    return True


def check_rights(  # noqa: PLR0917 - a record, as it was and as it is to be
    declared: ObjectType,
    held: Held,
    made: Struct,
    known: ReferenceData,
    may: May,
    findings: Findings,
    row: int = 0,
) -> None:
    """Note every field that says something else than before, and needs a right of its own that is not there."""
    before: Mapping[str, Value] = declared.values(held[1], held[0], known) if held else {}
    after = declared.values(made, held[0] if held else "", known)
    for one in declared.fields:
        if not one.right or may(one.right):
            continue
        was = before.get(one.name, one.kind.empty)
        is_broken = one.seals and bool(was) and held is not None and made != held[1]
        if is_broken or _differ(was, after[one.name]):
            code = "object.sealed" if is_broken else "object.needs_right"
            problem = refusal(code, field=declared.words(one), right=one.right)
            findings.note(row, declared.title(one), problem, name=one.name)


def _differ(before: Value, after: Value) -> bool:
    """Tell whether two values say something else; lists in another order do not."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return frozenset(before) != frozenset(after)
    return before != after


def check_unique(
    declared: ObjectType,
    records: Mapping[str, Struct],
    rows: Mapping[str, int],
    known: ReferenceData,
    findings: Findings,
) -> None:
    """Note values that two records of the kind would share.

    What is said anew of a record counts, not what is held of it: two may exchange their values.
    """
    held = known.records(declared.kind, declared.form).items()
    for name, value_of in declared.unique.items():
        taken = {value_of(record): key for key, record in held if key not in records}
        for key, record in records.items():
            value = value_of(record)
            owner = taken.setdefault(value, key)
            if value and owner != key:
                problem = refusal("import.value_taken", value=value, other=owner)
                findings.note(rows.get(key, 0), declared.title(declared.field(name)), problem, name=name)


def _completed(
    declared: ObjectType, draft: Draft, held: Held, known: ReferenceData, findings: Findings
) -> Draft:
    """Fill up what the draft leaves open; note what is missing, and what must not change."""
    old: Mapping[str, Value] = declared.values(held[1], held[0], known) if held else {}
    values: dict[str, Value] = {}
    for one in declared.fields:
        empty = one.kind.empty
        value = values[one.name] = draft.values.get(one.name, old.get(one.name, empty))
        if one.required and value in ("", None, ()):
            findings.note(draft.row, declared.title(one), refusal("import.cell_empty"), name=one.name)
        elif held and not one.may_change and old[one.name] not in (value, "", None, ()):
            problem = refusal("import.may_not_change", field=declared.words(one), value=old[one.name])
            findings.note(draft.row, declared.title(one), problem, name=one.name)
    lines = tuple(_line(declared, one, findings) for one in draft.lines)
    return Draft(values=values, lines=lines, row=draft.row)


def _line(declared: ObjectType, line: Line, findings: Findings) -> Line:
    values = {one.name: line.values.get(one.name, one.kind.empty) for one in declared.lines}
    for one in declared.lines:
        if one.required and values[one.name] in ("", None, ()):
            findings.note(line.row, declared.title(one), refusal("import.cell_empty"), name=one.name)
    return Line(row=line.row, values=values)


def _check_references(declared: ObjectType, draft: Draft, known: ReferenceData, findings: Findings) -> None:
    for one in declared.fields:
        _check_reference(declared, one, draft.values[one.name], draft.row, known, findings)
    for line in draft.lines:
        for one in declared.lines:
            _check_reference(declared, one, line.values[one.name], line.row, known, findings)


def _check_reference(  # noqa: PLR0917 - one value at its place
    declared: ObjectType, one: Field, value: Value, row: int, known: ReferenceData, findings: Findings
) -> None:
    """Note every name that is no record of the object the field refers to."""
    if not one.kind.refers_to:
        return
    target = objects()[one.kind.refers_to]
    for name in value if isinstance(value, tuple) else (value,):
        if not isinstance(name, str) or not name:
            continue
        found = target.find(known, name)
        if found is None or not target.belongs(found[1]):
            problem = refusal(one.kind.unknown, value=name, object=f"object.{target.name}")
            findings.note(row, declared.title(one), problem, name=one.name)


def _owner(declared: ObjectType, record: Struct) -> str:
    """Return the object a record of the same kind is registered under."""
    same = (one for one in objects().values() if one.kind == declared.kind)
    return next((one.name for one in same if one.takes(record) and one.name != declared.name), declared.name)
