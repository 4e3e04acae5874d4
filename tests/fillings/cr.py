"""A ratio carton of T-shirts that was packed comes into the store."""

from __future__ import annotations

from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from tests.filling import Filling, scans
from tests.stock import pieces, shirts
from tests.world import SHIRT_L, SHIRT_M, order_code, place_code, unit_code

PACKED = Plan(
    kind="packed",
    number="PK-2026-0031",
    partner=PlaceId("LINE-1"),
    lines=(
        PlanLine(line=1, item=SHIRT_M.id, quantity=pieces(48)),
        PlanLine(line=2, item=SHIRT_L.id, quantity=pieces(24)),
    ),
)
FILLING = Filling(
    balances=shirts("LINE-1", 8, 4, carton="CT0001"),
    plans=(PACKED,),
    header=scans(order_code(PACKED)),
    lines=(scans(unit_code("CT0001"), place_code("FG-B-02")),),
)
