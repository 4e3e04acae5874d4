"""The dyer sends a roll of 21 kg back, of 21.4 kg that he had; the rest is lost."""

from __future__ import annotations

from decimal import Decimal

from domain.field import Input
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.filling import Filling, scans
from tests.world import COTTON, order_code, place_code

DYER, SENT = PlaceId("D-DYER"), Quantity(Decimal("21.4"), "KGM")
METRES = Quantity(Decimal(95), "MTR")
AT_THE_DYER = Plan(
    kind="subcontract",
    number="WF20261122-B1-0001",
    partner=DYER,
    lines=(PlanLine(line=1, item=COTTON.id, lot="D-118", quantity=SENT, second=METRES, place=DYER),),
)
FILLING = Filling(
    balances=(Balance(place=DYER, goods=Goods(item=COTTON.id, lot="D-118"), quantity=SENT, second=METRES),),
    plans=(AT_THE_DYER,),
    header=scans(order_code(AT_THE_DYER)),
    lines=(
        scans("(240)F-2041", "(10)D-118", "(3101)000210", "(3110)000093", place_code("RM-A-02")),
        (
            Input(text="loss", field="result"),
            *scans("(240)F-2041", "(10)D-118", "(3101)000004", "(3110)000002"),
        ),
    ),
)
