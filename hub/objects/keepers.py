"""Warehouse keepers 仓库管理员: which employee keeps which warehouses."""

from collections.abc import Sequence

from hub.field_kind import TEXT, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import EMPLOYEE_WORDS, REMARK_FIELD
from hub.reference import ReferenceData


def _employee(number: str, _known: ReferenceData) -> Sequence[tuple[str, str]]:
    """Documents know the employee."""
    return [("person", number)]


OBJECT = ObjectType(
    name="keepers",
    group="people",
    kind="keeper",
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
        Field(name="warehouses", kind=references("warehouses"), headers=("负责仓库",), is_listed=True),
        Field(name="duties", kind=TEXT, headers=("工作职责",), is_listed=True),
        REMARK_FIELD,
    ),
)
