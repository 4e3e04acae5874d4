"""Yarn goes back to who delivered it; 50 kg were received."""

from __future__ import annotations

from decimal import Decimal

from domain.field import Input
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import YARN, order_code, place_code

RACK = PlaceId("RM-A-01")
RECEIPT = Plan(
    kind="receipt",
    number="CS20261120-B1-0001",
    partner=PlaceId("S-HENGLI"),
    lines=(PlanLine(line=1, item=YARN.id, lot="L7", quantity=Quantity(Decimal(50), "KGM"), place=RACK),),
)
FILLING = Filling(
    balances=STOCK,
    plans=(RECEIPT,),
    header=scans(order_code(RECEIPT)),
    lines=(
        (
            *scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L7", "(3100)000012"),
            Input(text="shade", field="reason"),
        ),
    ),
)
