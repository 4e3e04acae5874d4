"""LL material issue 领料: storage → line side, against the requisition of a work order.

The requisition is the quota: what goes above it needs a reason, and the document an approval before anything moves. One
lot for one cut, the oldest first: a second lot of the same material, or a newer one than lies there, is asked about.
"""

from domain.against_plan import goes_above_plan, is_above_plan
from domain.document import AbovePlan, DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always
from domain.line import (
    GOODS_FIELDS,
    goods_of,
    moves,
    place_of,
    takes_too_much,
    text_of,
    where_the_unit_is,
)
from domain.place import PlaceId, PlaceRole
from domain.problem import Problem, question
from domain.stock import Movement

REASONS = ("rework", "waste", "recut", "sample", "other")
"""Why more is needed than the requisition asks for."""


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for line in posted.lines:
        found += takes_too_much(line, "source", facts)
        goods = goods_of(line)
        lots = (
            goods_of(one).lot
            for one in facts.lines(posted.document)
            if not one.is_reversed and goods_of(one).item == goods.item
        )
        if other := next((lot for lot in lots if lot != goods.lot), None):
            item = facts.item(goods.item)
            number = item.number if item else goods.item
            found.append(question("second_lot", item=number, lot=goods.lot, other=other))
    return tuple(found)


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    workshop = PlaceId(text_of(posted.header.get("workshop")))
    return tuple(
        movement for line in posted.lines for movement in moves(line, place_of(line, "source"), workshop)
    )


TYPE = DocumentType(
    code="LL",
    prefix="LL",
    biz_step="picking",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="requisition"),
        Field(
            name="workshop",
            kind=FieldKind.PARTNER,
            plan_kind="requisition",
            roles=frozenset({PlaceRole.LINE_SIDE}),
        ),
    ),
    line=(
        Field(
            name="source",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE}),
            implied=where_the_unit_is,
            sticky=always,
        ),
        *GOODS_FIELDS,
        Field(name="reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS), required=goes_above_plan),
    ),
    posts=Posts.COMPLETION,
    movements=_movements,
    plan_field="plan",
    above_plan=AbovePlan.REASON,
    leaves="issue",
    leaves_partner="workshop",
    approval=is_above_plan,
    oldest_first=True,
    check=_check,
)
