"""YT raw-material return 原材料退库: storage or quarantine → supplier, with the reason.

It follows the receipt that brought the goods, by lot and roll: no more goes back than came. A factory may turn it round
into goods that come back from a department of its own (`config/documents/YT.toml`): then no receipt is needed.
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, Form, always
from domain.line import GOODS_FIELDS, moves, not_enough, place_of, text_of, where_the_unit_is
from domain.place import PlaceId, PlaceRole
from domain.problem import Problem
from domain.stock import Movement

REASONS = ("defective", "shade", "wrong_goods", "torn", "wet", "surplus", "other")


def _is_of_supplier(form: Form) -> bool:
    """Goods of a supplier go back by their receipt; a department of ours has none."""
    partner = form.facts.place(form.text("partner"))
    return partner is None or partner.role is PlaceRole.SUPPLIER


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(
        problem for line in posted.lines for problem in not_enough(line, place_of(line, "source"), facts)
    )


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    partner = PlaceId(text_of(posted.header.get("partner")))
    return tuple(
        movement for line in posted.lines for movement in moves(line, place_of(line, "source"), partner)
    )


TYPE = DocumentType(
    code="YT",
    prefix="YT",
    biz_step="shipping",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="receipt", required=_is_of_supplier),
        Field(
            name="partner",
            kind=FieldKind.PARTNER,
            plan_kind="receipt",
            roles=frozenset({PlaceRole.SUPPLIER}),
        ),
    ),
    line=(
        Field(
            name="source",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.QUARANTINE}),
            implied=where_the_unit_is,
            sticky=always,
        ),
        *GOODS_FIELDS,
        Field(name="reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS)),
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    check=_check,
)
