"""TH customer return 退货单: customer → store of returned goods, from a return request that was approved.

Nothing comes in that was not agreed, and nothing goes straight back to stock: it is refurbished first (CZ).
"""

from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always, never
from domain.line import GRADE_FIELD, OWNER_FIELD, has_lots, has_second_unit, moves, place_of, text_of
from domain.place import PlaceId, PlaceRole, Store
from domain.stock import Movement
from domain.unit_labels import unit_labels

REASONS = ("defect", "wrong_goods", "wrong_size", "late", "unsold", "other")


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    customer = PlaceId(text_of(posted.header["partner"]))
    return tuple(one for line in posted.lines for one in moves(line, customer, place_of(line, "place")))


TYPE = DocumentType(
    code="TH",
    prefix="TH",
    biz_step="receiving",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="return_request"),
        Field(
            name="partner",
            kind=FieldKind.PARTNER,
            plan_kind="return_request",
            roles=frozenset({PlaceRole.CUSTOMER}),
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
            stores=frozenset({Store.RETURNED}),
            sticky=always,
        ),
        Field(name="return_reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS)),
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    labels=unit_labels,
)
