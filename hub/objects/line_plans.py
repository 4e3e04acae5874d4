"""Day plans of lines 产线日计划: who works a day on a line, for how long, and how many pieces are to come out."""

from hub.field_kind import DAY, WHOLE, reference
from hub.object import Field, ObjectType
from hub.object_fields import CODE_FIELD, REMARK_FIELD

OBJECT = ObjectType(
    name="line_plans",
    group="production",
    kind="line_plan",
    fields=(
        CODE_FIELD,
        Field(
            name="line",
            kind=reference("lines"),
            headers=("产线", "生产线编码", "line"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(
            name="day",
            kind=DAY,
            headers=("日期", "date"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="shift", kind=reference("shifts"), required=True, is_listed=True),
        Field(name="workers", kind=WHOLE, headers=("人数",), required=True, is_listed=True),
        Field(
            name="target", kind=WHOLE, headers=("目标产量", "target pieces"), required=True, is_listed=True
        ),
        REMARK_FIELD,
    ),
)
