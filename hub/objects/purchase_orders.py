"""Purchase orders 采购订单: what was ordered from whom; in a file one row for each line of an order."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from domain.place import PlaceId
from domain.plan import Plan
from hub.draft import Draft
from hub.field_kind import reference
from hub.object import Field, ObjectType
from hub.plan_lines import (
    CLOSED_FIELD,
    DUE_FIELD,
    ITEM_FIELD,
    LINE_FIELD,
    UNIQUE_NUMBER,
    UNIT_FIELD,
    build_lines,
    draw_lines,
    number_field,
    quantity_field,
)
from hub.record_shape import fill_record
from hub.reference import ReferenceData

KIND = "purchase_order"


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Plan:
    partner = PlaceId(draft.text("supplier"))
    return fill_record(Plan, draft, held, kind=KIND, partner=partner, lines=build_lines(draft, known))


def _draw(plan: Plan, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"supplier": plan.partner}


OBJECT = ObjectType(
    name="purchase_orders",
    group="plans",
    kind="plan",
    form=Plan,
    number="number",
    key=lambda plan, _draft: plan.number,
    belongs=lambda plan: plan.kind == KIND,
    unique=UNIQUE_NUMBER,
    build=_build,
    draw=_draw,
    draw_lines=draw_lines,
    fields=(
        number_field("采购订单", "采购单号", "order number", "PO"),
        Field(
            name="supplier",
            kind=reference("suppliers", "import.unknown_supplier"),
            headers=("供应商编码", "供应商编号"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        DUE_FIELD,
        CLOSED_FIELD,
    ),
    lines=(LINE_FIELD, ITEM_FIELD, quantity_field("订购数量", "订单数量"), UNIT_FIELD),
)
