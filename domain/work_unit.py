"""Units of a plant, lines and workshops: what each is called, who leads it, and in whose name somebody may speak."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from domain.names import Names
from domain.staff import Person

UnitKind = Literal["workshop", "line"]


class UnitRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked of a line's or a workshop's record."""

    names: Names = Names()
    workshop: str = ""
    team: str = ""
    head: str = ""


class WorkUnit(Struct, frozen=True, kw_only=True):
    """A line or a workshop. `workshop`: a line's; `head`: who leads."""

    code: str
    kind: UnitKind
    names: Names = Names()
    workshop: str = ""
    team: str = ""
    head: str = ""


def units_by_code(
    workshops: Mapping[str, UnitRecord], lines: Mapping[str, UnitRecord]
) -> Mapping[str, WorkUnit]:
    """Return every line and workshop by its code. A line is led by the head of its workshop."""
    heads = {code: one.head for code, one in workshops.items()}
    kinds: tuple[tuple[UnitKind, Mapping[str, UnitRecord]], ...] = (("workshop", workshops), ("line", lines))
    return {
        code: WorkUnit(
            code=code,
            kind=kind,
            names=one.names,
            workshop=one.workshop,
            team=one.team,
            head=one.head or heads.get(one.workshop, ""),
        )
        for kind, records in kinds
        for code, one in records.items()
    }


def units_of(person: Person, units: Mapping[str, WorkUnit]) -> frozenset[str]:
    """Return the units in whose name somebody may speak: that of their team, and those they lead."""
    return frozenset(
        code
        for code, unit in units.items()
        if unit.head == person.number or (person.team and person.team in (code, unit.team))
    )
