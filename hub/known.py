"""What the plant's reference data said at a position, so that a replay judges each event as it was judged at first."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, text

from domain.document import DocumentType, document_types
from domain.override import TypeOverride, overridden
from domain.pay import PaidOn, PiecePrice, price_for
from domain.place import PHYSICAL_ROLES, Place, Station
from domain.plan import Plan
from domain.route import Route, route_key
from domain.work_order import WorkOrder
from hub.calendar import CALENDAR, Calendar
from hub.pay_rule import PAY_RULE, PayRule
from hub.store.reference import revision_of

_Version = tuple[int, object]
"""The position it holds after, and what is known then: a role, a plan's text, True, or None once it is gone."""


PIECE_PRICE = "piece_price"


class _Price(PiecePrice, frozen=True, kw_only=True):
    """As much of a price's record as pay needs."""

    disabled: bool = False


class _Stands(NamedTuple):
    """As much of a station as events are judged by."""

    warehouse: str
    unit: str
    operations: tuple[str, ...]


OTHER_PLANT = "other_plant"
"""What is known of a place of another plant: nothing of ours lies there, so nothing can be short."""

_NO_VERSIONS: dict[str, list[_Version]] = {}

_NEWER = text(
    "SELECT kind, key, body_json, at_position, revision FROM reference_history"
    " WHERE plant = :plant AND revision > :revision ORDER BY revision"
)


class Known:
    """The names of a plant's items, places, people and plans, each with the positions they hold from."""

    def __init__(self, plant: str) -> None:
        self._plant = plant
        self._revision = 0
        self._versions: dict[str, dict[str, list[_Version]]] = {}
        self._always: dict[str, bool] = {}
        self._devices_of: dict[str, set[str]] = {}
        self._done_by: dict[tuple[str, str], bool] = {}
        self._stations_from = 0
        self._priced: dict[str, dict[str, None]] = {}

    def refresh(self, connection: Connection) -> None:
        """Take over what was written since; nothing to do where the revision is the same."""
        if revision_of(connection, self._plant) == self._revision:
            return
        self._always.clear()
        rows = connection.execute(_NEWER, {"plant": self._plant, "revision": self._revision})
        # As the driver gives them: a large plant has hundreds of thousands, and the first batch waits for all of them.
        for kind, key, body, at_position, revision in rows.cursor.fetchall() if rows.cursor else ():
            of_kind = self._versions.get(kind)
            if of_kind is None:
                of_kind = self._versions[kind] = {}
            gist = self._gist(kind, body)
            version = (at_position, gist)
            if kind == "station":
                self._note_station(key, gist, at_position)
            elif isinstance(gist, PiecePrice):
                self._priced.setdefault(gist.operation, {})[key] = None
            if key in of_kind:
                of_kind[key].append(version)
            else:
                of_kind[key] = [version]
            self._revision = revision

    def has(self, kind: str, key: str, position: int) -> bool:
        """Tell whether the record was there for an event at `position`."""
        versions = self._versions.get(kind, _NO_VERSIONS).get(key)
        if versions and versions[-1][0] < position:  # nearly always; asked several times for each event
            return versions[-1][1] is not None
        return self._at(kind, key, position) is not None

    def is_physical(self, place: str, position: int) -> bool:
        """Tell whether a place is under our own roof; one not known counts as if, one of another plant does not."""
        role = self._at("place", place, position)
        return role is None or role in PHYSICAL_ROLES

    def was_always_physical(self, place: str) -> bool:
        """Tell whether no version of a place ever said otherwise."""
        known = self._always.get(place)
        if known is None:
            versions = self._versions.get("place", {}).get(place, ())
            known = all(role is None or role in PHYSICAL_ROLES for _, role in versions)
            self._always[place] = known
        return known

    def zone(self, position: int) -> str:
        """Return the time zone that decided, for an event at `position`, which month it was."""
        zone = self._at(CALENDAR, "", position)
        return zone if isinstance(zone, str) else "UTC"

    def plan(self, number: str, position: int) -> Plan | None:
        """Return an order as it was for an event at `position`."""
        body = self._at("plan", number, position)
        return read_plan(body) if isinstance(body, str) else None

    def document_type(self, code: str, position: int) -> DocumentType | None:
        """Return a type of document as the factory had it for an event at `position`."""
        body = self._at("document_type", code, position)
        return _type_of(code, body) if isinstance(body, str) else document_types().get(code)

    def warehouse(self, device: str, position: int) -> str:
        """Return the warehouse a kiosk stood in for an event at `position`; nothing where that is not known."""
        station = self._at("station", device, position)
        return station.warehouse if isinstance(station, _Stands) else ""

    def unit(self, device: str, position: int) -> str:
        """Return the line or workshop a station belonged to for an event at `position`; nothing where it had none."""
        station = self._at("station", device, position)
        return station.unit if isinstance(station, _Stands) else ""

    def operations(self, device: str, position: int) -> tuple[str, ...]:
        """Return what a station did to bundles, for an event at `position`."""
        station = self._at("station", device, position)
        return station.operations if isinstance(station, _Stands) else ()

    def has_own(self, unit: str, operation: str, position: int) -> bool:
        """Tell whether a line or workshop had a station of its own for an operation, for an event at `position`."""
        if position <= self._stations_from:  # only while an old ledger is folded again
            return self._looks_up_own(unit, operation, position)
        known = self._done_by.get((unit, operation))
        if known is None:
            known = self._done_by[unit, operation] = self._looks_up_own(unit, operation, position)
        return known

    def paid_on(self, position: int) -> PaidOn:
        """Return when pieces were paid, for an event at `position`."""
        paid_on = self._at(PAY_RULE, "", position)
        return paid_on if isinstance(paid_on, PaidOn) else PaidOn.FINISH

    def piece_price(self, order: str, style: str, operation: str, day: date, position: int) -> Decimal | None:
        """Return what a piece done on a day was paid, as prices were for an event at `position`."""
        prices = (self._at(PIECE_PRICE, key, position) for key in self._priced.get(operation, ()))
        known = [one for one in prices if isinstance(one, PiecePrice)]
        price = price_for(known, order, style, operation, day)
        return price.price if price else None

    def route_of(self, order: str, position: int) -> Route | None:
        """Return the way the bundles of a work order went, for an event at `position`; None where nobody said."""
        key = self._at("work_order", order, position)
        body = self._at("route", key, position) if isinstance(key, str) else None
        return read_route(body) if isinstance(body, str) else None

    def _looks_up_own(self, unit: str, operation: str, position: int) -> bool:
        stations = (self._at("station", device, position) for device in self._devices_of.get(unit, ()))
        return any(
            isinstance(one, _Stands) and one.unit == unit and operation in one.operations for one in stations
        )

    def _note_station(self, device: str, gist: object, at_position: int) -> None:
        if isinstance(gist, _Stands) and gist.unit:
            self._devices_of.setdefault(gist.unit, set()).add(device)
        self._done_by.clear()
        self._stations_from = max(self._stations_from, at_position)

    def _gist(self, kind: str, body: str | None) -> object:
        if body is None:
            return None
        if kind == "place":
            place = msgspec.json.decode(body, type=Place)
            return place.role if place.plant in ("", self._plant) else OTHER_PLANT
        read = _GISTS.get(kind)
        return read(body) if read else True

    def _at(self, kind: str, key: str, position: int) -> object:
        versions = self._versions.get(kind, {}).get(key)
        if not versions:
            return None
        newest = versions[-1]
        if newest[0] < position:  # nearly always
            return newest[1]
        for after, gist in reversed(versions):
            if after < position:
                return gist
        return None


def _route_key(body: str) -> str:
    order = msgspec.json.decode(body, type=WorkOrder)
    return route_key(order.route, order.route_version)


def _stands(body: str) -> _Stands:
    station = msgspec.json.decode(body, type=Station)
    return _Stands(station.warehouse, station.unit, station.operations)


def _price(body: str) -> PiecePrice | None:
    price = msgspec.json.decode(body, type=_Price)
    return None if price.disabled else price


_GISTS: Mapping[str, Callable[[str], object]] = {
    CALENDAR: lambda body: msgspec.json.decode(body, type=Calendar).zone,
    PAY_RULE: lambda body: msgspec.json.decode(body, type=PayRule).paid_on,
    PIECE_PRICE: _price,
    "document_type": str,
    "plan": str,
    "route": str,
    "station": _stands,
    "work_order": _route_key,
}
"""As much of each kind of record as events are judged by; of all others only whether they are there."""


@lru_cache(maxsize=1000)
def read_plan(body: str) -> Plan:
    """Return the plan a record's text says."""
    return msgspec.json.decode(body, type=Plan)


@lru_cache(maxsize=1000)
def read_route(body: str) -> Route:
    """Return the route a record's text says."""
    return msgspec.json.decode(body, type=Route)


@lru_cache(maxsize=100)
def _type_of(code: str, body: str) -> DocumentType | None:
    kind = document_types().get(code)
    return overridden(kind, msgspec.json.decode(body, type=TypeOverride)) if kind else None
