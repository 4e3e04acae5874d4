"""Fields that many objects of master data have."""

from hub.field_kind import CODE, LONG_TEXT, TEXT
from hub.object import Field

CODE_FIELD = Field(
    name="code",
    kind=CODE,
    headers=("编号", "number"),
    required=True,
    may_change=False,
    is_listed=True,
    is_query=True,
)
NAME_FIELD = Field(name="name", kind=TEXT, headers=("name_zh",), required=True, is_listed=True, is_query=True)
NAME_EN_FIELD = Field(name="name_en", kind=TEXT, headers=("英文名", "English name"), is_listed=True)
REMARK_FIELD = Field(name="remark", kind=LONG_TEXT, headers=("备注", "remarks", "note"))
NAMED = (CODE_FIELD, NAME_FIELD, NAME_EN_FIELD)
"""A code that stays, and a name in both languages."""
EMPLOYEE_WORDS = ("工号", "员工编号", "employee no", "employee no.")
"""What the column of an employee number is called in files."""
