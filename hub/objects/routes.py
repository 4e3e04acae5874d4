"""Routes 工艺路线: the operations goods go through, in their order."""

from hub.field_kind import TEXT, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="routes",
    group="production",
    kind="route",
    fields=(
        *NAMED,
        Field(name="style", kind=reference("styles"), is_listed=True, is_query=True),
        Field(name="version", kind=TEXT, is_listed=True),
        Field(name="operations", kind=references("operations"), required=True, is_listed=True),
        REMARK_FIELD,
    ),
)
