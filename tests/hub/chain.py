"""A floor of five units, each the customer of the one before, for what is said of their work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import msgspec

from domain.bundle import Bundle
from domain.names import Names
from domain.route import Flow, Operation, OperationCode, Route, Step
from domain.score import Counted
from domain.staff import Person
from domain.work_order import OrderLine, OrderState, WorkOrder
from hub.month_counts import counts_of, month_of_plant
from hub.object import forms
from hub.quality_rules import QualityRules
from hub.scores import UnitMonth, unit_months
from hub.store.database import reading, writing
from hub.store.reference import Record, write_records
from tests.hub.floor import HEM, ORDER, PACK, SEW, Floor, bundle
from tests.hub.plant import P

CHECK, WASH = OperationCode("CHECK"), OperationCode("WASH")
ROUTE = Route(
    code="POLO",
    version=1,
    flow=Flow.GARMENT,
    steps=(
        Step(operation=SEW),
        Step(operation=HEM, after=(SEW,)),
        Step(operation=CHECK, after=(HEM,)),
        Step(operation=WASH, after=(CHECK,)),
        Step(operation=PACK, after=(WASH,)),
    ),
)
WHO = {SEW: "1012", HEM: "1007", CHECK: "1015", WASH: "1021", PACK: "1030"}
NUMBER, MONTH, RULES = "QT20261122-P9-0001", "2026-11", QualityRules()
AFTER = datetime(2026, 12, 3, 8, tzinfo=UTC)


class Chain(Floor):
    """Five units, each the customer of the one before: sewing, hemming, a check of every piece, washing, packing."""

    STATIONS: ClassVar = {
        "C1": ("", "CUT"),
        "S1": ("SEWING", SEW),
        "H1": ("HEMMING", HEM),
        "K1": ("CHECKING", CHECK),
        "W1": ("WASHING", WASH),
        "P9": ("PACKING", PACK),
    }

    def __init__(self, url: str, *, is_new: bool = True) -> None:
        super().__init__(url, is_new=is_new)
        order = WorkOrder(
            number=ORDER,
            style="S1",
            lines=(OrderLine(colour="navy", size="L", pieces=4000),),
            route=ROUTE.code,
            route_version=ROUTE.version,
            state=OrderState.RUNNING,
            due=date(2026, 11, 23),
        )
        plan = {"code": "SEW-22", "line": "SEWING", "day": "2026-11-22", "target": 400, "workers": 30}
        check = Operation(code=CHECK, names=Names(en="Check"), flow=Flow.GARMENT, is_inspection=True)
        chief = Person(number="1002", names=Names(zh="周"), rights=("score.publish",))
        records = [
            Record(kind="route", key="POLO/1", body=ROUTE),
            Record(kind="work_order", key=ORDER, body=order),
            Record(kind="operation", key=CHECK, body=check),
            Record(kind="person", key="1002", body=chief),
            Record(kind="line_plan", key="SEW-22", body=_filled("line_plan", plan)),
        ]
        with writing(self.engine) as connection:
            write_records(connection, self.log, P, records)

    def goes(self, these: Bundle | Sequence[Bundle], *operations: OperationCode) -> None:
        """Let bundles go through some operations, each taking it over from the one before."""
        before = {step.operation: step.after for step in ROUTE.steps}
        devices = {operation: device for device, (_, operation) in self.STATIONS.items()}
        for operation in operations:
            for one in [these] if isinstance(these, Bundle) else these:
                self[devices[operation]].does(one, WHO[operation], accepts=before[operation])
            self.hears(devices[operation])

    def months(self) -> dict[str, UnitMonth]:
        with reading(self.engine) as connection:
            return {one.said.unit: one for one in unit_months(connection, P, MONTH, AFTER, RULES)}

    def counted(self, unit: str) -> Counted:
        with reading(self.engine) as connection:
            month = month_of_plant(connection, P, MONTH)
            return counts_of(connection, month, AFTER.date(), RULES.liability).of(unit)


def _filled(kind: str, values: dict[str, Any]) -> Any:
    return msgspec.convert({**values, "shift": "DAY"}, forms()[kind])


def cut(floor: Chain, *serials: str, pieces: int = 20) -> list[Bundle]:
    made = [bundle(serial, pieces, component="") for serial in serials]
    floor["C1"].cuts(*made)
    floor.hears("C1")
    return made
