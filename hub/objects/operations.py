"""Operations 工序: what is done to goods, in which flow and workshop, and what it takes."""

from dataclasses import replace
from decimal import Decimal

from domain.route import Flow, Operation
from hub.field_kind import AMOUNT, FLAG, TEXT, choice, reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

FLOW = replace(
    choice(
        "flow",
        weaving=("织造", "针织", "knitting"),
        garment=("成衣", "缝制", "sewing"),
        collar=("领片", "横机", "collars"),
        finishing=("后整", "后道"),
    ),
    empty=Flow.GARMENT.value,
)
PROCESS_KIND = replace(
    choice(
        "process_kind",
        COP=("顾客导向过程", "顾客导向", "customer"),
        SP=("支持过程", "支持", "support"),
        MP=("管理过程", "管理", "management"),
    ),
    empty="COP",
)


class OperationRecord(Operation, frozen=True, kw_only=True, omit_defaults=False):
    """An operation as the office keeps it, every field written out: kiosks ask for more than the office did once.

    `standard_minutes`: of a piece, where a route says nothing else.
    """

    flow: Flow = Flow.GARMENT
    standard_minutes: Decimal | None = None
    remark: str = ""
    disabled: bool = False


OBJECT = ObjectType(
    name="operations",
    group="production",
    kind="operation",
    form=OperationRecord,
    fields=(
        *NAMED,
        Field(name="flow", kind=FLOW, headers=("流程", "产品流"), is_listed=True, is_query=True),
        Field(name="workshop", kind=reference("workshops"), is_listed=True, is_query=True),
        Field(name="standard_minutes", kind=AMOUNT, headers=("SMV",), is_listed=True),
        Field(name="qualification", kind=TEXT, headers=("所需技能", "技能", "skill"), is_listed=True),
        Field(name="process_kind", kind=PROCESS_KIND, headers=("过程类型",)),
        Field(name="has_own_pay", kind=replace(FLAG, empty=True), headers=("计件",)),
        Field(name="is_inspection", kind=FLAG),
        Field(name="makes_bundles", kind=FLAG, headers=("裁剪", "cutting")),
        REMARK_FIELD,
    ),
)
