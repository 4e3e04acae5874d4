"""Lines, goods and amounts as they are read on the screen."""

from collections.abc import Mapping
from datetime import datetime

from domain.events.documents import Measured, Value
from domain.facts import RecordedLine
from domain.item import ItemId
from domain.line import goods_of, text_of
from domain.names import Names
from domain.quantity import Quantity
from domain.stock import Balance
from domain.words import speak_quantity
from kiosk.activity import Desk
from kiosk.screen import LineView, StockRow, Words

_PLACE_FIELDS = ("place", "target", "source")


def line_view(line: RecordedLine, desk: Desk, *, is_last: bool = False) -> LineView:
    """Show a recorded line."""
    goods = goods_of(line)
    item = desk.knowledge.item(goods.item)
    return LineView(
        line=line.line,
        item_number=item.number if item else goods.item,
        item_names=item.names if item else Names(),
        quantity=amounts(line.values, desk),
        lot=goods.lot,
        place=_place(line.values),
        unit_serial=goods.handling_unit,
        time=clock_time(line.event_time),
        is_reversed=line.is_reversed,
        is_last=is_last,
        measured=_measured(line.measured),
    )


def _measured(by_field: Mapping[str, Measured]) -> Words | None:
    """Say how a line's masses came about; what was typed matters more than what was weighed."""
    typed = next((one for one in by_field.values() if one.how == "typed"), None)
    how = typed or next(iter(by_field.values()), None)
    if how is None:
        return None
    return Words(key=f"measured.{how.how}", parameters={"scale": how.scale} if how.how == "weighed" else {})


def _place(values: Mapping[str, Value]) -> str:
    source, target = text_of(values.get("source")), text_of(values.get("target"))
    if source and target:
        return f"{source} → {target}"
    return next((text for name in _PLACE_FIELDS if (text := text_of(values.get(name)))), "")


def quantity_shown(quantity: Quantity, desk: Desk) -> str:
    """Show a quantity with its unit's word."""
    return speak_quantity(desk.language, str(quantity))


def amounts(values: Mapping[str, Value], desk: Desk) -> str:
    """Show a line's quantities, both where there are two."""
    both = (values.get("quantity"), values.get("second_quantity"))
    return " · ".join(quantity_shown(one, desk) for one in both if isinstance(one, Quantity))


def clock_time(moment: datetime) -> str:
    """Show the time on the wall here."""
    return f"{moment.astimezone():%H:%M:%S}"


def stock_row(balance: Balance, desk: Desk) -> StockRow:
    """Show a balance."""
    place, item = desk.knowledge.place(balance.place), desk.knowledge.item(balance.goods.item)
    both = (balance.quantity, balance.second)
    return StockRow(
        place=balance.place,
        place_names=place.names if place else Names(),
        item_number=item.number if item else balance.goods.item,
        item_names=item.names if item else Names(),
        quantity=" · ".join(quantity_shown(one, desk) for one in both if one is not None),
        lot=balance.goods.lot,
        unit_serial=balance.goods.handling_unit,
    )


def item_names(item: str, desk: Desk) -> tuple[str, Names]:
    """Return an item's number and names."""
    found = desk.knowledge.item(ItemId(item))
    return (found.number, found.names) if found else (item, Names())
