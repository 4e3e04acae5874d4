"""Work orders 生产任务单: how many pieces of a style to make, in which colours and sizes, by which route and when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from msgspec import Struct

from domain.work_order import OrderLine, OrderState, WorkOrder
from hub.cells import CellError, Value
from hub.draft import Draft, Line
from hub.field_kind import CODE, DAY, FLAG, WHOLE, choice, reference
from hub.object import Field, ObjectType
from hub.object_fields import REMARK_FIELD
from hub.plan_lines import number_field
from hub.record_shape import fill_record
from hub.reference import ReferenceData

STATE = replace(
    choice(
        "order_state",
        not_started=("未开始", "未投产"),
        running=("生产中", "进行中"),
        paused=("暂停",),
        finished=("完工", "已完成"),
        cancelled=("取消", "作废"),
    ),
    empty=OrderState.NOT_STARTED.value,
)


class WorkOrderRecord(WorkOrder, frozen=True, kw_only=True, omit_defaults=True):
    """A work order as the office keeps it."""

    remark: str = ""
    disabled: bool = False


def _build(draft: Draft, held: Struct | None, _known: ReferenceData) -> WorkOrderRecord:
    route, _, version = draft.text("route").partition("/")
    due = draft.text("due")
    return fill_record(
        WorkOrderRecord,
        draft,
        held,
        route=route,
        route_version=int(version),
        due=date.fromisoformat(due) if due else None,
        lines=_lines(draft.lines),
    )


def _lines(given: Sequence[Line]) -> tuple[OrderLine, ...]:
    lines: dict[tuple[str, str], OrderLine] = {}
    for line in given:
        colour, size, pieces = line.text("colour"), line.text("size"), line.values.get("pieces")
        if (colour, size) in lines:
            raise CellError("import.colour_size_twice", column="size", row=line.row, colour=colour, size=size)
        whole = pieces if isinstance(pieces, int) else 0
        lines[colour, size] = OrderLine(colour=colour, size=size, pieces=whole)
    return tuple(lines.values())


def _draw(order: WorkOrder, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    due = order.due.isoformat() if order.due else ""
    return {"route": f"{order.route}/{order.route_version}", "due": due}


def _draw_lines(order: WorkOrder, _known: ReferenceData) -> Sequence[Mapping[str, Value]]:
    return [{"colour": one.colour, "size": one.size, "pieces": one.pieces} for one in order.lines]


OBJECT = ObjectType(
    name="work_orders",
    group="plans",
    kind="work_order",
    form=WorkOrderRecord,
    number="number",
    key=lambda order, _draft: order.number,
    build=_build,
    draw=_draw,
    draw_lines=_draw_lines,
    fields=(
        number_field("生产任务单", "任务单号", "任务单", "work order number", "WO"),
        Field(
            name="style",
            kind=reference("styles"),
            headers=("款号",),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(
            name="route",
            kind=reference("routes"),
            headers=("路线/版本", "工艺路线", "route/version"),
            required=True,
            is_listed=True,
        ),
        Field(name="due", kind=DAY, headers=("交期", "交货日期", "due date"), is_listed=True),
        Field(name="state", kind=STATE, headers=("状态",), is_listed=True, is_query=True),
        Field(name="is_kitted", kind=FLAG, headers=("齐套",), is_listed=True),
        Field(name="owner", kind=reference("customers", "import.unknown_customer"), headers=("货主",)),
        REMARK_FIELD,
    ),
    lines=(
        Field(name="colour", kind=reference("colours"), headers=("颜色", "color"), required=True),
        Field(name="size", kind=CODE, headers=("尺码",), required=True),
        Field(name="pieces", kind=WHOLE, headers=("件数", "数量", "qty"), required=True),
    ),
)
