"""Size groups 尺码组: the sizes a style is made in, in their order."""

from hub.field_kind import CODES
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="size_groups",
    group="goods",
    kind="size_group",
    fields=(
        *NAMED,
        Field(name="sizes", kind=CODES, headers=("尺码",), required=True, is_listed=True),
        REMARK_FIELD,
    ),
)
