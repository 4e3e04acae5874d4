"""CR finished-goods receipt 成品入库单: line side of packing → finished storage, by piece or by carton.

Only what passed final inspection and is packed comes in: the plan names it, and nothing above it. Seconds go to a store
of seconds. A carton gets its label here.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind
from domain.line import GOODS_FIELDS, is_no_store_of_seconds, moves, not_enough, place_of, wrong_grade
from domain.place import PlaceRole, Store
from domain.problem import Problem
from domain.stock import Movement
from domain.unit_labels import unit_labels


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    packing = facts.station().account(PlaceRole.LINE_SIDE)
    return tuple(
        problem
        for line in posted.lines
        for problem in (*wrong_grade(line, "place", facts), *not_enough(line, packing, facts))
    )


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    packing = facts.station().account(PlaceRole.LINE_SIDE)
    return tuple(one for line in posted.lines for one in moves(line, packing, place_of(line, "place")))


TYPE = DocumentType(
    code="CR",
    prefix="CR",
    biz_step="storing",
    header=(Field(name="plan", kind=FieldKind.PLAN, plan_kind="packed"),),
    line=(
        *GOODS_FIELDS,
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
    accounts=(PlaceRole.LINE_SIDE,),
    leaves="finished_receipt",
    check=_check,
    labels=unit_labels,
)
