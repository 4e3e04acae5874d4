"""The fields of a line: a form filled by scans, in any order.

What a line holds is a pure function of the *set* of codes scanned for it, never of their order: every scan is kept as
it was, and all fields are worked out anew from all of them. Only codes that fit the same field (from and to of a move)
are told apart by which came first. The folder `fields/` holds one file per kind of field and is the registry.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Protocol, cast

from msgspec import Struct

from domain.barcode import ControlCommand, Element, Reading, read
from domain.events.documents import Measured, Value
from domain.facts import Facts, HandlingUnit
from domain.item import Item, ItemId
from domain.place import PlaceRole, Store
from domain.plan import Plan
from domain.problem import Problem
from domain.quantity import Quantity
from domain.stock import Balance


class FieldKind(StrEnum):
    """What a field can hold, in the order they are worked out: later kinds may look at earlier ones' values."""

    SIDE = "side"
    PLAN = "plan"
    PARTNER = "partner"
    PERSON = "person"
    HANDLING_UNIT = "handling_unit"
    ITEM = "item"
    LOT = "lot"
    GRADE = "grade"
    OWNER = "owner"
    QUANTITY = "quantity"
    SECOND_QUANTITY = "second_quantity"
    PRICE = "price"
    PLACE = "place"
    CHOICE = "choice"
    TEXT = "text"
    DAY = "day"
    DUE_DAY = "due_day"
    TIME = "time"
    SLIP = "slip"


class Input(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing given to a form: a scan (`field` empty) or an entry by hand for the field named.

    `measured`: whether a scale gave the entry, or somebody typed it beside one. `proven`: whose badge it is typed the
    PIN as well.
    """

    text: str
    symbology: str | None = None
    field: str = ""
    sticky: bool = False
    measured: Measured | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """An input as understood. Clues are told apart by `index`, their place in the order of arrival."""

    index: int
    given: Input
    reading: Reading | None

    @property
    def elements(self) -> tuple[Element, ...]:
        """Return what the code says; nothing for an entry by hand."""
        return self.reading.elements if self.reading else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything known while a form is worked out: all clues, the values found so far, and who is asking.

    `is_last_of_kind`: no further field of the kind being worked out follows. `plan`: what the document is checked
    against, once its header names it.
    """

    clues: tuple[Clue, ...]
    values: Mapping[str, Value]
    taken: frozenset[int]
    facts: Facts
    operator: str
    is_last_of_kind: bool = True
    plan: Plan | None = None

    def item(self) -> Item | None:
        """Return the line's item, once found."""
        found = self.values.get("item")
        return self.facts.item(ItemId(found)) if isinstance(found, str) else None

    def unit(self) -> HandlingUnit | None:
        """Return the roll or package scanned, where it is known to be under our roof."""
        serial = self.text("handling_unit")
        return self.known_unit(serial) if serial else None

    def known_unit(self, serial: str) -> HandlingUnit | None:
        """Return a unit under our roof, else as the plan names it: sent by others, and on its way to us."""
        held = self.facts.handling_unit(serial)
        named = [one for one in self.plan.lines if one.handling_unit == serial] if self.plan else []
        if held or not named:
            return held
        contents = tuple(
            Balance(place=one.place, goods=one.goods, quantity=one.quantity, second=one.second)
            for one in named
        )
        return HandlingUnit(serial=serial, place=named[0].place, contents=contents)

    def content(self) -> Balance | None:
        """Return what the unit scanned holds of the goods found so far; None where that is not one kind of goods."""
        unit = self.unit()
        if unit is None:
            return None
        item, lot = self.text("item"), self.text("lot")
        fitting = [
            one for one in unit.contents if item in ("", one.goods.item) and (not lot or lot == one.goods.lot)
        ]
        return fitting[0] if len({one.goods for one in fitting}) == 1 else None

    def text(self, name: str) -> str:
        """Return a field's text, or nothing."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def quantity(self, name: str) -> Quantity | None:
        """Return a field's quantity, or nothing."""
        value = self.values.get(name)
        return value if isinstance(value, Quantity) else None

    def entries(self, name: str) -> tuple[Clue, ...]:
        """Return what was entered by hand for a field, latest last."""
        return tuple(clue for clue in self.clues if clue.given.field == name)

    def scans(self) -> tuple[Clue, ...]:
        """Return what was scanned."""
        return tuple(clue for clue in self.clues if not clue.given.field)


Claim = Callable[[Form], bool]
"""A statement about a form, for example whether a field is required now."""


def always(_form: Form) -> bool:
    """Hold in every form."""
    return True


def never(_form: Form) -> bool:
    """Hold in no form."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a header or line. Its words are `field.<name>` and `ask.<name>` in the catalogue.

    `roles`: which places or partners fit; `stores`: of places that are for something only these (empty: all).
    `plan_kind`: which orders. `right`: what a person must be allowed to do: the one whose badge a PERSON field takes;
    the operator, for any other field to be there at all (`DB.prices`).
    `choices`: the values of a choice and the command cards that say them. `default`: what holds if nothing was given.
    `implied`: what holds because another field says so (the place of the unit scanned).
    `sticky`: whether the value just used stays in force for the next line. `is_new`: the field names a thing that is
    born with this line; `may_be_unknown`: one that need not be in our books (a count finds what it finds).
    """

    name: str
    kind: FieldKind
    required: Claim = always
    sticky: Claim = never
    roles: frozenset[PlaceRole] = frozenset()
    stores: frozenset[Store] = frozenset()
    plan_kind: str = ""
    right: str = ""
    choices: Mapping[str, ControlCommand | None] = field(default_factory=dict[str, ControlCommand | None])
    default: Callable[[Form], str] | None = None
    implied: Callable[[Form], str] | None = None
    is_new: Claim = never
    may_be_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a field made of the clues: its value if any, which clues it used, and what was wrong with them."""

    value: Value | None = None
    used: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()


class Resolver(Protocol):
    """How one kind of field is worked out. Pure; never raises on bad input."""

    def __call__(self, wanted: Field, form: Form) -> Finding:
        """Work the field out from the form."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A form worked out. `missing` is in the order of declaration: the first is what the screen asks for."""

    values: Mapping[str, Value]
    missing: tuple[Field, ...]
    used: frozenset[int]
    problems: tuple[Problem, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is missing and nothing is wrong."""
        return not self.missing and not self.problems


@cache
def resolver(kind: FieldKind) -> Resolver:
    """Return the resolver of a kind, from the folder."""
    return cast("Resolver", importlib.import_module(f"domain.fields.{kind.value}").resolve)


_PRECEDENCE = {kind: place for place, kind in enumerate(FieldKind)}


def resolve(
    fields: tuple[Field, ...],
    inputs: tuple[Input, ...],
    facts: Facts,
    operator: str,
    known: Mapping[str, Value] | None = None,
    *,
    plan: Plan | None = None,
) -> Resolved:
    """Work out a form from everything given to it.

    `known` are values that hold already (a line sees its header's). They are not part of the answer's values. `plan` is
    what the lines are checked against.
    """
    clues = tuple(
        Clue(index=index, given=given, reading=None if given.field else read(given.text, given.symbology))
        for index, given in enumerate(inputs)
    )
    values: dict[str, Value] = dict(known or {})
    found: dict[str, Value] = {}
    used: set[int] = set()
    problems: list[Problem] = []
    in_turn = sorted(fields, key=lambda one: _PRECEDENCE[one.kind])
    for place, wanted in enumerate(in_turn):
        following = in_turn[place + 1] if place + 1 < len(in_turn) else None
        form = Form(
            clues=clues,
            values=values,
            taken=frozenset(used),
            facts=facts,
            operator=operator,
            is_last_of_kind=following is None or following.kind is not wanted.kind,
            plan=plan,
        )
        finding = resolver(wanted.kind)(wanted, form)
        used |= finding.used
        problems += finding.problems
        value = finding.value
        if value is None and wanted.default is not None and not finding.problems:
            value = wanted.default(form) or None
        if value is not None:
            values[wanted.name] = found[wanted.name] = value
    form = Form(clues=clues, values=values, taken=frozenset(used), facts=facts, operator=operator, plan=plan)
    missing = tuple(one for one in fields if one.name not in found and one.required(form))
    return Resolved(
        values=found, missing=missing, used=frozenset(used), problems=tuple(dict.fromkeys(problems))
    )
