"""YW location move 移位: storage → storage of the same warehouse; the keeper alone, no approval.

A handling unit moves in two scans: the unit, and where it goes. A whole place moves in two scans after `scope` is set
to `all`: from, and to.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Form, never
from domain.line import goods_of, has_lots, has_second_unit, lie_only_in_units, place_of, quantity_of, text_of
from domain.place import PlaceRole
from domain.problem import Problem, question, refusal
from domain.stock import Movement

ONE, ALL = "one", "all"
_STORES = frozenset({PlaceRole.RECEIVING, PlaceRole.STORAGE, PlaceRole.QUARANTINE})


def _moves_one(form: Form) -> bool:
    return form.text("scope") != ALL


def _moves_one_lot(form: Form) -> bool:
    return _moves_one(form) and has_lots(form)


def _moves_two_quantities(form: Form) -> bool:
    return _moves_one(form) and has_second_unit(form)


def _where_the_unit_is(form: Form) -> str:
    serial = form.text("handling_unit")
    unit = form.facts.handling_unit(serial) if serial else None
    return unit.place if unit else ""


def _is_all(line: RecordedLine) -> bool:
    return text_of(line.values.get("scope")) == ALL


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(problem for line in posted.lines for problem in _check_line(line, facts))


def _check_line(line: RecordedLine, facts: Facts) -> tuple[Problem, ...]:
    source, target = facts.place(place_of(line, "source")), facts.place(place_of(line, "target"))
    if source is None or target is None:
        return ()
    if source.code == target.code:
        return (refusal("already_there", place=target.code),)
    if source.warehouse != target.warehouse:
        return (refusal("other_warehouse", source=source.warehouse, target=target.warehouse),)
    if _is_all(line):
        return () if facts.balances(source.code) else (refusal("place_is_empty", place=source.code),)
    quantity, goods = quantity_of(line), goods_of(line)
    if quantity is None:
        return ()
    held = [
        one.quantity.value for one in facts.balances(source.code, goods) if one.quantity.unit == quantity.unit
    ]
    if lie_only_in_units(goods, facts.balances(source.code, item=goods.item)):
        item = facts.item(goods.item)
        number = item.number if item else goods.item
        return (question("units_have_labels", place=source.code, item=number),)
    if sum(held) < quantity.value:
        known = f"{sum(held)} {quantity.unit}"
        return (question("more_than_on_hand", place=source.code, known=known, moved=str(quantity)),)
    return ()


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    moved: list[Movement] = []
    for line in posted.lines:
        source, target = place_of(line, "source"), place_of(line, "target")
        if _is_all(line):
            moved += [
                Movement(
                    goods=held.goods, quantity=held.quantity, second=held.second, source=source, target=target
                )
                for held in facts.balances(source)
                if held.quantity.value > 0
            ]
        elif quantity := quantity_of(line):
            second = quantity_of(line, "second_quantity")
            moved.append(
                Movement(goods=goods_of(line), quantity=quantity, second=second, source=source, target=target)
            )
    return tuple(moved)


TYPE = DocumentType(
    code="YW",
    prefix="YW",
    biz_step="storing",
    header=(),
    line=(
        Field(name="source", kind=FieldKind.PLACE, roles=_STORES, implied=_where_the_unit_is),
        Field(name="item", kind=FieldKind.ITEM, required=_moves_one),
        Field(name="lot", kind=FieldKind.LOT, required=_moves_one_lot),
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never),
        Field(name="quantity", kind=FieldKind.QUANTITY, required=_moves_one),
        Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=_moves_two_quantities),
        Field(name="target", kind=FieldKind.PLACE, roles=_STORES),
        Field(
            name="scope",
            kind=FieldKind.CHOICE,
            choices={ONE: None, ALL: None},
            default=lambda _form: ONE,
        ),
    ),
    posts=Posts.LINE,
    movements=_movements,
    check=_check,
)
