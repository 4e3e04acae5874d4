"""Workshops 车间: where goods are worked on; each belongs to a plant."""

from hub.field_kind import CODE, reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="workshops",
    group="production",
    kind="workshop",
    fields=(
        *NAMED,
        Field(name="plant", kind=CODE, headers=("工厂",), is_listed=True),
        Field(name="head", kind=reference("persons"), is_listed=True),
        REMARK_FIELD,
    ),
)
