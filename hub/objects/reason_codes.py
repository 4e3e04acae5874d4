"""Reason codes 原因代码: why something is done that needs a reason; in which documents, for what on the floor."""

from dataclasses import replace
from typing import get_args

from domain.code_list import ReasonCode, ReasonUse
from hub.cells import as_document_types, as_list, one_of
from hub.field_kind import CODES
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD

USES: dict[str, tuple[str, ...]] = {
    "pause": ("暂停",),
    "stoppage": ("停机", "停工"),
    "call": ("呼叫",),
    "concession": ("让步",),
    "reject": ("拒收", "退回"),
    "remake": ("换片", "补片"),
    "reprint": ("补打", "重打"),
    "hold": ("扣留", "封存"),
    "lift": ("解除", "放行"),
    "suggestion": ("建议",),
    "complaint": ("投诉",),
    "thanks": ("感谢", "表扬"),
    "fault_picking": ("挑刺",),
    "answer": ("答复", "回复"),
    "rating": ("评分", "评价"),
    "contest": ("工资异议", "工钱不对"),
}
"""What a reason may be for, and the words for it in files."""
_read_use = one_of(**USES)


class ReasonCodeRecord(ReasonCode, frozen=True, kw_only=True, omit_defaults=True):
    """A reason code as the office keeps it."""

    document_types: tuple[str, ...] = ()
    remark: str = ""


def _as_uses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(_read_use(word)) for word in as_list(text, len(get_args(ReasonUse)))))


OBJECT = ObjectType(
    name="reason_codes",
    group="rules",
    kind="reason_code",
    form=ReasonCodeRecord,
    fields=(
        *NAMED,
        Field(
            name="document_types",
            kind=replace(CODES, read=as_document_types),
            headers=("单据",),
            is_listed=True,
        ),
        Field(name="uses", kind=replace(CODES, read=_as_uses), headers=("用途", "used for"), is_listed=True),
        REMARK_FIELD,
    ),
)
