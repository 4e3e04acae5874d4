"""Quantities as whole millionths, so that the file adds them exactly."""

from decimal import Decimal

from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import DECIMALS_MAX, Quantity
from domain.stock import Balance, Goods, Posting

BalanceRow = tuple[str, str, str, str, str, str, str, str, int, int]


def to_millionths(value: Decimal) -> int:
    """Return a quantity's number as whole millionths; exact, since a quantity has no finer part."""
    return int(value.scaleb(DECIMALS_MAX))


def from_millionths(amount: int, unit: str) -> Quantity:
    """Return the quantity again."""
    return Quantity(Decimal(amount).scaleb(-DECIMALS_MAX), unit)


def posting_row(posting: Posting) -> BalanceRow:
    """Return one side of a movement as a row."""
    goods = posting.goods
    return (
        posting.place,
        goods.item,
        goods.lot,
        goods.handling_unit,
        goods.grade,
        goods.owner,
        posting.unit,
        posting.second_unit,
        to_millionths(posting.value),
        to_millionths(posting.second),
    )


def balance_row(balance: Balance) -> BalanceRow:
    """Return a balance as a row."""
    goods, second = balance.goods, balance.second
    return (
        balance.place,
        goods.item,
        goods.lot,
        goods.handling_unit,
        goods.grade,
        goods.owner,
        balance.quantity.unit,
        second.unit if second else "",
        to_millionths(balance.quantity.value),
        to_millionths(second.value) if second else 0,
    )


def balance_of(row: BalanceRow) -> Balance:
    """Return the balance a row says."""
    place, item, lot, handling_unit, grade, owner, unit, second_unit, value, second = row
    goods = Goods(item=ItemId(item), lot=lot, handling_unit=handling_unit, grade=grade, owner=owner)
    return Balance(
        place=PlaceId(place),
        goods=goods,
        quantity=from_millionths(value, unit),
        second=from_millionths(second, second_unit) if second_unit else None,
    )
