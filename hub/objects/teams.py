"""Teams 班组: who works together, in which workshop, under whom."""

from hub.field_kind import reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="teams",
    group="people",
    kind="team",
    fields=(
        *NAMED,
        Field(name="workshop", kind=reference("workshops"), is_listed=True, is_query=True),
        Field(name="leader", kind=reference("persons"), is_listed=True),
        Field(name="shift", kind=reference("shifts"), is_listed=True),
        REMARK_FIELD,
    ),
)
