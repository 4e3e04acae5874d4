"""Reason codes 原因代码: why something is done that needs a reason, and in which documents."""

from dataclasses import replace

from hub.cells import as_document_types
from hub.field_kind import CODES
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="reason_codes",
    group="rules",
    kind="reason_code",
    fields=(
        *NAMED,
        Field(
            name="document_types",
            kind=replace(CODES, read=as_document_types),
            headers=("单据",),
            is_listed=True,
        ),
        REMARK_FIELD,
    ),
)
