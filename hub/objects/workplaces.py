"""Stations 工位: the places of work on a line, with or without a terminal."""

from hub.field_kind import CODE, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="workplaces",
    group="production",
    kind="workplace",
    fields=(
        *NAMED,
        Field(name="line", kind=reference("lines"), required=True, is_listed=True, is_query=True),
        Field(name="operations", kind=references("operations"), is_listed=True),
        Field(name="terminal", kind=CODE),
        REMARK_FIELD,
    ),
)
