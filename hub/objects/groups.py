"""Groups 用户组: what people may do who do the same work; a new group may do nothing."""

from dataclasses import replace

from domain.staff import Group
from hub.field_kind import CODES
from hub.object import DISABLED, Field, ObjectType
from hub.object_fields import NAMED
from hub.objects.persons import as_rights

OBJECT = ObjectType(
    name="groups",
    group="people",
    kind="group",
    form=Group,
    fields=(
        *NAMED,
        Field(name="rights", kind=replace(CODES, read=as_rights)),
        DISABLED,
    ),
)
