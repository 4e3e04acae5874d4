"""A line against the age of its lot: what came first goes first, and what is newer is asked about."""

from datetime import date
from decimal import Decimal

from domain.document import DocumentType
from domain.facts import ANSWERS_MAX, Facts, RecordedLine
from domain.item import ItemId
from domain.line import goods_of, place_of, quantity_of
from domain.place import PlaceRole
from domain.problem import Problem, question
from domain.stock import Balance, Goods

SOURCE = "source"
"""The field of a line that says where its goods are taken from."""


def against_age(kind: DocumentType, line: RecordedLine, facts: Facts) -> tuple[Problem, ...]:
    """Ask where a lot that came on an earlier day still lies in a store of the warehouse the line takes from.

    Only where the type minds (`oldest_first`), among goods of the same grade and owner. What earlier lines of the
    document take, but have not moved yet, no longer counts.
    """
    goods = goods_of(line)
    own = _day(goods.item, goods.lot, facts) if kind.oldest_first and goods.lot else None
    if own is None:
        return ()
    older = [
        (day, held)
        for held in _others_in_store(line, facts)
        if (day := _day(goods.item, held.goods.lot, facts)) and day < own
    ]
    if not older:
        return ()
    day, oldest = min(older, key=lambda one: (one[0], one[1].goods.lot, one[1].place))
    item = facts.item(goods.item)
    return (
        question(
            "older_lot",
            item=item.number if item else goods.item,
            lot=goods.lot,
            older=oldest.goods.lot,
            place=oldest.place,
            day=day.isoformat(),
        ),
    )


def _day(item: ItemId, lot: str, facts: Facts) -> date | None:
    since = facts.lot_since(item, lot)
    return since.astimezone().date() if since else None


def _others_in_store(line: RecordedLine, facts: Facts) -> list[Balance]:
    """Return what lies of the item's other lots in the stores of the line's warehouse."""
    goods, source = goods_of(line), facts.place(place_of(line, SOURCE))
    if source is None:
        return []
    taken = [one for one in facts.lines(line.document) if not one.is_reversed and not one.movements]
    return [
        held
        for held in facts.where_is(goods.item, ANSWERS_MAX)
        if held.goods.lot not in ("", goods.lot)
        and (held.goods.grade, held.goods.owner) == (goods.grade, goods.owner)
        and (place := facts.place(held.place))
        and (place.role, place.warehouse) == (PlaceRole.STORAGE, source.warehouse)
        and held.quantity.value > _taken(held.goods, held.place, taken)
    ]


def _taken(goods: Goods, place: str, lines: list[RecordedLine]) -> Decimal:
    amounts = (quantity_of(one) for one in lines if goods_of(one) == goods and place_of(one, SOURCE) == place)
    return sum((one.value for one in amounts if one), Decimal(0))
