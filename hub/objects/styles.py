"""Styles 款式: what is made, in which colours and sizes."""

from hub.field_kind import TEXT, UNIT, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="styles",
    group="goods",
    kind="style",
    fields=(
        *NAMED,
        Field(name="customer", kind=reference("customers"), is_listed=True, is_query=True),
        Field(name="season", kind=TEXT, is_listed=True),
        Field(name="colours", kind=references("colours"), headers=("颜色",), is_listed=True),
        Field(name="size_group", kind=reference("size_groups"), is_listed=True),
        Field(name="unit", kind=UNIT),
        REMARK_FIELD,
    ),
)
