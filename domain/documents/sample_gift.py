"""YP sample gift 样品赠送单: finished storage → customer, always approved; what is to come back leaves a plan."""

from domain.document import DocumentType, Posted, Posts, is_always_approved
from domain.facts import Facts
from domain.field import Field, FieldKind, Form, always
from domain.line import GOODS_FIELDS, moves, place_of, takes_too_much, text_of, where_the_unit_is
from domain.place import PlaceId, PlaceRole
from domain.problem import Problem
from domain.stock import Movement

PURPOSES = ("fitting", "size_set", "photo", "display", "approval", "other")
"""What a sample is given for; the words are `choice.purpose.<code>`."""
YES, NO = "yes", "no"


def _is_returnable(form: Form) -> bool:
    return form.text("returnable") == YES


def _has_to_come_back(posted: Posted) -> bool:
    return posted.header.get("returnable") == YES


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(problem for line in posted.lines for problem in takes_too_much(line, "source", facts))


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    customer = PlaceId(text_of(posted.header["partner"]))
    return tuple(one for line in posted.lines for one in moves(line, place_of(line, "source"), customer))


TYPE = DocumentType(
    code="YP",
    prefix="YP",
    biz_step="shipping",
    header=(
        Field(name="partner", kind=FieldKind.PARTNER, roles=frozenset({PlaceRole.CUSTOMER})),
        Field(name="receiver", kind=FieldKind.TEXT),
        Field(name="purpose", kind=FieldKind.CHOICE, choices=dict.fromkeys(PURPOSES)),
        Field(name="asked_by", kind=FieldKind.TEXT),
        Field(name="returnable", kind=FieldKind.CHOICE, choices=dict.fromkeys((YES, NO))),
        Field(name="due", kind=FieldKind.DUE_DAY, required=_is_returnable),
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
    ),
    posts=Posts.COMPLETION,
    movements=_movements,
    approval=is_always_approved,
    leaves="sample_gift",
    leaves_if=_has_to_come_back,
    awaits=True,
    check=_check,
)
