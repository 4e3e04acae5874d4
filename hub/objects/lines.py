"""Lines 生产线: the lines of a workshop."""

from hub.field_kind import DAYS, reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="lines",
    group="production",
    kind="line",
    fields=(
        *NAMED,
        Field(name="workshop", kind=reference("workshops"), required=True, is_listed=True, is_query=True),
        Field(name="team", kind=reference("teams"), is_listed=True),
        Field(name="capacity", kind=DAYS),
        REMARK_FIELD,
    ),
)
