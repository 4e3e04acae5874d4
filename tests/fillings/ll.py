"""Yarn for a work order, within its quota."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import COTTON, YARN, order_code, place_code

REQUISITION = Plan(
    kind="requisition",
    number="WO-2026-0031",
    partner=PlaceId("LINE-1"),
    lines=(
        PlanLine(line=1, item=YARN.id, quantity=Quantity(Decimal(40), "KGM")),
        PlanLine(line=2, item=COTTON.id, quantity=Quantity(Decimal(25), "KGM")),
    ),
)
FILLING = Filling(
    balances=STOCK,
    plans=(REQUISITION,),
    header=scans(order_code(REQUISITION)),
    lines=(scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L7", "(3100)000030"),),
)
