"""Sales orders 销售订单: what a customer gets, and in which cartons (the packing list 装箱单).

A solid pack is a line with its cartons; a ratio pack is several lines of the same pack, a size each.
"""

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
    GRADE_FIELD,
    ITEM_FIELD,
    LINE_FIELD,
    LOT_FIELD,
    OWNER_FIELD,
    PACK_FIELDS,
    UNIQUE_NUMBER,
    UNIT_FIELD,
    build_lines,
    draw_lines,
    number_field,
    quantity_field,
)
from hub.record_shape import fill_record
from hub.reference import ReferenceData

KIND = "sales_order"


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Plan:
    partner = PlaceId(draft.text("customer"))
    return fill_record(Plan, draft, held, kind=KIND, partner=partner, lines=build_lines(draft, known))


def _draw(plan: Plan, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"customer": plan.partner}


OBJECT = ObjectType(
    name="sales_orders",
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
        number_field("销售订单", "订单号", "销售单号", "order number", "SO"),
        Field(
            name="customer",
            kind=reference("customers", "import.unknown_customer"),
            headers=("客户编码", "客户编号"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        DUE_FIELD,
        CLOSED_FIELD,
    ),
    lines=(
        LINE_FIELD,
        ITEM_FIELD,
        quantity_field("订单数量", "数量", required=False),
        UNIT_FIELD,
        *PACK_FIELDS,
        LOT_FIELD,
        GRADE_FIELD,
        OWNER_FIELD,
    ),
)
