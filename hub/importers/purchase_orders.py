"""Purchase orders 采购订单: what was ordered from whom, one row for each line of an order."""

from collections.abc import Sequence
from decimal import Decimal

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.place import PlaceId, PlaceRole
from domain.plan import Plan, PlanLine
from domain.quantity import Quantity
from hub.cells import CellError, as_code, as_day, as_flag, as_positive, as_unit, as_whole
from hub.importer import Column, Importer, Row
from hub.reference import ReferenceData

_SAME_IN_ALL = ("supplier", "due", "closed")


def _as_order_number(text: str) -> str:
    number = as_code(text)
    if not house_body(number):
        raise CellError("import.not_a_barcode", value=number, limit=BODY_CHARS_MAX)
    return number


def _build(rows: Sequence[Row], known: ReferenceData) -> Plan:
    first = rows[0]
    for name in _SAME_IN_ALL:
        odd = next((row for row in rows if row.values[name] not in {first.values[name], ""}), None)
        if odd is not None:
            raise CellError(
                "import.order_disagrees",
                column=name,
                row=odd.number,
                order=first.text("number"),
                first=first.number,
            )
    supplier = first.text("supplier")
    place = known.place(supplier)
    if place is None or place.role is not PlaceRole.SUPPLIER:
        raise CellError("import.unknown_supplier", column="supplier", row=first.number, value=supplier)
    lines = tuple(_line(row, place_in_file, known) for place_in_file, row in enumerate(rows, start=1))
    _refuse_line_twice(rows, lines)
    return Plan(
        kind="purchase_order",
        number=first.text("number"),
        partner=PlaceId(supplier),
        lines=lines,
        due=first.text("due"),
        closed=first.flag("closed"),
    )


def _line(row: Row, place_in_file: int, known: ReferenceData) -> PlanLine:
    number = row.text("item")
    item = known.item_by_number(number)
    if item is None:
        raise CellError("import.unknown_item", column="item", row=row.number, value=number)
    unit = row.text("unit") or item.unit
    if unit not in {item.unit, item.second_unit}:
        raise CellError(
            "import.unit_is_not_the_items",
            column="unit",
            row=row.number,
            value=f"unit.{unit}",
            item=number,
            unit=f"unit.{item.unit}",
        )
    quantity, line = row.values["quantity"], row.values["line"]
    return PlanLine(
        line=line if isinstance(line, int) else place_in_file,
        item=item.id,
        quantity=Quantity.of(quantity if isinstance(quantity, Decimal) else Decimal(0), unit),
    )


def _refuse_line_twice(rows: Sequence[Row], lines: Sequence[PlanLine]) -> None:
    seen: dict[int, int] = {}
    for row, line in zip(rows, lines, strict=True):
        if line.line in seen:
            raise CellError(
                "import.line_twice", column="line", row=row.number, value=line.line, first=seen[line.line]
            )
        seen[line.line] = row.number


IMPORTER = Importer(
    kind="purchase_orders",
    reference_kind="plan",
    key_column="number",
    key=lambda plan, _row: plan.number,
    unique={"number": lambda plan: house_body(plan.number)},
    build=_build,
    has_lines=True,
    columns=(
        Column(
            name="number",
            headers=("订单号", "采购订单", "采购单号", "编号", "order number", "PO"),
            read=_as_order_number,
            required=True,
        ),
        Column(name="supplier", headers=("供应商", "供应商编码", "供应商编号"), read=as_code, required=True),
        Column(name="line", headers=("行号", "项次", "序号", "line number"), read=as_whole, default=None),
        Column(
            name="item",
            headers=("物料编号", "料号", "品号", "物料", "item number"),
            read=as_code,
            required=True,
        ),
        Column(
            name="quantity", headers=("数量", "订购数量", "订单数量", "qty"), read=as_positive, required=True
        ),
        Column(name="unit", headers=("单位",), read=as_unit),
        Column(name="due", headers=("交期", "交货日期", "到货日期", "due date"), read=as_day),
        Column(name="closed", headers=("结案", "关闭"), read=as_flag, default=False),
    ),
)
