"""What an object of master data is: declared once, and everything done with it follows from the declaration.

This file is the contract; the folder `objects/` holds one declaration a file and is the registry. Register, list,
modify, delete and query, history, import and export, the office's pages, the API and the reference page are made from
it. An object's records are of one kind of reference data; several objects may share a kind (suppliers and customers
are places), told apart by `belongs`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

import hub.objects
from domain.words import has_words, speak
from hub.cells import Value
from hub.draft import Draft
from hub.field_kind import FLAG, FieldKind
from hub.precondition import NO_DOCUMENT, NOTHING_REFERS, Precondition
from hub.record_shape import draw_values, fill_record, plain_form
from hub.reference import ReferenceData

Build = Callable[[Draft, Struct | None, ReferenceData], Struct]
"""Makes the record of a sound draft; the record it replaces is given. Raises CellError for what fits no field alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing an object says of itself. Its words are `object.<object>.<name>`, else `object.field.<name>`.

    `headers`: further names of its column in a file. `required`: must not be empty, wherever it comes from.
    `may_change`: whether it can be modified once registered. `is_listed`: whether it is a column of the list.
    `is_query`: whether the list can be asked for by it. `is_price`: seen only by who may see prices. `right`: what it
    takes, besides the right to register or modify, to say something else here. `seals`: while this flag is set, it
    takes that right to change anything of the record.
    """

    name: str
    kind: FieldKind
    headers: tuple[str, ...] = ()
    required: bool = False
    may_change: bool = True
    is_listed: bool = False
    is_query: bool = False
    is_price: bool = False
    right: str = ""
    seals: bool = False


GROUPS = ("goods", "places", "people", "partners", "production", "rules", "plans")
"""The headings of the office, in their order; their words are `office.group.<group>`."""
DISABLED = Field(name="disabled", kind=FLAG, headers=("停用", "禁用"))
"""Every object can be disabled: it stays where it is named, and is offered no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """The declaration of one object.

    Its words are `object.<name>`, its file in `objects/` is called like it; `group`: under which heading of the office
    it stands (GROUPS). `kind` is its kind of reference data and `form` the record's struct (made of the fields where
    none is given). `number` names the field people know a record by; `has_own_id`: the record's key is another and
    stays for ever, so that the number may change. `lines` are the fields of its lines, if any. `build` and `draw`
    lead from values to the record and back. `belongs` tells whether a record of the kind is this object's; `may_take`,
    whether it is changed here (where it belongs, if nothing is said). `unique`: values (by field) that no two records
    of the kind share. `delete_if`: what must hold for a record to go. `used_as`: the kinds and keys by which documents
    know it.
    """

    name: str
    group: str
    kind: str
    fields: tuple[Field, ...]
    number: str = "code"
    form: type[Struct] = Struct
    lines: tuple[Field, ...] = ()
    has_own_id: bool = False
    build: Build | None = None
    draw: Callable[[Any, str, ReferenceData], Mapping[str, Value]] | None = None
    draw_lines: Callable[[Any, ReferenceData], Sequence[Mapping[str, Value]]] | None = None
    key: Callable[[Any, Draft], str] | None = None
    belongs: Callable[[Any], bool] = lambda _record: True
    may_take: Callable[[Any], bool] | None = None
    used_as: Callable[[str, ReferenceData], Sequence[tuple[str, str]]] | None = None
    unique: Mapping[str, Callable[[Any], str]] = field(default_factory=dict[str, Callable[[Any], str]])
    delete_if: tuple[Precondition, ...] = (NOTHING_REFERS, NO_DOCUMENT)

    @property
    def has_lines(self) -> bool:
        """Tell whether a record has lines."""
        return bool(self.lines)

    @property
    def takes_matrix(self) -> bool:
        """Tell whether its lines are items and quantities, so that those of a style can be entered at once."""
        return {"item", "quantity"} <= {one.name for one in self.lines}

    @property
    def ends_by(self) -> str:
        """Return the flag that says a record is offered no more: plans are closed, all else is disabled."""
        return "closed" if any(one.name == "closed" for one in self.fields) else "disabled"

    @property
    def columns(self) -> tuple[Field, ...]:
        """Return every column of a file: the fields, then those of the lines."""
        return (*self.fields, *self.lines)

    @property
    def number_field(self) -> Field:
        """Return the field people know a record by."""
        return self.field(self.number)

    def field(self, name: str) -> Field:
        """Return a field, or one of the lines', by its name."""
        return next(one for one in self.columns if one.name == name)

    def words(self, one: Field) -> str:
        """Return the catalogue key of what a field is called."""
        own = f"object.{self.name}.{one.name}"
        return own if has_words(own) else f"object.field.{one.name}"

    def title(self, one: Field) -> str:
        """Return what a field is called before whoever fills a file in: "编号 / number"."""
        return f"{speak('zh-CN', self.words(one))} / {one.name}"

    def headers(self, one: Field) -> tuple[str, ...]:
        """Return every header a file may give a field's column, Chinese first."""
        key = self.words(one)
        names = (speak("zh-CN", key), *one.headers, speak("en", key), one.name)
        return tuple(dict.fromkeys(names))

    def find(self, known: ReferenceData, number: str) -> tuple[str, Struct] | None:
        """Return the key and record of the kind that a number names, this object's or not."""
        if self.has_own_id:
            item = known.item_by_number(number)
            return (item.id, item) if item else None
        record = known.records(self.kind, self.form).get(number)
        return (number, record) if record is not None else None

    def takes(self, record: Struct) -> bool:
        """Tell whether a record of the kind is changed under this object."""
        return (self.may_take or self.belongs)(record)

    def uses(self, key: str, known: ReferenceData) -> Sequence[tuple[str, str]]:
        """Return the kinds and keys by which documents know a record."""
        return self.used_as(key, known) if self.used_as is not None else ((self.kind, key),)

    def make(self, draft: Draft, held: Struct | None, known: ReferenceData) -> Struct:
        """Make the record of a sound draft. Raises CellError."""
        if self.build is not None:
            return self.build(draft, held, known)
        return fill_record(self.form, draft, held)

    def key_of(self, record: Struct, draft: Draft) -> str:
        """Return the key of a record just made."""
        return self.key(record, draft) if self.key is not None else draft.text(self.number)

    def read(self, body: str) -> Struct:
        """Read a record as it was stored."""
        return msgspec.json.decode(body, type=self.form)

    def values(self, record: Struct, key: str, known: ReferenceData) -> Mapping[str, Value]:
        """Return what a record says, by field."""
        drawn: Mapping[str, Value] = self.draw(record, key, known) if self.draw is not None else {}
        return draw_values(record, self.fields, drawn)

    def line_values(self, record: Struct, known: ReferenceData) -> Sequence[Mapping[str, Value]]:
        """Return what a record's lines say, in order."""
        names = {one.name for one in self.lines}
        drawn = self.draw_lines(record, known) if self.draw_lines is not None else ()
        return [{name: value for name, value in line.items() if name in names} for line in drawn]


@cache
def objects() -> Mapping[str, ObjectType]:
    """Return every object the folder knows, by name, in the order of the alphabet."""
    found: dict[str, ObjectType] = {}
    for module in sorted(pkgutil.iter_modules(hub.objects.__path__), key=lambda one: one.name):
        declared: ObjectType = importlib.import_module(f"hub.objects.{module.name}").OBJECT
        if declared.name != module.name:
            message = f"hub/objects/{module.name}.py declares {declared.name!r}"
            raise ValueError(message)
        found[declared.name] = _completed(declared)
    return MappingProxyType(found)


def forms() -> Mapping[str, type[Struct]]:
    """Return the struct of every kind of reference data that an object declares."""
    return {one.kind: one.form for one in objects().values()}


def referring(kind: str) -> Sequence[tuple[ObjectType, Field]]:
    """Return every field of every object that names a record of a kind."""
    named = {one.name for one in objects().values() if one.kind == kind}
    return [
        (one, field) for one in objects().values() for field in one.columns if field.kind.refers_to in named
    ]


def _completed(declared: ObjectType) -> ObjectType:
    """Give a declaration the flag of being disabled, and a struct for its records where it has none."""
    form = declared.form
    if form is Struct:
        form = plain_form(declared.kind, [(one.name, one.kind) for one in declared.fields])
    is_closed = any(one.name in {"closed", "disabled"} for one in declared.fields)
    fields = declared.fields if is_closed else (*declared.fields, DISABLED)
    return replace(declared, form=form, fields=fields)
