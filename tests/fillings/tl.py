"""Left-over yarn comes back from the line; 30 kg were issued."""

from __future__ import annotations

from decimal import Decimal

from domain.field import Input
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.filling import Filling, scans
from tests.world import YARN, order_code, place_code

LINE_SIDE, ISSUED = PlaceId("LINE-1"), Quantity(Decimal(30), "KGM")
ISSUE = Plan(
    kind="issue",
    number="LL20261122-B1-0001",
    partner=LINE_SIDE,
    lines=(PlanLine(line=1, item=YARN.id, lot="L7", quantity=ISSUED, place=LINE_SIDE),),
)
FILLING = Filling(
    balances=(Balance(place=LINE_SIDE, goods=Goods(item=YARN.id, lot="L7"), quantity=ISSUED),),
    plans=(ISSUE,),
    header=scans(order_code(ISSUE)),
    lines=(
        (
            *scans("(240)Y-3201", "(10)L7", "(3100)000004", place_code("RM-A-01")),
            Input(text="surplus", field="reason"),
        ),
    ),
)
