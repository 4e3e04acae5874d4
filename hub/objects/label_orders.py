"""Label orders 标签任务: labels the office wants from the printer of one kiosk."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from domain.label_order import COPIES_MAX, LabelOrder
from domain.label_template import LabelTemplate
from hub.cells import CellError, Value, as_whole
from hub.draft import Draft
from hub.field_kind import CODE, DAY, TEXT, FieldKind, choice, reference
from hub.label_check import filled_problem
from hub.label_source import label_sources
from hub.object import Field, ObjectType
from hub.object_fields import REMARK_FIELD
from hub.plan_lines import CLOSED_FIELD, ORDER_NUMBER
from hub.record_shape import fill_record
from hub.reference import ReferenceData

NUMBER_CHARS_MAX = 40
"""The number is part of the names of its print jobs."""


class LabelOrderRecord(LabelOrder, frozen=True, kw_only=True, omit_defaults=True):
    """An order as the office keeps it."""

    remark: str = ""


def _as_number(text: str) -> Value:
    number = ORDER_NUMBER.read(text)
    if isinstance(number, str) and len(number) > NUMBER_CHARS_MAX:
        raise CellError("import.cell_too_long", limit=NUMBER_CHARS_MAX)
    return number


def _as_copies(text: str) -> Value:
    copies = as_whole(text)
    if copies > COPIES_MAX:
        raise CellError("label_order.copies", limit=COPIES_MAX)
    return copies


def own_template_text(name: str, known: ReferenceData) -> str:
    """Return the plant's own template of a name; empty where the shipped one is printed."""
    own = known.all_of("label_template", LabelTemplate).get(name)
    return own.text if own is not None and not own.disabled else ""


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> LabelOrderRecord:
    """Make an order whose label can be printed. Raises CellError."""
    template = draft.text("template")
    data = {line.text("field"): text for line in draft.lines if (text := line.text("text"))}
    before = held if isinstance(held, LabelOrder) else None
    if before is None or (before.template, before.data) != (template, data):
        problem = filled_problem(template, own_template_text(template, known), data)
        if problem is not None:
            raise CellError(problem.code, column="template", row=0, **problem.parameters)
    return fill_record(LabelOrderRecord, draft, held, data=data)


def _draw_lines(order: LabelOrder, _known: ReferenceData) -> Sequence[Mapping[str, Value]]:
    return [{"field": name, "text": text} for name, text in order.data.items()]


OBJECT = ObjectType(
    name="label_orders",
    group="plans",
    kind="label_order",
    form=LabelOrderRecord,
    number="number",
    key=lambda order, _draft: order.number,
    build=_build,
    draw_lines=_draw_lines,
    delete_if=(),
    fields=(
        Field(
            name="number",
            kind=FieldKind(read=_as_number, value=str),
            headers=("标签任务", "任务号", "label order"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        Field(
            name="template",
            kind=choice("label.template", **dict.fromkeys(label_sources(), ())),
            headers=("标签", "label"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="about", kind=TEXT, headers=("对象",), is_listed=True, is_query=True),
        Field(
            name="device",
            kind=reference("stations"),
            headers=("终端编号", "kiosk"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        Field(name="printer", kind=CODE, headers=("打印机",)),
        Field(
            name="copies",
            kind=FieldKind(read=_as_copies, value=int, input="number", empty=1),
            headers=("份数",),
            is_listed=True,
        ),
        Field(name="day", kind=DAY, headers=("下达日期",), required=True, is_listed=True),
        REMARK_FIELD,
        CLOSED_FIELD,
    ),
    lines=(
        Field(name="field", kind=CODE, headers=("字段",), required=True),
        Field(name="text", kind=TEXT, headers=("内容",)),
    ),
)
