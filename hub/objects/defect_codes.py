"""Defect codes 疵点代码: what can be wrong with goods, how bad it is and who usually causes it."""

from hub.field_kind import choice, reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="defect_codes",
    group="production",
    kind="defect_code",
    fields=(
        *NAMED,
        Field(
            name="severity",
            kind=choice("object.severity", minor=("轻微",), major=("主要",), critical=("致命", "严重")),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="operation", kind=reference("operations"), is_listed=True),
        REMARK_FIELD,
    ),
)
