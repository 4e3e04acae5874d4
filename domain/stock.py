"""Goods only move: movements between places, and stock as their double-entry fold."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec import Struct

from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import Quantity


class Goods(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What lies somewhere: item, lot, handling unit, grade and owner together name one kind of stock.

    No `grade` is first quality, no `owner` is ours.
    """

    item: ItemId
    lot: str = ""
    handling_unit: str = ""
    grade: str = ""
    owner: str = ""


class Movement(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A quantity of goods that went from one place to another. Always positive; the way back swaps the places."""

    goods: Goods
    quantity: Quantity
    source: PlaceId
    target: PlaceId
    second: Quantity | None = None

    def __post_init__(self) -> None:
        """Refuse what can never be a movement: nothing moved, or moved to where it was."""
        if self.quantity.value <= 0:
            message = f"a movement needs a quantity above zero, not {self.quantity}"
            raise ValueError(message)
        if self.second is not None and self.second.value < 0:
            message = f"a movement's second quantity goes the same way, not back: {self.second}"
            raise ValueError(message)
        if self.source == self.target:
            message = f"a movement needs two places, not {self.source} twice"
            raise ValueError(message)

    def inverse(self) -> "Movement":
        """Return the movement that takes this one back exactly."""
        return Movement(
            goods=self.goods,
            quantity=self.quantity,
            second=self.second,
            source=self.target,
            target=self.source,
        )


class Derivation(Struct, frozen=True, kw_only=True):
    """Which goods were made from which: the parents went in together, the children came out."""

    parents: tuple[Goods, ...]
    children: tuple[Goods, ...]


class Posting(Struct, frozen=True, kw_only=True):
    """One side of a movement: what a place gained (positive) or gave (negative). `second` is 0 where there is none."""

    place: PlaceId
    goods: Goods
    unit: str
    value: Decimal
    second_unit: str
    second: Decimal


class Balance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much of some goods a place holds."""

    place: PlaceId
    goods: Goods
    quantity: Quantity
    second: Quantity | None = None


ZERO = Decimal(0)


def postings(movement: Movement) -> tuple[Posting, Posting]:
    """Return both sides of a movement, source first; they sum to zero (law L1)."""
    quantity, second = movement.quantity, movement.second
    unit, second_unit = quantity.unit, second.unit if second else ""
    value, second_value = quantity.value, second.value if second else ZERO
    gave = Posting(
        place=movement.source,
        goods=movement.goods,
        unit=unit,
        value=-value,
        second_unit=second_unit,
        second=-second_value,
    )
    gained = Posting(
        place=movement.target,
        goods=movement.goods,
        unit=unit,
        value=value,
        second_unit=second_unit,
        second=second_value,
    )
    return gave, gained


class Stock:
    """The fold of movements into balances. Both kiosk and hub fold with it."""

    def __init__(self, balances: Iterable[Balance] = ()) -> None:
        """Begin with known balances, or with an empty world."""
        self._amounts: dict[tuple[PlaceId, Goods, str, str], tuple[Decimal, Decimal]] = {}
        for balance in balances:
            second = balance.second
            self._add(
                Posting(
                    place=balance.place,
                    goods=balance.goods,
                    unit=balance.quantity.unit,
                    value=balance.quantity.value,
                    second_unit=second.unit if second else "",
                    second=second.value if second else ZERO,
                ),
            )

    def apply(self, movement: Movement) -> None:
        """Move the goods."""
        for posting in postings(movement):
            self._add(posting)

    def balances(self) -> Iterator[Balance]:
        """Yield every balance that is not nothing."""
        for (place, goods, unit, second_unit), (value, second) in self._amounts.items():
            if value or second:
                yield Balance(
                    place=place,
                    goods=goods,
                    quantity=Quantity(value=value, unit=unit),
                    second=Quantity(value=second, unit=second_unit) if second_unit else None,
                )

    def on_hand(self, place: PlaceId, goods: Goods, unit: str) -> Quantity:
        """Return how much of `goods` `place` holds in `unit`; nothing is zero."""
        value = sum(
            (
                amount
                for (at, what, in_unit, _), (amount, _second) in self._amounts.items()
                if at == place and what == goods and in_unit == unit
            ),
            ZERO,
        )
        return Quantity(value=value, unit=unit)

    def _add(self, posting: Posting) -> None:
        key = (posting.place, posting.goods, posting.unit, posting.second_unit)
        value, second = self._amounts.get(key, (ZERO, ZERO))
        self._amounts[key] = (value + posting.value, second + posting.second)
