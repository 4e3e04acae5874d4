"""Operations 工序: what is done to goods, in which workshop, and what it takes."""

from hub.field_kind import AMOUNT, FLAG, reference
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

OBJECT = ObjectType(
    name="operations",
    group="production",
    kind="operation",
    fields=(
        *NAMED,
        Field(name="workshop", kind=reference("workshops"), is_listed=True, is_query=True),
        Field(name="standard_minutes", kind=AMOUNT, headers=("SMV",), is_listed=True),
        Field(name="piece_rate", kind=AMOUNT, is_price=True),
        Field(name="is_inspection", kind=FLAG),
        REMARK_FIELD,
    ),
)
