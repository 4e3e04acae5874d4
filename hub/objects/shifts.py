"""Shifts 班次: when a shift begins and ends, and how long it rests."""

from hub.cells import as_time
from hub.field_kind import DAYS, FieldKind
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="shifts",
    group="people",
    kind="shift",
    fields=(
        *NAMED,
        Field(name="begins", kind=FieldKind(read=as_time, value=str), required=True, is_listed=True),
        Field(name="ends", kind=FieldKind(read=as_time, value=str), required=True, is_listed=True),
        Field(name="rest_minutes", kind=DAYS, is_listed=True),
        REMARK_FIELD,
    ),
)
