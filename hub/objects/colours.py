"""Colours 颜色: what a colour is called, here and at the customer."""

from hub.field_kind import CODE, TEXT
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="colours",
    group="goods",
    kind="colour",
    fields=(
        *NAMED,
        Field(name="customer_code", kind=CODE, is_listed=True, is_query=True),
        Field(name="family", kind=TEXT, headers=("色系",), is_listed=True),
        REMARK_FIELD,
    ),
)
