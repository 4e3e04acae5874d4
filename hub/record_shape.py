"""From the values of a record's fields to its struct and back, where both go by the same names."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from domain.names import Names
from hub.cells import Value
from hub.draft import Draft
from hub.field_kind import FieldKind

Form = TypeVar("Form", bound=Struct)
_NAMES = {"name": "zh", "name_en": "en"}
"""The two fields that are one `Names` in the record."""


class Named(Protocol):
    """As much of a field as is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> FieldKind: ...


def plain_form(kind: str, fields: Sequence[tuple[str, FieldKind]]) -> type[Struct]:
    """Make the struct of records that only master data know: a name in two languages, and each field by its name."""
    own: list[tuple[str, Any, Any]] = [("disabled", bool, False)]
    if any(name in _NAMES for name, _ in fields):
        own.insert(0, ("names", Names, Names()))
    own += [(name, one.value, one.empty) for name, one in fields if name not in _NAMES]
    return msgspec.defstruct(
        kind.title().replace("_", ""), own, frozen=True, kw_only=True, omit_defaults=True, module=__name__
    )


def fill_record(form: type[Form], draft: Draft, held: Struct | None, **given: object) -> Form:
    """Make a record of a draft: fields by their names, `given` beside or instead, the rest as it was held."""
    known = {one.name for one in msgspec.structs.fields(form)}
    filled: dict[str, object] = {}
    if held is not None:
        filled = {one.name: getattr(held, one.name) for one in msgspec.structs.fields(held)}
    filled |= {name: value for name, value in draft.values.items() if name in known and value is not None}
    filled = {
        name: value
        for name, value in filled.items()
        if draft.values.get(name, value) is not None or name in given
    }
    if "names" in known:
        filled["names"] = Names(zh=draft.text("name"), en=draft.text("name_en"))
    filled |= given
    return msgspec.convert({name: value for name, value in filled.items() if name in known}, form)


def draw_values(record: Struct, fields: Sequence[Named], drawn: Mapping[str, Value]) -> dict[str, Value]:
    """Return what a record says by field; `drawn` is what does not go by its name."""
    found: dict[str, Value] = {}
    for one in fields:
        if one.name in drawn:
            found[one.name] = drawn[one.name]
        elif one.name in _NAMES:
            found[one.name] = getattr(getattr(record, "names", Names()), _NAMES[one.name])
        else:
            found[one.name] = getattr(record, one.name, one.kind.empty)
    return found
