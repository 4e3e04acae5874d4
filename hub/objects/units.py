"""Units & conversions 计量单位换算: how much of one unit is how much of another, for all goods or for one item."""

from hub.field_kind import POSITIVE, UNIT, reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="units",
    group="goods",
    kind="unit",
    fields=(
        *NAMED,
        Field(name="from_unit", kind=UNIT, required=True, may_change=False, is_listed=True, is_query=True),
        Field(name="to_unit", kind=UNIT, required=True, may_change=False, is_listed=True),
        Field(name="factor", kind=POSITIVE, required=True, is_listed=True),
        Field(name="item", kind=reference("items"), is_listed=True),
        REMARK_FIELD,
    ),
)
