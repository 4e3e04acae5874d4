"""Two samples that were given to a customer come back."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.filling import Filling, scans
from tests.world import SHIRT_M, order_code, place_code

CUSTOMER, GIVEN = PlaceId("C-NORDIC"), Quantity(Decimal(2), "C62")
SAMPLES = Plan(
    kind="sample_gift",
    number="YP20261122-B1-0001",
    partner=CUSTOMER,
    due="2026-12-24",
    lines=(PlanLine(line=1, item=SHIRT_M.id, quantity=GIVEN, place=CUSTOMER),),
)
FILLING = Filling(
    balances=(Balance(place=CUSTOMER, goods=Goods(item=SHIRT_M.id), quantity=GIVEN),),
    plans=(SAMPLES,),
    header=scans(order_code(SAMPLES)),
    lines=(scans("(240)TS-2611-NV-M(30)2", place_code("FG-B-02")),),
)
