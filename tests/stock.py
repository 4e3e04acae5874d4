"""What lies in the rack of the small garment group, when a story begins with something in it."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.world import BUTTON, COTTON, YARN

ROLL = Goods(item=COTTON.id, lot="D-118", handling_unit="R0001")
STOCK = (
    Balance(
        place=PlaceId("RM-A-01"),
        goods=ROLL,
        quantity=Quantity(Decimal("21.4"), "KGM"),
        second=Quantity(Decimal(95), "MTR"),
    ),
    Balance(place=PlaceId("RM-A-01"), goods=Goods(item=BUTTON.id), quantity=Quantity(Decimal(288), "C62")),
    Balance(
        place=PlaceId("RM-A-01"),
        goods=Goods(item=YARN.id, lot="L7"),
        quantity=Quantity(Decimal(50), "KGM"),
    ),
)
