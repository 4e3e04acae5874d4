"""What lies in the rack of the small garment group, when a story begins with something in it."""

from __future__ import annotations

from decimal import Decimal

from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods
from tests.world import BUTTON, COTTON, SHIRT_L, SHIRT_M, YARN

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


def pieces(count: int) -> Quantity:
    return Quantity(Decimal(count), "C62")


def shirts(place: str, medium: int, large: int, carton: str = "", grade: str = "") -> list[Balance]:
    """So many T-shirts of two sizes at a place, in a carton or loose."""
    counts = {SHIRT_M.id: medium, SHIRT_L.id: large}
    return [
        Balance(
            place=PlaceId(place),
            goods=Goods(item=item, handling_unit=carton, grade=grade),
            quantity=pieces(count),
        )
        for item, count in counts.items()
        if count
    ]
