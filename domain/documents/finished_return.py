"""TK finished-goods return to store 成品退库单: finished storage → line side, the reverse of a finished-goods receipt.

Where it names the receipt, no more goes back than came in with it. A factory that means goods coming back *into* the
store by this document turns it round in its override file.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always, never
from domain.line import GOODS_FIELDS, moves, not_enough, place_of, where_the_unit_is
from domain.place import PlaceRole, Store
from domain.problem import Problem
from domain.stock import Movement

REASONS = ("rework", "repack", "wrong_label", "count", "other")


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(
        problem for line in posted.lines for problem in not_enough(line, place_of(line, "place"), facts)
    )


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    line_side = facts.station().account(PlaceRole.LINE_SIDE)
    return tuple(one for line in posted.lines for one in moves(line, place_of(line, "place"), line_side))


TYPE = DocumentType(
    code="TK",
    prefix="TK",
    biz_step="picking",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="finished_receipt", required=never),
        Field(name="return_reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS)),
    ),
    line=(
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE}),
            stores=frozenset({Store.FINISHED, Store.SECONDS}),
            implied=where_the_unit_is,
            sticky=always,
        ),
        *GOODS_FIELDS,
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    accounts=(PlaceRole.LINE_SIDE,),
    check=_check,
)
