"""Return requests 退货申请单: what a customer may send back. Until it is approved nothing is received against it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from domain.place import PlaceId
from domain.plan import Plan
from hub.draft import Draft
from hub.field_kind import FLAG, reference
from hub.object import Field, ObjectType
from hub.plan_lines import (
    CLOSED_FIELD,
    DUE_FIELD,
    GRADE_FIELD,
    ITEM_FIELD,
    LINE_FIELD,
    LOT_FIELD,
    OWNER_FIELD,
    UNIQUE_NUMBER,
    UNIT_FIELD,
    build_lines,
    draw_lines,
    number_field,
    quantity_field,
)
from hub.record_shape import fill_record
from hub.reference import ReferenceData

KIND = "return_request"


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Plan:
    return fill_record(
        Plan,
        draft,
        held,
        kind=KIND,
        partner=PlaceId(draft.text("customer")),
        lines=build_lines(draft, known),
        pending=not draft.flag("approved"),
    )


def _draw(plan: Plan, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"customer": plan.partner, "approved": not plan.pending}


OBJECT = ObjectType(
    name="return_requests",
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
        number_field("退货申请", "退货申请单号", "return request", "RMA"),
        Field(
            name="customer",
            kind=reference("customers", "import.unknown_customer"),
            headers=("客户编码", "客户编号"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        DUE_FIELD,
        Field(
            name="approved",
            kind=FLAG,
            headers=("已批准", "已审核"),
            is_listed=True,
            right="return_requests.approve",
            seals=True,
        ),
        CLOSED_FIELD,
    ),
    lines=(
        LINE_FIELD,
        ITEM_FIELD,
        quantity_field("退货数量"),
        UNIT_FIELD,
        LOT_FIELD,
        GRADE_FIELD,
        OWNER_FIELD,
    ),
)
