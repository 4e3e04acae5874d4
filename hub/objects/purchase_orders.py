"""Purchase orders 采购订单: what was ordered from whom; in a file one row for each line of an order."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.place import PlaceId
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from hub.cells import CellError, as_code
from hub.draft import Draft, Line
from hub.field_kind import DAY, FLAG, POSITIVE, UNIT, WHOLE, FieldKind, reference
from hub.object import Field, ObjectType
from hub.record_shape import fill_record
from hub.reference import ReferenceData


def _as_order_number(text: str) -> str:
    number = as_code(text)
    if not house_body(number):
        raise CellError("import.not_a_barcode", value=number, limit=BODY_CHARS_MAX)
    return number


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Plan:
    lines = tuple(_line(line, place, known) for place, line in enumerate(draft.lines, start=1))
    _refuse_line_twice(draft.lines, lines)
    return fill_record(
        Plan, draft, held, kind="purchase_order", partner=PlaceId(draft.text("supplier")), lines=lines
    )


def _line(line: Line, place: int, known: ReferenceData) -> PlanLine:
    number = line.text("item")
    item = known.item_by_number(number)
    if item is None:
        raise CellError("import.unknown_item", column="item", row=line.row, value=number)
    unit = line.text("unit") or item.unit
    if unit not in {item.unit, item.second_unit}:
        raise CellError(
            "import.unit_is_not_the_items",
            column="unit",
            row=line.row,
            value=f"unit.{unit}",
            item=number,
            unit=f"unit.{item.unit}",
        )
    named = line.values.get("line")
    return PlanLine(
        line=named if isinstance(named, int) else place,
        item=item.id,
        quantity=Quantity.of(line.number("quantity"), unit),
    )


def _refuse_line_twice(given: Sequence[Line], lines: Sequence[PlanLine]) -> None:
    seen: dict[int, int] = {}
    for row, line in zip(given, lines, strict=True):
        if line.line in seen:
            raise CellError(
                "import.line_twice", column="line", row=row.row, value=line.line, first=seen[line.line]
            )
        seen[line.line] = row.row


def _draw(plan: Plan, _key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"supplier": plan.partner}


def _draw_lines(plan: Plan, known: ReferenceData) -> Sequence[Mapping[str, int | str | Decimal]]:
    return [
        {
            "line": one.line,
            "item": item.number if (item := known.item(one.item)) else one.item,
            "quantity": one.quantity.value,
            "unit": one.quantity.unit,
        }
        for one in plan.lines
    ]


OBJECT = ObjectType(
    name="purchase_orders",
    group="plans",
    kind="plan",
    form=Plan,
    number="number",
    key=lambda plan, _draft: plan.number,
    belongs=lambda plan: plan.kind == "purchase_order",
    unique={"number": lambda plan: house_body(plan.number)},
    build=_build,
    draw=_draw,
    draw_lines=_draw_lines,
    fields=(
        Field(
            name="number",
            kind=FieldKind(read=_as_order_number, value=str),
            headers=("采购订单", "采购单号", "编号", "order number", "PO"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        Field(
            name="supplier",
            kind=reference("suppliers", "import.unknown_supplier"),
            headers=("供应商编码", "供应商编号"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="due", kind=DAY, headers=("交货日期", "到货日期", "due date"), is_listed=True),
        Field(name="closed", kind=FLAG, headers=("关闭",), is_listed=True),
    ),
    lines=(
        Field(name="line", kind=WHOLE, headers=("项次", "序号", "line number")),
        Field(
            name="item",
            kind=reference("items", "import.unknown_item"),
            headers=("料号", "品号", "物料", "item number"),
            required=True,
        ),
        Field(name="quantity", kind=POSITIVE, headers=("订购数量", "订单数量", "qty"), required=True),
        Field(name="unit", kind=UNIT),
    ),
)
