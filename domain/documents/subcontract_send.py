"""WF subcontract send 外加工发出: storage or line side → subcontractor, for a whole task or one operation.

What lies with the subcontractor is known by item, dye lot, grade and owner: our labels do not survive there. One
document is one card, so what it leaves is settled per card and dye lot (WS).
"""

from msgspec.structs import replace

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, Form, always, never
from domain.line import (
    GOODS_FIELDS,
    goods_of,
    moves,
    not_enough,
    place_of,
    text_of,
    where_the_unit_is,
)
from domain.place import PlaceId, PlaceRole
from domain.problem import Problem
from domain.stock import Derivation, Movement

WHOLE, OPERATION = "whole", "operation"


def _is_operation(form: Form) -> bool:
    return form.text("task") == OPERATION


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(
        problem for line in posted.lines for problem in not_enough(line, place_of(line, "source"), facts)
    )


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    """A roll or package loses its number on the way: it goes in as that roll and out as its goods."""
    conversion = facts.station().account(PlaceRole.CONVERSION)
    subcontractor = PlaceId(text_of(posted.header["partner"]))
    moved: list[Movement] = []
    for line in posted.lines:
        source = place_of(line, "source")
        if not goods_of(line).handling_unit:
            moved += moves(line, source, subcontractor)
            continue
        for one in moves(line, source, conversion):
            loose = replace(one.goods, handling_unit="")
            moved += [one, replace(one, goods=loose, source=conversion, target=subcontractor)]
    return tuple(moved)


def _derives(posted: Posted, _facts: Facts) -> tuple[Derivation, ...]:
    return tuple(
        Derivation(parents=(goods,), children=(replace(goods, handling_unit=""),))
        for goods in dict.fromkeys(map(goods_of, posted.lines))
        if goods.handling_unit
    )


TYPE = DocumentType(
    code="WF",
    prefix="WF",
    biz_step="shipping",
    header=(
        Field(name="partner", kind=FieldKind.PARTNER, roles=frozenset({PlaceRole.SUBCONTRACTOR})),
        Field(name="task", kind=FieldKind.CHOICE, choices=dict.fromkeys((WHOLE, OPERATION))),
        Field(name="operation", kind=FieldKind.TEXT, required=_is_operation),
        Field(name="card", kind=FieldKind.TEXT),
        Field(name="due", kind=FieldKind.DUE_DAY, required=never),
    ),
    line=(
        Field(
            name="source",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.LINE_SIDE}),
            implied=where_the_unit_is,
            sticky=always,
        ),
        *GOODS_FIELDS,
    ),
    posts=Posts.LINE,
    movements=_movements,
    accounts=(PlaceRole.CONVERSION,),
    leaves="subcontract",
    awaits=True,
    derives=_derives,
    check=_check,
)
