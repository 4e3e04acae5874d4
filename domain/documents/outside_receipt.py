"""SL receipt from outside 成品收料单: finished goods that our own line did not make, from a supplier or subcontractor.

Another plant that does not send by allocation is registered as a supplier. Against a purchase order where there is one.
"""

from decimal import Decimal

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always, never
from domain.line import (
    GRADE_FIELD,
    OWNER_FIELD,
    has_lots,
    has_second_unit,
    is_no_store_of_seconds,
    moves,
    place_of,
    text_of,
    wrong_grade,
)
from domain.place import PlaceId, PlaceRole, Store
from domain.problem import Problem
from domain.stock import Movement
from domain.unit_labels import unit_labels


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(problem for line in posted.lines for problem in wrong_grade(line, "place", facts))


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    sender = PlaceId(text_of(posted.header["partner"]))
    return tuple(one for line in posted.lines for one in moves(line, sender, place_of(line, "place")))


TYPE = DocumentType(
    code="SL",
    prefix="SL",
    biz_step="receiving",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="purchase_order", required=never),
        Field(
            name="partner",
            kind=FieldKind.PARTNER,
            plan_kind="purchase_order",
            roles=frozenset({PlaceRole.SUPPLIER, PlaceRole.SUBCONTRACTOR}),
        ),
        Field(name="delivery_note", kind=FieldKind.TEXT, required=never),
    ),
    line=(
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never, is_new=always),
        Field(name="item", kind=FieldKind.ITEM),
        Field(name="lot", kind=FieldKind.LOT, required=has_lots),
        GRADE_FIELD,
        OWNER_FIELD,
        Field(name="quantity", kind=FieldKind.QUANTITY),
        Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=has_second_unit),
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE}),
            stores=frozenset({Store.FINISHED, Store.SECONDS}),
            sticky=is_no_store_of_seconds,
        ),
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    over_plan=Decimal("0.05"),
    check=_check,
    labels=unit_labels,
)
