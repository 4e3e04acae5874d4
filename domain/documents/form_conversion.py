"""XT form conversion 形态转换: goods become others: yarn becomes fabric, a roll becomes two, a grade becomes another.

Lines are inputs or outputs. All of them post at once when the document is completed, through the conversion place, and
say which goods were made from which. What is lost on the way is asked about above the tolerance, and needs an approval.
"""

from decimal import Decimal

from domain.conversion import converted, derived, losses, on_side, out_of_balance
from domain.document import DocumentType, Posted, Posts
from domain.events.labels import LabelRequested
from domain.facts import Facts
from domain.field import Field, FieldKind, Form, always, never
from domain.line import (
    GRADE_FIELD,
    INPUT,
    OUTPUT,
    OWNER_FIELD,
    SIDES,
    goods_of,
    has_lots,
    has_second_unit,
    is_input,
    is_one_kind,
    is_output,
    not_enough,
    place_of,
    where_the_unit_is,
)
from domain.place import PlaceRole
from domain.problem import Problem, question
from domain.roll_label import roll_label

TOLERANCE = Decimal("0.02")
"""A loss above this share of what went in is asked about and needs an approval."""


def _where_the_input_is(form: Form) -> str:
    return where_the_unit_is(form) if is_input(form) else ""


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(
        problem
        for line in on_side(posted, INPUT)
        for problem in not_enough(line, place_of(line, "place"), facts)
    )


def _check_completion(posted: Posted, _facts: Facts) -> tuple[Problem, ...]:
    """Both sides are there; more than went in cannot come out; a large loss is asked about."""
    if unbalanced := out_of_balance(posted):
        return unbalanced
    if large := next((share for share in losses(posted).values() if share > TOLERANCE), None):
        return (question("large_loss", share=f"{large:.1%}", tolerance=f"{TOLERANCE:.0%}"),)
    return ()


def loses_much(posted: Posted, _facts: Facts) -> bool:
    """Hold where more is lost than the tolerance allows."""
    return any(share > TOLERANCE for share in losses(posted).values())


def _labels(posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    made = [line for line in on_side(posted, OUTPUT) if goods_of(line).handling_unit]
    return tuple(roll_label(line, posted.header, facts) for line in made)


TYPE = DocumentType(
    code="XT",
    prefix="XT",
    biz_step="creating_class_instance",
    header=(Field(name="remark", kind=FieldKind.TEXT, required=never),),
    line=(
        Field(name="side", kind=FieldKind.SIDE, choices=dict.fromkeys(SIDES), sticky=always),
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never, is_new=is_output),
        Field(name="item", kind=FieldKind.ITEM),
        Field(name="lot", kind=FieldKind.LOT, required=has_lots),
        GRADE_FIELD,
        OWNER_FIELD,
        Field(name="quantity", kind=FieldKind.QUANTITY, required=is_one_kind),
        Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=has_second_unit),
        Field(name="price", kind=FieldKind.PRICE, required=never, right="XT.prices"),
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE}),
            implied=_where_the_input_is,
            sticky=is_output,
        ),
    ),
    posts=Posts.COMPLETION,
    movements=converted,
    accounts=(PlaceRole.CONVERSION,),
    derives=derived,
    approval=loses_much,
    check=_check,
    check_completion=_check_completion,
    labels=_labels,
)
