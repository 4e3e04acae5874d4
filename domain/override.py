"""What a factory turns round in a type of document without touching the program: one small file for each type.

The hub reads and checks the files when it starts and lets every kiosk know, so all kiosks of a plant agree. A movement
is decided at the kiosk and stands in its event: no ledger ever depends on a later override.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Literal

from msgspec import Meta, Struct

from domain.document import (
    AbovePlan,
    BelowPlan,
    DocumentType,
    Posted,
    document_types,
    is_always_approved,
    is_never_approved,
)
from domain.facts import Facts
from domain.field import Field, FieldKind, always, never
from domain.line import where_the_unit_is
from domain.place import PHYSICAL_ROLES, PlaceRole
from domain.problem import Problem, question
from domain.quantity import Quantity
from domain.settings import SettingsProblem
from domain.stock import Movement

PREFIX_PATTERN = "^[A-Z0-9]{1,6}$"
OPTIONAL_KINDS = frozenset({FieldKind.TEXT, FieldKind.CHOICE, FieldKind.PRICE, FieldKind.DAY, FieldKind.TIME})
"""Fields a factory may do without; without the others nothing could move."""


class FieldOverride(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field: whether it has to be filled, which places fit, which of its choices are offered, in which order."""

    required: bool | None = None
    roles: tuple[PlaceRole, ...] = ()
    choices: tuple[str, ...] = ()


class TypeOverride(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One type of document, as far as a factory has it otherwise; what is left out stays as it was declared.

    `prefix`: what its numbers begin with. `turned`: goods go the other way round. `labels`: whether labels are printed.
    `pin_required`: who approves it or takes it back must have a PIN (nothing said: as the plant has it).
    `oldest_first`: whether a newer lot is asked about while an older one lies there. `fields`: by name.
    """

    prefix: Annotated[str, Meta(pattern=PREFIX_PATTERN)] | None = None
    turned: bool = False
    approval: Literal["never", "always"] | None = None
    pin_required: bool | None = None
    above_plan: AbovePlan | None = None
    over_plan_percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    below_plan: BelowPlan | None = None
    labels: bool = True
    oldest_first: bool | None = None
    fields: dict[str, FieldOverride] = {}


def in_force(overrides: Mapping[str, TypeOverride]) -> Mapping[str, DocumentType]:
    """Return every type of document as a factory has it."""
    return {
        code: overridden(kind, overrides[code]) if code in overrides else kind
        for code, kind in document_types().items()
    }


def overridden(kind: DocumentType, given: TypeOverride) -> DocumentType:
    """Return a type as an override has it."""
    kind = replace(
        kind,
        header=tuple(_field(one, given) for one in kind.header),
        line=tuple(_field(one, given) for one in kind.line),
        prefix=given.prefix or kind.prefix,
        approval=_APPROVALS[given.approval] if given.approval else kind.approval,
        pin_required=kind.pin_required if given.pin_required is None else given.pin_required,
        above_plan=given.above_plan or kind.above_plan,
        below_plan=given.below_plan or kind.below_plan,
        over_plan=_share(given, kind.over_plan),
        labels=kind.labels if given.labels else None,
        oldest_first=kind.oldest_first if given.oldest_first is None else given.oldest_first,
    )
    return _turned(kind) if given.turned else kind


_APPROVALS: Mapping[str, Callable[[Posted, Facts], bool]] = {
    "never": is_never_approved,
    "always": is_always_approved,
}


def _share(given: TypeOverride, declared: Decimal) -> Decimal:
    return declared if given.over_plan_percent is None else Decimal(given.over_plan_percent) / 100


def _field(field: Field, given: TypeOverride) -> Field:
    wanted = given.fields.get(field.name)
    # What is scanned as the place of the goods is where they go, once goods go the other way round.
    implied = None if given.turned and field.implied is where_the_unit_is else field.implied
    if wanted is None:
        return replace(field, implied=implied)
    required = field.required if wanted.required is None else always if wanted.required else never
    return replace(
        field,
        required=required,
        implied=implied,
        roles=frozenset(wanted.roles) or field.roles,
        choices={one: field.choices[one] for one in wanted.choices if one in field.choices} or field.choices,
    )


def _turned(kind: DocumentType) -> DocumentType:
    """Return the type with every movement the other way round; what it asks about its source goes with it."""
    declared = kind.movements

    def movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
        return tuple(one.inverse() for one in reversed(declared(posted, facts)))

    def check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
        return tuple(_lacking(movements(posted, facts), facts))

    return replace(kind, movements=movements, check=check)


def _lacking(movements: tuple[Movement, ...], facts: Facts) -> Iterator[Problem]:
    """Ask where a place of ours holds less than is to leave it."""
    for one in movements:
        place = facts.place(one.source)
        if place is None or place.role not in PHYSICAL_ROLES:
            continue
        held = [held.quantity for held in facts.balances(one.source, one.goods)]
        known = sum(
            (held for held in held if held.unit == one.quantity.unit), Quantity.zero(one.quantity.unit)
        )
        if known.value < one.quantity.value:
            yield question("more_than_on_hand", place=one.source, known=known, moved=one.quantity)


def mistakes(code: str, given: TypeOverride) -> Iterator[SettingsProblem]:
    """Name everything in an override that the type does not have, with what was probably meant."""
    kind = document_types().get(code)
    if kind is None:
        close = get_close_matches(code, [*document_types()], n=1)
        yield SettingsProblem(
            key="",
            reason=f"there is no document type {code}",
            did_you_mean=f"{close[0]}.toml" if close else None,
        )
        return
    fields = {field.name: field for field in (*kind.header, *kind.line)}
    for name, wanted in given.fields.items():
        if name not in fields:
            close = get_close_matches(name, [*fields], n=1)
            meant = f"fields.{close[0]}" if close else None
            yield SettingsProblem(
                key=f"fields.{name}", reason=f"{code} has no such field", did_you_mean=meant
            )
            continue
        yield from _mistakes_of_field(name, fields[name], wanted)


def _mistakes_of_field(name: str, field: Field, wanted: FieldOverride) -> Iterator[SettingsProblem]:
    if wanted.required is False and field.kind not in OPTIONAL_KINDS:
        yield SettingsProblem(key=f"fields.{name}.required", reason="nothing could move without this field")
    if wanted.roles and not field.roles:
        yield SettingsProblem(key=f"fields.{name}.roles", reason="this field is no place")
    for one in wanted.choices:
        if one not in field.choices:
            close = get_close_matches(one, [*field.choices], n=1)
            yield SettingsProblem(
                key=f"fields.{name}.choices",
                reason=f"{one!r} is not one of {', '.join(field.choices) or 'its choices: it has none'}",
                did_you_mean=close[0] if close else None,
            )
