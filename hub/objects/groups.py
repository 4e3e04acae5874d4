"""Groups 用户组: what people may do who do the same work; a new group may do nothing."""

from dataclasses import replace

from domain.staff import Group
from hub.object import DISABLED, ObjectType
from hub.object_fields import NAMED
from hub.objects.persons import RIGHTS
from hub.rights.subjects import GRANT_RIGHT

OBJECT = ObjectType(
    name="groups",
    group="people",
    kind="group",
    form=Group,
    fields=(
        *NAMED,
        RIGHTS,
        replace(DISABLED, right=GRANT_RIGHT),  # enabled again, it gives what it gave
    ),
)
