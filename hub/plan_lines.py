"""The lines of plans as the office gives them: goods, how much, and of a packing list in which cartons."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.plan import Plan, PlanLine
from domain.quantity import DECIMALS_MAX, Quantity
from hub.cells import CellError, Value, as_code
from hub.draft import Draft, Line
from hub.field_kind import CODE, DAY, FLAG, POSITIVE, UNIT, WHOLE, FieldKind, choice, reference
from hub.object import Field
from hub.reference import ReferenceData


def _as_number(text: str) -> str:
    number = as_code(text)
    if not house_body(number):
        raise CellError("import.not_a_barcode", value=number, limit=BODY_CHARS_MAX)
    return number


ORDER_NUMBER = FieldKind(read=_as_number, value=str)
"""A number that is printed as a code and scanned at the kiosk."""
DUE_FIELD = Field(name="due", kind=DAY, headers=("交货日期", "到货日期", "due date"), is_listed=True)
CLOSED_FIELD = Field(name="closed", kind=FLAG, headers=("关闭",), is_listed=True)
WORK_ORDER_FIELD = Field(
    name="work_order",
    kind=ORDER_NUMBER,
    headers=("生产任务单号", "任务单", "work order number"),
    is_listed=True,
    is_query=True,
)

LINE_FIELD = Field(name="line", kind=WHOLE, headers=("项次", "序号", "line number"))
ITEM_FIELD = Field(
    name="item",
    kind=reference("items", "import.unknown_item"),
    headers=("料号", "品号", "物料", "item number"),
    required=True,
)
UNIT_FIELD = Field(name="unit", kind=UNIT)
LOT_FIELD = Field(name="lot", kind=CODE, headers=("批号", "缸号"))
GRADE_FIELD = Field(
    name="grade",
    kind=choice("grade", second=("次品", "二等品", "seconds"), third=("三等品", "thirds")),
    headers=("等级",),
)
OWNER_FIELD = Field(name="owner", kind=reference("customers", "import.unknown_customer"), headers=("货主",))
PACK_FIELDS = (
    Field(name="pack", kind=CODE, headers=("混装号", "箱型", "carton mark")),
    Field(name="packs", kind=WHOLE, headers=("箱数", "件数", "cartons")),
    Field(name="each", kind=POSITIVE, headers=("每箱数量", "每箱", "per carton")),
)
"""A packing list: lines of one `pack` go into the same cartons, `packs` of them, `each` so much in every one."""


def quantity_field(*headers: str, required: bool = True) -> Field:
    """Return the field of how much; not required where cartons may say it."""
    return Field(name="quantity", kind=POSITIVE, headers=(*headers, "qty"), required=required)


def number_field(*headers: str) -> Field:
    """Return the field of a plan's number."""
    return Field(
        name="number",
        kind=ORDER_NUMBER,
        headers=(*headers, "编号"),
        required=True,
        may_change=False,
        is_listed=True,
        is_query=True,
    )


def _number_code(plan: Plan) -> str:
    return house_body(plan.number)


UNIQUE_NUMBER = {"number": _number_code}
"""No two plans of a plant are scanned by one code, whatever kind they are."""


def build_lines(draft: Draft, known: ReferenceData) -> tuple[PlanLine, ...]:
    """Return the lines of a plan. Raises CellError at the first that cannot be."""
    lines = tuple(_line(line, place, known) for place, line in enumerate(draft.lines, start=1))
    _refuse_line_twice(draft.lines, lines)
    _refuse_uneven_packs(draft.lines, lines)
    return lines


def draw_lines(plan: Plan, known: ReferenceData) -> Sequence[Mapping[str, Value]]:
    """Return what a plan's lines say, by field."""
    return [
        {
            "line": one.line,
            "item": item.number if (item := known.item(one.item)) else one.item,
            "quantity": one.quantity.value,
            "unit": one.quantity.unit,
            "lot": one.lot,
            "grade": one.grade,
            "owner": one.owner,
            "pack": one.pack,
            "packs": one.packs or None,
            "each": one.quantity.value / one.packs if one.packs else None,
        }
        for one in plan.lines
    ]


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
        quantity=Quantity.of(_value(line), unit),
        lot=line.text("lot"),
        grade=line.text("grade"),
        owner=line.text("owner"),
        packs=_packs(line),
        pack=line.text("pack"),
    )


def _packs(line: Line) -> int:
    packs = line.values.get("packs")
    return packs if isinstance(packs, int) else 0


def _value(line: Line) -> Decimal:
    """Return how much a line asks for: as it says, or what its cartons make. Both must agree."""
    total, each, packs = line.number("quantity"), line.number("each"), _packs(line)
    if line.text("pack") and not packs:
        raise CellError("import.pack_without_count", column="packs", row=line.row, pack=line.text("pack"))
    if each and not packs:
        raise CellError("import.each_without_count", column="packs", row=line.row)
    made = each * packs
    if total and made and made != total:
        raise CellError(
            "import.packs_disagree", column="quantity", row=line.row, made=f"{made:f}", value=f"{total:f}"
        )
    value = total or made
    if not value:
        raise CellError("import.cell_empty", column="quantity", row=line.row)
    if packs and round(value / packs, DECIMALS_MAX) * packs != value:
        raise CellError(
            "import.packs_uneven", column="packs", row=line.row, value=f"{value:f}", packs=str(packs)
        )
    return value


def _refuse_line_twice(given: Sequence[Line], lines: Sequence[PlanLine]) -> None:
    seen: dict[int, int] = {}
    for row, line in zip(given, lines, strict=True):
        if line.line in seen:
            raise CellError(
                "import.line_twice", column="line", row=row.row, value=line.line, first=seen[line.line]
            )
        seen[line.line] = row.row


def _refuse_uneven_packs(given: Sequence[Line], lines: Sequence[PlanLine]) -> None:
    """Refuse lines of one pack that name different numbers of cartons: they are the same cartons."""
    counts: dict[str, int] = {}
    for row, line in zip(given, lines, strict=True):
        if line.pack and counts.setdefault(line.pack, line.packs) != line.packs:
            raise CellError(
                "import.pack_counts_differ",
                column="packs",
                row=row.row,
                pack=line.pack,
                value=str(line.packs),
                other=str(counts[line.pack]),
            )
