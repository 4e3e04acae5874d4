"""Yarn that waits in receiving is accepted, in part."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.filling import Filling, scans
from tests.world import YARN, order_code, place_code

WAITING, ARRIVED = PlaceId("RM-RCV"), Quantity(Decimal(50), "KGM")
RECEIPT = Plan(
    kind="receipt",
    number="CS20261121-B1-0001",
    partner=PlaceId("S-HENGLI"),
    lines=(PlanLine(line=1, item=YARN.id, lot="L7", quantity=ARRIVED, place=WAITING),),
)
FILLING = Filling(
    balances=(Balance(place=WAITING, goods=Goods(item=YARN.id, lot="L7"), quantity=ARRIVED),),
    plans=(RECEIPT,),
    header=scans(order_code(RECEIPT)),
    lines=(scans("(240)Y-3201", "(10)L7", "(3100)000030", place_code("RM-A-01")),),
)
