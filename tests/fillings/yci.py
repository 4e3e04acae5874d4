"""Yarn that another warehouse sent comes in; 30 kg were sent."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.filling import Filling, scans
from tests.world import YARN, order_code, place_code

TRANSIT, SENT = PlaceId("TRANSIT"), Quantity(Decimal(30), "KGM")
TRANSFER = Plan(
    kind="transfer",
    number="YC20261122-B1-0001",
    partner=PlaceId("RM-A-01"),
    lines=(PlanLine(line=1, item=YARN.id, lot="L7", quantity=SENT, place=TRANSIT),),
)
FILLING = Filling(
    balances=(Balance(place=TRANSIT, goods=Goods(item=YARN.id, lot="L7"), quantity=SENT),),
    plans=(TRANSFER,),
    header=scans(order_code(TRANSFER)),
    lines=(scans("(240)Y-3201", "(10)L7", "(3100)000030", place_code("RM-A-02")),),
)
