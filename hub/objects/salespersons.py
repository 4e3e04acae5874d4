"""Salespersons 业务员: which employee sells."""

from collections.abc import Sequence

from hub.field_kind import TEXT, reference
from hub.object import Field, ObjectType
from hub.object_fields import EMPLOYEE_WORDS, REMARK_FIELD
from hub.reference import ReferenceData


def _employee(number: str, _known: ReferenceData) -> Sequence[tuple[str, str]]:
    """Documents know the employee."""
    return [("person", number)]


OBJECT = ObjectType(
    name="salespersons",
    group="people",
    kind="salesperson",
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
        Field(name="region", kind=TEXT, headers=("负责区域",), is_listed=True),
        Field(name="phone", kind=TEXT, headers=("手机", "联系电话")),
        REMARK_FIELD,
    ),
)
