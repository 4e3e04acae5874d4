"""What most document types ask of a line: its goods, its quantities, and the usual claims about its form."""

from collections.abc import Mapping, Sequence

from domain.events.documents import Value
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Form, never
from domain.item import ItemId
from domain.place import PlaceId, PlaceRole, Store
from domain.problem import Problem, question, refusal
from domain.quantity import Quantity
from domain.stock import Balance, Goods, Movement

GRADES = ("first", "second", "third")
"""What is chosen as a grade; the words are `choice.grade.<code>` in the catalogue. The first one is no grade at all."""

INPUT, OUTPUT = "input", "output"
SIDES = (INPUT, OUTPUT)
"""The sides of a document that makes goods from others; the words are `choice.side.<code>`."""


def has_lots(form: Form) -> bool:
    """Tell whether the line's item is kept by lot."""
    item = form.item()
    return bool(item and item.lot_managed)


def has_second_unit(form: Form) -> bool:
    """Tell whether the line's item carries two quantities."""
    item = form.item()
    return bool(item and item.second_unit)


def is_one_kind(form: Form) -> bool:
    """Tell whether the line is about one kind of goods: not about a whole carton with several in it."""
    unit = form.unit()
    return unit is None or not unit.is_mixed or bool(form.text("item"))


def is_input(form: Form) -> bool:
    """Tell whether the line is about what goes in."""
    return form.text("side") == INPUT


def is_output(form: Form) -> bool:
    """Tell whether the line is about what comes out."""
    return form.text("side") == OUTPUT


def where_the_unit_is(form: Form) -> str:
    """Return the place of the unit scanned; nothing without one. For a source that need not be scanned."""
    unit = form.unit()
    return unit.place if unit else ""


def is_no_store_of_seconds(form: Form) -> bool:
    """Tell whether the place is for goods of first quality too; of seconds each is put away on its own."""
    place = form.facts.place(form.text("place"))
    return place is not None and place.store is not Store.SECONDS


GRADE_FIELD = Field(
    name="grade", kind=FieldKind.GRADE, required=never, sticky=never, choices=dict.fromkeys(GRADES)
)
OWNER_FIELD = Field(name="owner", kind=FieldKind.OWNER, required=never, roles=frozenset({PlaceRole.CUSTOMER}))
GOODS_FIELDS = (
    Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never),
    Field(name="item", kind=FieldKind.ITEM, required=is_one_kind),
    Field(name="lot", kind=FieldKind.LOT, required=has_lots),
    GRADE_FIELD,
    OWNER_FIELD,
    Field(name="quantity", kind=FieldKind.QUANTITY, required=is_one_kind),
    Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=has_second_unit),
)
"""The fields of a line about goods that are here already: a roll or carton of ours says all of them in one scan."""


def goods_in(values: Mapping[str, Value]) -> Goods:
    """Return what values are about."""
    return Goods(
        item=ItemId(text_of(values.get("item"))),
        lot=text_of(values.get("lot")),
        handling_unit=text_of(values.get("handling_unit")),
        grade=text_of(values.get("grade")),
        owner=text_of(values.get("owner")),
    )


def values_of(held: Balance) -> dict[str, Value]:
    """Return the values of a line about all of a balance."""
    goods = held.goods
    named = {"item": goods.item, "lot": goods.lot, "grade": goods.grade, "owner": goods.owner}
    amounts = {"quantity": held.quantity, "second_quantity": held.second}
    return {name: value for name, value in (*named.items(), *amounts.items()) if value}


def goods_of(line: RecordedLine) -> Goods:
    """Return what a line is about."""
    return goods_in(line.values)


def place_of(line: RecordedLine, name: str) -> PlaceId:
    """Return a place a line names."""
    return PlaceId(text_of(line.values.get(name)))


def quantity_of(line: RecordedLine, name: str = "quantity") -> Quantity | None:
    """Return one of a line's quantities; None if it has none."""
    value = line.values.get(name)
    return value if isinstance(value, Quantity) else None


def counted(values: Mapping[str, Value]) -> tuple[Quantity, ...]:
    """Return what a line counts towards its plan: its quantities, one in each unit. The plan's own unit says which."""
    found = (values.get(name) for name in ("quantity", "second_quantity"))
    return tuple(one for one in found if isinstance(one, Quantity))


def text_of(value: Value | None) -> str:
    """Return a value that is text; nothing otherwise."""
    return value if isinstance(value, str) else ""


def moves(line: RecordedLine, source: PlaceId, target: PlaceId) -> tuple[Movement, ...]:
    """Return what a line moves from a place to another; nothing where it has no quantity."""
    quantity = quantity_of(line)
    if quantity is None:
        return ()
    second = quantity_of(line, "second_quantity")
    return (Movement(goods=goods_of(line), quantity=quantity, second=second, source=source, target=target),)


def wrong_grade(line: RecordedLine, name: str, facts: Facts) -> tuple[Problem, ...]:
    """Refuse where first quality would go to a store of seconds, or seconds to a store of finished goods."""
    place = facts.place(place_of(line, name))
    belongs = Store.SECONDS if goods_of(line).grade else Store.FINISHED
    if place is None or place.store not in (Store.FINISHED, Store.SECONDS) or place.store is belongs:
        return ()
    return (refusal("other_grade_here", place=place.code, store=f"store.{place.store}"),)


def takes_too_much(line: RecordedLine, name: str, facts: Facts) -> tuple[Problem, ...]:
    """Say what is wrong with what a line takes from the place it names, where goods move only with the whole document.

    A carton or roll is in it once; all lines so far together take no more than lies there.
    """
    goods = goods_of(line)
    source, unit = place_of(line, name), goods.handling_unit
    before = (
        one
        for one in facts.lines(line.document)
        if unit and not one.is_reversed and goods_of(one) == goods and place_of(one, name) == source
    )
    if first := next(before, None):
        time = first.event_time.isoformat()
        return (refusal("already_scanned", unit=unit, name=first.operator, time=time),)
    return not_enough(line, source, facts)


def not_enough(line: RecordedLine, source: PlaceId, facts: Facts) -> tuple[Problem, ...]:
    """Ask where a place holds less of the goods than the line takes from it, or only rolls with labels of their own."""
    quantity, goods = quantity_of(line), goods_of(line)
    if quantity is None:
        return ()
    if lie_only_in_units(goods, facts.balances(source, item=goods.item)):
        item = facts.item(goods.item)
        return (question("units_have_labels", place=source, item=item.number if item else goods.item),)
    held = [one.quantity for one in facts.balances(source, goods) if one.quantity.unit == quantity.unit]
    known = sum(held, Quantity.zero(quantity.unit)) - _taken_by_earlier_lines(
        line, source, quantity.unit, facts
    )
    if known.value < quantity.value:
        return (question("more_than_on_hand", place=source, known=known, moved=quantity),)
    return ()


def _taken_by_earlier_lines(line: RecordedLine, source: PlaceId, unit: str, facts: Facts) -> Quantity:
    """Return what the document's lines before will take of the same goods when it posts as a whole."""
    alike = [
        quantity
        for one in facts.lines(line.document)
        if not one.is_reversed and not one.movements
        if goods_of(one) == goods_of(line) and one.values.get("side") == line.values.get("side")
        if source in one.values.values() and (quantity := quantity_of(one)) and quantity.unit == unit
    ]
    return sum(alike, Quantity.zero(unit))


def lie_only_in_units(goods: Goods, held: Sequence[Balance]) -> bool:
    """Tell whether goods named without a number of their own lie here only as numbered rolls or packages."""
    alike = [
        one.goods
        for one in held
        if (one.goods.item, one.goods.lot) == (goods.item, goods.lot) and one.quantity.value > 0
    ]
    return not goods.handling_unit and bool(alike) and all(one.handling_unit for one in alike)
