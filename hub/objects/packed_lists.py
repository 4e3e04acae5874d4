"""Packed lists 已装箱清单: what of a work order passed final inspection and is packed, so that it may go to store."""

from msgspec import Struct

from domain.barcodes.house import house_body
from domain.place import PlaceId
from domain.plan import Plan
from hub.draft import Draft
from hub.object import ObjectType
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
    WORK_ORDER_FIELD,
    build_lines,
    draw_lines,
    number_field,
    quantity_field,
)
from hub.record_shape import fill_record
from hub.reference import ReferenceData

KIND = "packed"


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Plan:
    return fill_record(Plan, draft, held, kind=KIND, partner=PlaceId(""), lines=build_lines(draft, known))


OBJECT = ObjectType(
    name="packed_lists",
    group="plans",
    kind="plan",
    form=Plan,
    number="number",
    key=lambda plan, _draft: plan.number,
    belongs=lambda plan: plan.kind == KIND,
    unique={
        **UNIQUE_NUMBER,
        "work_order": lambda plan: house_body(plan.work_order) if plan.kind == KIND else "",
    },
    build=_build,
    draw_lines=draw_lines,
    fields=(number_field("装箱清单", "packed list"), WORK_ORDER_FIELD, DUE_FIELD, CLOSED_FIELD),
    lines=(
        LINE_FIELD,
        ITEM_FIELD,
        quantity_field("装箱数量", required=False),
        UNIT_FIELD,
        *PACK_FIELDS,
        LOT_FIELD,
        GRADE_FIELD,
        OWNER_FIELD,
    ),
)
