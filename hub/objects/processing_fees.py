"""Processing fees 外加工单价: what a subcontractor gets for a unit of good work, from a day on."""

from hub.field_kind import AMOUNT, DAY, TEXT, UNIT, reference
from hub.object import Field, ObjectType
from hub.object_fields import CODE_FIELD, REMARK_FIELD

OBJECT = ObjectType(
    name="processing_fees",
    group="partners",
    kind="processing_fee",
    fields=(
        CODE_FIELD,
        Field(
            name="subcontractor",
            kind=reference("subcontractors"),
            headers=("外加工厂编码",),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        # as a send document (WF) names it; empty: of a whole task
        Field(name="operation", kind=TEXT, is_listed=True, is_query=True),
        Field(name="unit", kind=UNIT, required=True, is_listed=True),
        Field(name="fee", kind=AMOUNT, headers=("单价", "price"), required=True, is_price=True),
        Field(name="valid_from", kind=DAY, headers=("生效日期", "valid from"), required=True, is_listed=True),
        REMARK_FIELD,
    ),
)
