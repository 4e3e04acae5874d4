"""Units of a plant, lines and workshops: what each is called, who leads it, and in whose name somebody may speak."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from domain.names import Names
from domain.staff import Person
from hub.store.tables import reference

UnitKind = Literal["workshop", "line"]


class WorkUnit(Struct, frozen=True, kw_only=True):
    """A line or a workshop. `workshop`: a line's; `head`: who leads."""

    code: str
    kind: UnitKind
    names: Names = Names()
    workshop: str = ""
    team: str = ""
    head: str = ""


class _Body(Struct, frozen=True):
    """What is asked of a line's or a workshop's record."""

    names: Names = Names()
    workshop: str = ""
    team: str = ""
    head: str = ""


def work_units(connection: Connection, plant: str) -> Mapping[str, WorkUnit]:
    """Return every line and workshop by its code. A line is led by the head of its workshop."""
    held = reference.c
    asked = select(held.kind, held.key, held.body_json).where(
        held.plant == plant, held.kind.in_(("workshop", "line")), held.body_json.is_not(None)
    )
    bodies = {
        row.key: (row.kind, msgspec.json.decode(row.body_json, type=_Body))
        for row in connection.execute(asked.order_by(held.kind.desc(), held.key))
    }
    heads = {code: body.head for code, (kind, body) in bodies.items() if kind == "workshop"}
    return {
        code: WorkUnit(
            code=code,
            kind=kind,
            names=body.names,
            workshop=body.workshop,
            team=body.team,
            head=body.head or heads.get(body.workshop, ""),
        )
        for code, (kind, body) in bodies.items()
    }


def units_of(person: Person, units: Mapping[str, WorkUnit]) -> frozenset[str]:
    """Return the units in whose name somebody may speak: that of their team, and those they lead."""
    return frozenset(
        code
        for code, unit in units.items()
        if unit.head == person.number or (person.team and person.team in (code, unit.team))
    )
