"""Zones 库区: the parts of a warehouse that bins lie in."""

from hub.field_kind import reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD
from hub.precondition import NOTHING_REFERS

OBJECT = ObjectType(
    name="zones",
    group="places",
    kind="zone",
    delete_if=(NOTHING_REFERS,),
    fields=(
        *NAMED,
        Field(
            name="warehouse",
            kind=reference("warehouses"),
            headers=("仓库编码",),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        REMARK_FIELD,
    ),
)
