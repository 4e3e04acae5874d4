"""YW location move 移位: storage → storage of the same warehouse; the keeper alone, no approval.

A handling unit moves in two scans: the unit, and where it goes. A whole place moves in two scans after `scope` is set
to `all`: from, and to.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Form, never
from domain.line import (
    GRADE_FIELD,
    OWNER_FIELD,
    goods_of,
    has_lots,
    has_second_unit,
    is_one_kind,
    moves,
    not_enough,
    place_of,
    text_of,
    where_the_unit_is,
)
from domain.place import Place, PlaceRole
from domain.problem import Problem, refusal
from domain.stock import Movement

ONE, ALL = "one", "all"
_STORES = frozenset({PlaceRole.RECEIVING, PlaceRole.STORAGE, PlaceRole.QUARANTINE})


def _moves_one(form: Form) -> bool:
    return form.text("scope") != ALL and is_one_kind(form)


def _moves_one_lot(form: Form) -> bool:
    return _moves_one(form) and has_lots(form)


def _moves_two_quantities(form: Form) -> bool:
    return _moves_one(form) and has_second_unit(form)


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
    if waiting := _waits_for_inspection(line, source, target, facts):
        return waiting
    if _is_all(line):
        return () if facts.balances(source.code) else (refusal("place_is_empty", place=source.code),)
    return not_enough(line, source.code, facts)


def _waits_for_inspection(
    line: RecordedLine, source: Place, target: Place, facts: Facts
) -> tuple[Problem, ...]:
    """Refuse where goods with an inspection standard would leave receiving for storage without their inspection."""
    if source.role is not PlaceRole.RECEIVING or target.role is not PlaceRole.STORAGE:
        return ()
    named = goods_of(line).item
    held = [one.goods.item for one in facts.balances(source.code)] if _is_all(line) else [named]
    for item in map(facts.item, held):
        if item and item.inspection_standard:
            return (refusal("not_inspected", item=item.number, standard=item.inspection_standard),)
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
        else:
            moved += moves(line, source, target)
    return tuple(moved)


TYPE = DocumentType(
    code="YW",
    prefix="YW",
    biz_step="storing",
    header=(),
    line=(
        Field(name="source", kind=FieldKind.PLACE, roles=_STORES, implied=where_the_unit_is),
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
        GRADE_FIELD,
        OWNER_FIELD,
    ),
    posts=Posts.LINE,
    movements=_movements,
    check=_check,
)
