"""A customer sends some T-shirts back, as was agreed."""

from __future__ import annotations

from domain.field import Input
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from tests.filling import Filling, scans
from tests.stock import pieces
from tests.world import SHIRT_M, order_code, place_code

RETURN = Plan(
    kind="return_request",
    number="RR-2026-0007",
    partner=PlaceId("C-NORDIC"),
    lines=(PlanLine(line=1, item=SHIRT_M.id, quantity=pieces(12)),),
)
FILLING = Filling(
    balances=(),
    plans=(RETURN,),
    header=scans(order_code(RETURN)),
    lines=(
        (
            *scans("(240)TS-2611-NV-M(30)12", place_code("RT-01")),
            Input(text="defect", field="return_reason"),
        ),
    ),
)
