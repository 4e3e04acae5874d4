"""Which part of what the hub knows a kiosk gets: its own line's. This is the only place that says so.

Items, places and persons go to everyone: any of them may be scanned anywhere. The plant's label templates go to
everyone, too; an order of labels goes to the kiosk that prints it. Balances go to the kiosks of their warehouse, and to
all where the place is in none, or not known. Orders go to kiosks with a document that is checked against their kind;
since when each lot is here, to kiosks with a document that takes goods from a store; documents that have not ended, to
kiosks of the same warehouse that have such documents. In doubt a kiosk gets more: a station without a warehouse gets
every balance, one without document types every order.

Stations of the production floor, which are those that do operations, get the bundles that are, were or may now come to
these on their own line, the routes that lead through them, what is required on either side, all work orders, and the
units one may speak to; of what was said to units, their own unit's part.

Feed and snapshot give the same part. When a station or a place changes so that the part would be another, the
generation grows (`changes_a_slice`), and every kiosk begins afresh.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Connection, select

from domain.against_age import SOURCE
from domain.document import document_types
from domain.names import Names
from domain.place import PlaceId, Station
from hub.store.devices import Device, device_of
from hub.store.tables import reference


class _Kind(msgspec.Struct, frozen=True):
    """As much of an order as says what kind it is."""

    kind: str = ""


class _Lies(msgspec.Struct, frozen=True):
    """As much of a place as says where it lies."""

    warehouse: str = ""


FLOOR_KINDS = frozenset(
    {
        "operation",
        "route",
        "work_order",
        "requirement_list",
        "defect_code",
        "reason_code",
        "workshop",
        "line",
        "survey_question",
        "shift",
    }
)
"""The kinds only stations work with that do operations."""
KIOSK_KINDS = frozenset(
    {
        "item",
        "place",
        "person",
        "plan",
        "station",
        "document_type",
        "label_template",
        "label_order",
        *FLOOR_KINDS,
    }
)
"""The kinds of reference data kiosks work with; all others are the office's."""
OFFICE_ONLY: Mapping[str, frozenset[str]] = {
    "item": frozenset({"price", "accounting_class", "remark"}),
    "place": frozenset({"contact", "phone", "remark"}),
    "person": frozenset({"phone", "remark"}),
    "label_template": frozenset({"remark"}),
    "label_order": frozenset({"remark"}),
    **dict.fromkeys(FLOOR_KINDS, frozenset({"remark"})),
}
"""What of a record no kiosk gets: prices, and what only the office has to know."""


class _Does(msgspec.Struct, frozen=True):
    """As much of a step as says what is done."""

    operation: str = ""


class _Way(msgspec.Struct, frozen=True):
    """As much of a route as says which operations are on it."""

    steps: tuple[_Does, ...] = ()


class _Edge(msgspec.Struct, frozen=True):
    """As much of a requirement list as says between which operations it holds."""

    before: str = ""
    operation: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        return (self.before, self.operation)


class _Prints(msgspec.Struct, frozen=True):
    """As much of an order of labels as says which kiosk prints it."""

    device: str = ""


_label_decoder = msgspec.json.Decoder(_Prints)
_route_decoder = msgspec.json.Decoder(_Way)
_edge_decoder = msgspec.json.Decoder(_Edge)
_place_decoder = msgspec.json.Decoder(_Lies)
_plan_decoder = msgspec.json.Decoder(_Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one kiosk gets. `warehouse` empty: of every warehouse. `plan_kinds` None: orders of every kind.

    `lots`: since when each lot is here. `document_types`: whose open documents can be gone on with; None: of all.
    `operations`: whose bundles it checks in, of its own line or workshop (`unit`) where it has one; none where empty.
    `inspects`: it needs the floor's records also where it checks nothing in. `device`: the kiosk's own name.
    """

    warehouse: str
    plan_kinds: frozenset[str] | None
    lots: bool = True
    document_types: frozenset[str] | None = None
    operations: frozenset[str] = frozenset()
    unit: str = ""
    inspects: bool = False
    device: str = ""

    def has(self, kind: str, body: str | None) -> bool:
        """Tell whether a record goes to this kiosk; that one is gone goes to all."""
        match kind:
            case "plan":
                return self.has_plan(body)
            case "route":
                return body is None or self._is_on(_route_decoder.decode(body))
            case "requirement_list":
                return body is None or not self.operations.isdisjoint(_edge_decoder.decode(body).ends)
            case "label_order":
                return body is None or _label_decoder.decode(body).device == self.device
            case _:
                return kind not in FLOOR_KINDS or bool(self.operations) or self.inspects

    def _is_on(self, way: "_Way") -> bool:
        return any(step.operation in self.operations for step in way.steps)

    def has_plan(self, body: str | None) -> bool:
        """Tell whether an order goes to this kiosk; that one is gone goes to all."""
        return self.plan_kinds is None or body is None or _plan_decoder.decode(body).kind in self.plan_kinds


def slice_of(connection: Connection, device: Device) -> Slice:
    """Return what a device gets: as reference data describe its station, else as it was enrolled."""
    station = _described(connection, device.plant, device.device) or device.station
    return replace(of_station(station), device=device.device)


def station_of(connection: Connection, plant: str, device: str) -> Station:
    """Return where a device stands, and which places it posts to; nowhere, where nobody enrolled it."""
    described = _described(connection, plant, device)
    if described is not None:
        return described
    enrolled = device_of(connection, plant, device)
    return enrolled.station if enrolled else nowhere(plant)


def nowhere(plant: str) -> Station:
    """Return the station of what stands nowhere in a plant: it posts to no place of its own."""
    place = PlaceId("")
    return Station(
        place=place,
        names=Names(),
        plant=plant,
        warehouse="",
        number_code="",
        receiving=place,
        quarantine=place,
        lost_and_found=place,
    )


def _described(connection: Connection, plant: str, device: str) -> Station | None:
    column = reference.c
    body = connection.execute(
        select(column.body_json).where(column.plant == plant, column.kind == "station", column.key == device)
    ).scalar()
    return msgspec.json.decode(body, type=Station) if body else None


def of_station(station: Station) -> Slice:
    """Return what a station's kiosk gets."""
    known = document_types()
    codes = station.document_types
    operations = frozenset(station.operations)
    if not codes or any(code not in known for code in codes):
        return Slice(
            warehouse=station.warehouse,
            plan_kinds=None,
            operations=operations,
            unit=station.unit,
            inspects=bool(station.inspections),
        )
    kinds = frozenset(known[code].plan_kind for code in codes) - {""}
    takes = any(field.name == SOURCE for code in codes for field in known[code].line)
    return Slice(
        warehouse=station.warehouse,
        plan_kinds=kinds,
        lots=takes,
        document_types=frozenset(codes),
        operations=operations,
        unit=station.unit,
        inspects=bool(station.inspections),
    )


def made_elsewhere(connection: Connection, plant: str, own: Slice, devices: Collection[str]) -> set[str]:
    """Return which of some devices stand in another warehouse than the kiosk."""
    if not own.warehouse:
        return set()
    known = [found for name in devices if (found := device_of(connection, plant, name))]
    return {one.device for one in known if slice_of(connection, one).warehouse not in ("", own.warehouse)}


def elsewhere(connection: Connection, plant: str, own: Slice, places: Collection[str]) -> set[str]:
    """Return which of some places lie in another warehouse than the kiosk's."""
    if not own.warehouse or not places:
        return set()
    column = reference.c
    rows = connection.execute(
        select(column.key, column.body_json).where(
            column.plant == plant,
            column.kind == "place",
            column.key.in_(sorted(places)),
            column.body_json.is_not(None),
        )
    )
    lies = {row.key: _place_decoder.decode(row.body_json).warehouse for row in rows}
    return {place for place, warehouse in lies.items() if warehouse not in ("", own.warehouse)}


def for_kiosks(kind: str, body: str | None) -> object:
    """Return as much of a record as kiosks get, as plain data."""
    if body is None:
        return None
    whole: dict[str, object] = msgspec.json.decode(body)
    return {name: value for name, value in whole.items() if name not in OFFICE_ONLY.get(kind, ())}


def changes_a_slice(kind: str, before: str | None, after: str | None) -> bool:
    """Tell whether a record's change makes what kiosks hold already the wrong part; one that is new does not."""
    if before is None or kind not in ("place", "station", "plan", "route"):
        return False
    if kind == "station":
        now = of_station(msgspec.json.decode(after, type=Station)) if after else None
        return of_station(msgspec.json.decode(before, type=Station)) != now
    if after is None:
        return False
    if kind == "route":
        ways = [
            frozenset(step.operation for step in _route_decoder.decode(one).steps) for one in (before, after)
        ]
        return ways[0] != ways[1]
    decoder = _plan_decoder if kind == "plan" else _place_decoder
    return decoder.decode(before) != decoder.decode(after)
