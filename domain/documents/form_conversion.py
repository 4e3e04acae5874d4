"""XT form conversion 形态转换: goods become others: yarn becomes fabric, a roll becomes two, a grade becomes another.

Lines are inputs or outputs. All of them post at once when the document is completed, through the conversion place, and
say which goods were made from which. What is lost on the way is asked about above the tolerance, and needs an approval.
"""

from collections import defaultdict
from decimal import Decimal

from domain.document import DocumentType, Posted, Posts
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
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
    moves,
    not_enough,
    place_of,
    quantity_of,
    text_of,
    where_the_unit_is,
)
from domain.place import PlaceRole
from domain.problem import Problem, question, refusal
from domain.roll_label import roll_label
from domain.stock import Derivation, Movement

TOLERANCE = Decimal("0.02")
"""A loss above this share of what went in is asked about and needs an approval."""


def _side(posted: Posted, side: str) -> list[RecordedLine]:
    return [line for line in posted.lines if text_of(line.values.get("side")) == side]


def _where_the_input_is(form: Form) -> str:
    return where_the_unit_is(form) if is_input(form) else ""


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(
        problem
        for line in _side(posted, INPUT)
        for problem in not_enough(line, place_of(line, "place"), facts)
    )


def _losses(posted: Posted) -> dict[str, Decimal]:
    """Return the share that is lost, by each unit that both sides are counted in."""
    totals: dict[str, dict[str, Decimal]] = {side: defaultdict(Decimal) for side in SIDES}
    for side, sums in totals.items():
        for line in _side(posted, side):
            if quantity := quantity_of(line):
                sums[quantity.unit] += quantity.value
    went_in, came_out = totals[INPUT], totals[OUTPUT]
    return {unit: 1 - came_out[unit] / went_in[unit] for unit in went_in if unit in came_out}


def _check_completion(posted: Posted, _facts: Facts) -> tuple[Problem, ...]:
    """Both sides are there; more than went in cannot come out; a large loss is asked about."""
    missing = [side for side in SIDES if not _side(posted, side)]
    if missing:
        return (refusal("side_missing", side=f"choice.side.{missing[0]}"),)
    losses = _losses(posted)
    if gain := next((-share for share in losses.values() if share < 0), None):
        return (refusal("more_out_than_in", share=f"{gain:.1%}"),)
    if large := next((share for share in losses.values() if share > TOLERANCE), None):
        return (question("large_loss", share=f"{large:.1%}", tolerance=f"{TOLERANCE:.0%}"),)
    return ()


def loses_much(posted: Posted, _facts: Facts) -> bool:
    """Hold where more is lost than the tolerance allows."""
    return any(share > TOLERANCE for share in _losses(posted).values())


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    conversion = facts.station().account(PlaceRole.CONVERSION)
    went_in = [
        one
        for line in _side(posted, INPUT)
        for one in moves(line, place_of(line, "place"), conversion, facts)
    ]
    came_out = [
        one
        for line in _side(posted, OUTPUT)
        for one in moves(line, conversion, place_of(line, "place"), facts)
    ]
    return (*went_in, *came_out)


def _derives(posted: Posted, _facts: Facts) -> tuple[Derivation, ...]:
    parents, children = (tuple(dict.fromkeys(map(goods_of, _side(posted, side)))) for side in SIDES)
    return (Derivation(parents=parents, children=children),)


def _labels(posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    made = [line for line in _side(posted, OUTPUT) if goods_of(line).handling_unit]
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
    movements=_movements,
    accounts=(PlaceRole.CONVERSION,),
    derives=_derives,
    approval=loses_much,
    check=_check,
    check_completion=_check_completion,
    labels=_labels,
)
