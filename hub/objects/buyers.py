"""Buyers 采购员: which employee buys."""

from collections.abc import Sequence

from hub.field_kind import TEXT, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import EMPLOYEE_WORDS, REMARK_FIELD
from hub.reference import ReferenceData


def _employee(number: str, _known: ReferenceData) -> Sequence[tuple[str, str]]:
    """Documents know the employee."""
    return [("person", number)]


OBJECT = ObjectType(
    name="buyers",
    group="people",
    kind="buyer",
    number="employee",
    used_as=_employee,
    fields=(
        Field(
            name="employee",
            kind=reference("persons"),
            headers=EMPLOYEE_WORDS,
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        Field(name="categories", kind=references("categories"), headers=("采购类别",), is_listed=True),
        Field(name="phone", kind=TEXT, headers=("手机", "联系电话")),
        REMARK_FIELD,
    ),
)
