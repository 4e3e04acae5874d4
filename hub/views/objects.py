"""Records of master data as pages and answers show them: searched, sorted, page by page; one with its history."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import Connection, select

from domain.names import Language, Names
from domain.words import has_words, speak
from hub.cells import Value, shown
from hub.object import Field, ObjectType
from hub.reference import ReferenceData
from hub.store.tables import reference_acts, reference_history
from hub.views.page import Asked, CursorError, Word, cut, decode_key, encode_key

HISTORY_MAX = 200
LINE_CHARS_MAX = 120
"""Of a line of a long text, in a history."""


class ObjectQuery(Asked, frozen=True, kw_only=True):
    """Which records are asked for.

    `search`: words that must all be somewhere in it. `sort`: a field; `-` before it turns it round. `where`: fields and
    what they must be.
    """

    search: Annotated[str, Meta(max_length=200)] = ""
    sort: Word = ""
    disabled: bool = False
    where: Mapping[str, str] = {}


class ObjectRow(Struct, frozen=True, kw_only=True):
    """One record: its key, and what it says by field."""

    key: str
    values: Mapping[str, Value]
    is_disabled: bool
    lines: Sequence[Mapping[str, Value]] = ()


class ObjectPage(Struct, frozen=True, kw_only=True):
    """A page of records; `matching` is how many there are in all."""

    rows: Sequence[ObjectRow]
    matching: int
    next: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """One field of a version that says something else than before; `words` names the field."""

    field: str
    words: str
    before: str
    after: str


class Version(Struct, frozen=True, kw_only=True):
    """One version of a record: who wrote it, when, by which way in, and what changed with it."""

    revision: int
    act: str
    person: str
    at: str
    means: str
    changes: Sequence[Change]


def all_rows(declared: ObjectType, known: ReferenceData) -> list[ObjectRow]:
    """Return every record of an object by key."""
    return [
        ObjectRow(
            key=key,
            values=(values := declared.values(record, key, known)),
            is_disabled=bool(values.get("disabled") or values.get("closed")),
            lines=declared.line_values(record, known),
        )
        for key, record in sorted(known.records(declared.kind, declared.form).items())
        if declared.belongs(record)
    ]


def object_page(declared: ObjectType, known: ReferenceData, query: ObjectQuery) -> ObjectPage:
    """Return the page asked for. Raises CursorError for a cursor that is none of this list's."""
    name, is_down = _sorted_by(declared, query.sort)
    rows = matching_rows(declared, known, query)
    rows.sort(key=lambda row: _place(row, name), reverse=is_down)
    matching = len(rows)
    if query.after:
        after = _after(query.after)
        rows = [row for row in rows if (_place(row, name) < after if is_down else _place(row, name) > after)]
    page, more = cut(rows[: query.limit + 1], query.limit)
    last = page[-1] if page else None
    following = encode_key([*_rank(last.values.get(name)), last.key]) if more and last else ""
    return ObjectPage(rows=page, matching=matching, next=following)


def matching_rows(declared: ObjectType, known: ReferenceData, query: ObjectQuery) -> list[ObjectRow]:
    """Return every record that a query lets through, by key."""
    words = query.search.casefold().split()
    return [row for row in all_rows(declared, known) if _matches(row, query, words)]


def object_row(declared: ObjectType, known: ReferenceData, key: str) -> ObjectRow | None:
    """Return one record by its key."""
    record = known.records(declared.kind, declared.form).get(key)
    if record is None or not declared.belongs(record):
        return None
    values = declared.values(record, key, known)
    return ObjectRow(
        key=key,
        values=values,
        is_disabled=bool(values.get("disabled") or values.get("closed")),
        lines=declared.line_values(record, known),
    )


def history(
    connection: Connection, declared: ObjectType, known: ReferenceData, key: str
) -> Sequence[Version]:
    """Return a record's versions, the newest first, each with what changed."""
    held, acts = reference_history.c, reference_acts.c
    asked = (
        select(held.revision, held.body_json, acts.person, acts.at, acts.means, acts.from_revision)
        .select_from(
            reference_history.outerjoin(
                reference_acts,
                (acts.plant == held.plant)
                & (acts.through_revision >= held.revision)
                & (acts.from_revision <= held.revision),
            )
        )
        .where(held.plant == known.plant, held.kind == declared.kind, held.key == key)
        .order_by(held.revision.desc())
        .limit(HISTORY_MAX + 1)
    )
    rows = connection.execute(asked).all()
    versions: list[Version] = []
    for row, earlier in zip(rows, [*rows[1:], None], strict=True):
        before = _said(declared, known, key, earlier.body_json if earlier else None)
        after = _said(declared, known, key, row.body_json)
        act = "deleted" if row.body_json is None else "modified" if before else "registered"
        versions.append(
            Version(
                revision=row.revision,
                act=act,
                person=row.person or "",
                at=row.at or "",
                means=row.means or "unknown",
                changes=_changes(declared, before, after) if act == "modified" else (),
            )
        )
    return versions[:HISTORY_MAX]


class SavedVersion(Struct, frozen=True, kw_only=True):
    """One version of a record as it can be called up again: who wrote it, when."""

    revision: int
    person: str
    at: str


def object_versions(connection: Connection, plant: str, kind: str, key: str) -> Sequence[SavedVersion]:
    """Return the versions of a record that said something, the newest first."""
    held, acts = reference_history.c, reference_acts.c
    asked = (
        select(held.revision, acts.person, acts.at)
        .select_from(
            reference_history.outerjoin(
                reference_acts,
                (acts.plant == held.plant)
                & (acts.through_revision >= held.revision)
                & (acts.from_revision <= held.revision),
            )
        )
        .where(held.plant == plant, held.kind == kind, held.key == key, held.body_json.is_not(None))
        .order_by(held.revision.desc())
        .limit(HISTORY_MAX)
    )
    return [
        SavedVersion(revision=row.revision, person=row.person or "", at=row.at or "")
        for row in connection.execute(asked)
    ]


def version_body(connection: Connection, plant: str, kind: str, key: str, revision: int) -> str | None:
    """Return what a version of a record said, as it was stored; None where there is none."""
    held = reference_history.c
    asked = select(held.body_json).where(
        held.plant == plant, held.kind == kind, held.key == key, held.revision == revision
    )
    return connection.execute(asked).scalar()


def spoken(one: Field, value: Value, language: Language) -> str:
    """Return a value as people read it: a choice in their words, a flag as yes or no, a unit by its name."""
    if isinstance(value, bool):
        return speak(language, "office.yes" if value else "office.no")
    text = shown(value)
    key = f"{one.kind.choice_words}.{text}" if one.kind.choices else f"unit.{text}"
    if (one.kind.choices or one.kind.input == "unit") and has_words(key):
        return speak(language, key)
    return text


def called(values: Mapping[str, Value], language: Language) -> str:
    """Return what a record with a name is called."""
    zh, en = (shown(values.get(name)) for name in ("name", "name_en"))
    return Names(zh=zh, en=en).of(language)


def _said(declared: ObjectType, known: ReferenceData, key: str, body: str | None) -> Mapping[str, str]:
    """Return what a version said, by field; nothing where there was none."""
    if body is None:
        return {}
    record = declared.read(body)
    said = {name: shown(value) for name, value in declared.values(record, key, known).items()}
    for number, line in enumerate(declared.line_values(record, known), start=1):
        said |= {f"{name}.{number}": shown(value) for name, value in line.items()}
    return said


def _changes(declared: ObjectType, before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[Change]:
    names = dict.fromkeys((*before, *after))
    changes: list[Change] = []
    for name in names:
        one = declared.field(name.partition(".")[0])
        was, now = before.get(name, ""), after.get(name, "")
        if was == now:
            continue
        if one.kind.input == "source":
            was, now = _first_lines_changed(was, now)
        changes.append(Change(field=name, words=declared.words(one), before=was, after=now))
    return changes


def _first_lines_changed(before: str, after: str) -> tuple[str, str]:
    """Return the lines at which two long texts begin to differ, with their number."""
    pairs = enumerate(zip_longest(before.split("\n"), after.split("\n")), start=1)
    number, (was, now) = next(pair for pair in pairs if pair[1][0] != pair[1][1])
    return f"{number}: {(was or '')[:LINE_CHARS_MAX]}", f"{number}: {(now or '')[:LINE_CHARS_MAX]}"


def _matches(row: ObjectRow, query: ObjectQuery, words: Sequence[str]) -> bool:
    if row.is_disabled and not query.disabled:
        return False
    for name, wanted in query.where.items():
        value = row.values.get(name)
        if wanted not in value if isinstance(value, tuple) else shown(value) != wanted:
            return False
    if not words:
        return True
    text = "\n".join(shown(value) for value in row.values.values() if not isinstance(value, bool)).casefold()
    return all(word in text for word in words)


def _sorted_by(declared: ObjectType, sort: str) -> tuple[str, bool]:
    name = sort.removeprefix("-")
    known = {one.name for one in declared.fields}
    return (name if name in known else declared.number), sort.startswith("-")


_Rank = tuple[int, str]
"""How a value stands in order: numbers before texts, each among its own."""
_NUMBER_DIGITS = 24


def _rank(value: Value) -> _Rank:
    match value:
        case None:
            return (0, "")
        case bool() | int() | Decimal():
            micros = int(Decimal(value) * 10**6) + 10**_NUMBER_DIGITS
            return (1, f"{micros:0{_NUMBER_DIGITS + 1}d}")
        case _:
            return (2, shown(value).casefold())


def _place(row: ObjectRow, name: str) -> tuple[_Rank, str]:
    """Return where a row stands in a list sorted by a field."""
    return _rank(row.values.get(name)), row.key


def _after(text: str) -> tuple[_Rank, str]:
    order, word, key = decode_key(text, tuple[int, str, str])
    if order > 2:  # noqa: PLR2004 - the ranks above
        raise CursorError("`after` is not the `next` of a page of this list")
    return (order, word), key
