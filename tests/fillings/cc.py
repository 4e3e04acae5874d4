"""Two ratio cartons leave for the customer, as the packing list says."""

from __future__ import annotations

from domain.field import Input
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from tests.filling import Filling, scans
from tests.stock import pieces, shirts
from tests.world import SHIRT_L, SHIRT_M, order_code, unit_code

SALES_ORDER = Plan(
    kind="sales_order",
    number="SO-2026-0311",
    partner=PlaceId("C-NORDIC"),
    lines=(
        PlanLine(line=1, item=SHIRT_M.id, quantity=pieces(16), packs=2, pack="A"),
        PlanLine(line=2, item=SHIRT_L.id, quantity=pieces(8), packs=2, pack="A"),
    ),
)
FILLING = Filling(
    balances=(
        *shirts("FG-B-02", 8, 4, carton="CT0001"),
        *shirts("FG-B-02", 8, 4, carton="CT0002"),
    ),
    plans=(SALES_ORDER,),
    header=(
        *scans(order_code(SALES_ORDER)),
        Input(text="沪A 12345", field="vehicle"),
        Input(text="S-778812", field="seal"),
    ),
    lines=(scans(unit_code("CT0001")), scans(unit_code("CT0002"))),
)
