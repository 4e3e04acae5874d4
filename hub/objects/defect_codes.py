"""Defect codes 疵点代码: what can be wrong with goods, how bad it is, and at which operations it is found."""

from msgspec import Struct

from domain.code_list import DefectCode
from hub.draft import Draft
from hub.field_kind import choice, reference, references
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD
from hub.record_shape import fill_record
from hub.reference import ReferenceData

CRITICAL = "critical"


class DefectCodeRecord(DefectCode, frozen=True, kw_only=True, omit_defaults=True):
    """A defect code as the office keeps it. `operation`: who usually causes it."""

    severity: str = ""
    operation: str = ""
    remark: str = ""


def _build(draft: Draft, held: Struct | None, _known: ReferenceData) -> DefectCodeRecord:
    return fill_record(DefectCodeRecord, draft, held, is_critical=draft.text("severity") == CRITICAL)


OBJECT = ObjectType(
    name="defect_codes",
    group="production",
    kind="defect_code",
    form=DefectCodeRecord,
    build=_build,
    fields=(
        *NAMED,
        Field(
            name="severity",
            kind=choice("object.severity", minor=("轻微",), major=("主要",), critical=("致命", "严重")),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="operation", kind=reference("operations"), is_listed=True),
        Field(name="operations", kind=references("operations"), headers=("发现工序", "found at")),
        REMARK_FIELD,
    ),
)
