"""A roll that another plant sent comes in; it was never here before."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from tests.filling import Filling, scans
from tests.world import COTTON, order_code, place_code, unit_code

ROAD = PlaceId("P2")
ALLOCATION = Plan(
    kind="allocation",
    number="DB20261122-C1-0001",
    partner=ROAD,
    lines=(
        PlanLine(
            line=1,
            item=COTTON.id,
            lot="D-300",
            handling_unit="R9001",
            quantity=Quantity(Decimal("19.5"), "KGM"),
            second=Quantity(Decimal(88), "MTR"),
            place=ROAD,
        ),
    ),
)
FILLING = Filling(
    balances=(),
    plans=(ALLOCATION,),
    header=scans(order_code(ALLOCATION)),
    is_mixed_too=False,
    lines=(scans(unit_code("R9001"), place_code("RM-A-02")),),
)
