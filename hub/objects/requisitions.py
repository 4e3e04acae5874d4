"""Requisitions 限额领料单: how much of which material a work order may draw, and to which line side it goes."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from domain.barcodes.house import house_body
from domain.place import PlaceId, PlaceRole
from domain.plan import Plan
from hub.cells import CellError
from hub.draft import Draft
from hub.field_kind import reference
from hub.object import Field, ObjectType
from hub.plan_lines import (
    CLOSED_FIELD,
    DUE_FIELD,
    ITEM_FIELD,
    LINE_FIELD,
    LOT_FIELD,
    OWNER_FIELD,
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

KIND = "requisition"


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Plan:
    code = draft.text("workshop")
    place = known.place(code)
    if place is not None and place.role is not PlaceRole.LINE_SIDE:
        raise CellError("import.not_a_line_side", column="workshop", value=code)
    return fill_record(Plan, draft, held, kind=KIND, partner=PlaceId(code), lines=build_lines(draft, known))


def _draw(plan: Plan, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"workshop": plan.partner}


OBJECT = ObjectType(
    name="requisitions",
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
    draw=_draw,
    draw_lines=draw_lines,
    fields=(
        number_field("限额领料单", "领料单号", "requisition"),
        WORK_ORDER_FIELD,
        Field(
            name="workshop",
            kind=reference("places", "import.unknown_reference"),
            headers=("线边", "领料车间", "line side"),
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
        quantity_field("限额", "限额数量", "quota"),
        UNIT_FIELD,
        LOT_FIELD,
        OWNER_FIELD,
    ),
)
