"""What reference data say of a plant's lines: their units and stations, the routes of orders, the plan of the day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection

from domain.place import Station
from domain.route import OperationCode, Route
from domain.work_order import WorkOrder
from domain.work_unit import WorkUnit
from hub.reference import ReferenceData
from hub.work_units import work_units

_DAY = (time(8), time(17, 30), 60)
"""When a day begins and ends, and its minutes of rest, where no plan names a shift."""


class LinePlan(Struct, frozen=True):
    """As much of a day plan as is reckoned with."""

    line: str = ""
    day: str = ""
    shift: str = ""
    workers: int | None = None
    target: int | None = None
    disabled: bool = False


class _Shift(Struct, frozen=True):
    begins: str = ""
    ends: str = ""
    rest_minutes: int | None = None


class LineDay(Struct, frozen=True, kw_only=True):
    """When a line works on a day, with how many people and what target (0: nobody said)."""

    begins: datetime
    ends: datetime
    rest_minutes: int
    workers: int
    target: int

    def minutes_until(self, now: datetime) -> Decimal:
        """Return how many minutes each worker was at work by now; the rest is spread over the day."""
        whole, gone = self.ends - self.begins, min(now, self.ends) - self.begins
        if gone <= timedelta() or whole <= timedelta():
            return Decimal(0)
        minutes = Decimal(int(gone.total_seconds())) / 60
        return minutes * (1 - Decimal(self.rest_minutes * 60) / Decimal(int(whole.total_seconds())))


class FloorReference(Struct, frozen=True):
    """The reference data a line's figures rest on: routes by work order, stations by device, today's plans by line."""

    units: Mapping[str, WorkUnit]
    routes: Mapping[str, Route]
    stations: Mapping[str, Station]
    plans: Mapping[str, LinePlan]
    shifts: Mapping[str, _Shift]

    def stations_of(self, unit: str) -> Mapping[OperationCode, int]:
        """Return how many stations of a unit do each operation."""
        found: defaultdict[OperationCode, int] = defaultdict(int)
        for one in self.stations.values():
            if one.unit == unit and not one.disabled:
                for operation in one.operations:
                    found[OperationCode(operation)] += 1
        return found

    def unit_of(self, device: str) -> str:
        """Return the unit a station belongs to; nothing where it is of none."""
        station = self.stations.get(device)
        return station.unit if station else ""

    def standard_minutes(self, orders: Iterable[str]) -> dict[OperationCode, Decimal]:
        """Return the standard minutes of the operations that some orders go through."""
        return {
            step.operation: step.standard_minutes
            for order in sorted(orders)
            if order in self.routes
            for step in self.routes[order].steps
        }

    def day_of(self, unit: str, today: date, zone: ZoneInfo) -> LineDay:
        """Return when a line works today, by its plan and shift, else by the usual day."""
        plan = self.plans.get(unit, LinePlan())
        shift = self.shifts.get(plan.shift)
        begins, ends, rest = _DAY
        if shift:
            begins, ends, rest = (
                time.fromisoformat(shift.begins),
                time.fromisoformat(shift.ends),
                shift.rest_minutes or 0,
            )
        first = datetime.combine(today, begins, zone)
        last = datetime.combine(today, ends, zone)
        return LineDay(
            begins=first,
            ends=last if last > first else last + timedelta(days=1),
            rest_minutes=rest,
            workers=plan.workers or 0,
            target=plan.target or 0,
        )


def floor_reference(connection: Connection, plant: str, today: date) -> FloorReference:
    """Read what is known of a plant's lines."""
    known = ReferenceData(connection, plant)
    orders = known.all_of("work_order", WorkOrder)
    routes = known.all_of("route", Route)
    by_name = {(one.code, one.version): one for one in routes.values()}
    plans = known.all_of("line_plan", LinePlan).values()
    return FloorReference(
        units=work_units(connection, plant),
        routes={
            number: route
            for number, one in orders.items()
            if (route := by_name.get((one.route, one.route_version)))
        },
        stations=known.all_of("station", Station),
        plans={one.line: one for one in plans if one.day == today.isoformat() and not one.disabled},
        shifts=known.all_of("shift", _Shift),
    )
