"""Units one may speak to or for at a station: lines and workshops."""

from collections.abc import Iterable

from domain.problem import Problem, refusal
from domain.work_unit import WorkUnit, units_of
from kiosk.activity import Desk
from kiosk.parts import Choice, Words


def own_unit(desk: Desk) -> str | Problem:
    """Return the unit whose word this is: the station's, or, where it belongs to none, the only one of the person's."""
    if desk.station.unit:
        return desk.station.unit
    own = spoken_for(desk)
    return own[0] if len(own) == 1 else refusal("no_own_unit")


def spoken_for(desk: Desk) -> list[str]:
    """Return the units in whose name whoever is signed on may speak, this station's first."""
    own = units_of(desk.operator, desk.floor.units()) if desk.operator else frozenset[str]()
    return sorted(own, key=lambda one: (one != desk.station.unit, one))


def unit_choices(desk: Desk, codes: Iterable[str]) -> tuple[Choice, ...]:
    """Return units to choose from, by their names."""
    known = desk.floor.units()
    return tuple(_choice(known[code], desk) for code in codes if code in known)


def _choice(unit: WorkUnit, desk: Desk) -> Choice:
    name = unit.names.of(desk.language) or unit.code
    return Choice(value=unit.code, title=name, detail=Words(key=f"unit_kind.{unit.kind}"), badge=unit.code)
