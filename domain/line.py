"""What most document types ask of a line: its goods, its quantities, and the usual claims about its form."""

from collections.abc import Sequence

from domain.events.documents import Value
from domain.facts import RecordedLine
from domain.field import Form
from domain.item import ItemId
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Balance, Goods


def has_lots(form: Form) -> bool:
    """Tell whether the line's item is kept by lot."""
    item = form.item()
    return bool(item and item.lot_managed)


def has_second_unit(form: Form) -> bool:
    """Tell whether the line's item carries two quantities."""
    item = form.item()
    return bool(item and item.second_unit)


def goods_of(line: RecordedLine) -> Goods:
    """Return what a line is about."""
    return Goods(
        item=ItemId(text_of(line.values.get("item"))),
        lot=text_of(line.values.get("lot")),
        handling_unit=text_of(line.values.get("handling_unit")),
    )


def place_of(line: RecordedLine, name: str) -> PlaceId:
    """Return a place a line names."""
    return PlaceId(text_of(line.values.get(name)))


def quantity_of(line: RecordedLine, name: str = "quantity") -> Quantity | None:
    """Return one of a line's quantities; None if it has none."""
    value = line.values.get(name)
    return value if isinstance(value, Quantity) else None


def text_of(value: Value | None) -> str:
    """Return a value that is text; nothing otherwise."""
    return value if isinstance(value, str) else ""


def lie_only_in_units(goods: Goods, held: Sequence[Balance]) -> bool:
    """Tell whether goods named without a number of their own lie here only as numbered rolls or packages."""
    alike = [
        one.goods
        for one in held
        if (one.goods.item, one.goods.lot) == (goods.item, goods.lot) and one.quantity.value > 0
    ]
    return not goods.handling_unit and bool(alike) and all(one.handling_unit for one in alike)
