"""Numbering rules 编号规则: how the numbers of a kind of paper begin, and how long their serial is."""

from hub.field_kind import CODE, DAYS, choice
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="numbering_rules",
    group="rules",
    kind="numbering_rule",
    fields=(
        *NAMED,
        Field(name="prefix", kind=CODE, required=True, is_listed=True, is_query=True),
        Field(
            name="date_part",
            kind=choice(
                "object.date_part", day=("年月日", "yyyymmdd"), month=("年月", "yyyymm"), year=("年", "yyyy")
            ),
            required=True,
            is_listed=True,
        ),
        Field(name="serial_digits", kind=DAYS, required=True, is_listed=True),
        REMARK_FIELD,
    ),
)
