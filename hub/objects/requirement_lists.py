"""Requirement lists 工序交接要求: what an operation asks of the one before it, agreed by both; in versions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from domain.handoff import Requirement, RequirementList
from domain.route import OperationCode
from hub.cells import CellError, Value, as_code
from hub.draft import Draft, Line
from hub.field_kind import CODE, FLAG, TEXT, FieldKind, reference
from hub.object import Field, ObjectType
from hub.object_fields import REMARK_FIELD
from hub.objects.operations import OperationRecord
from hub.record_shape import fill_record
from hub.reference import ReferenceData

_KEY = re.compile(r"(?P<before>[^>/]+)>(?P<operation>[^>/]+)/(?P<version>[1-9]\d{0,3})")


class RequirementListRecord(RequirementList, frozen=True, kw_only=True, omit_defaults=True):
    """A requirement list as the office keeps it."""

    remark: str = ""
    disabled: bool = False


def _as_list_key(text: str) -> str:
    """Take between which operations a list holds, and its version: `SEW>HEM/2`; without one it is the first."""
    plain = as_code(text).replace("→", ">").replace(" ", "")
    whole = plain if "/" in plain else f"{plain}/1"
    if not _KEY.fullmatch(whole):
        raise CellError("import.not_a_requirement_list", value=text)
    return whole


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> RequirementListRecord:
    found = _KEY.fullmatch(draft.text("list"))
    if found is None:
        raise CellError("import.not_a_requirement_list", column="list", value=draft.text("list"))
    for operation in (found["before"], found["operation"]):
        if operation not in known.records("operation", OperationRecord):
            raise CellError(
                "import.unknown_reference", column="list", value=operation, object="object.operations"
            )
    return fill_record(
        RequirementListRecord,
        draft,
        held,
        before=OperationCode(found["before"]),
        operation=OperationCode(found["operation"]),
        version=int(found["version"]),
        requirements=tuple(map(_requirement, draft.lines)),
        agreed_by=(draft.text("agreed_before"), draft.text("agreed_after")),
    )


def _requirement(line: Line) -> Requirement:
    return Requirement(
        item=line.text("item"),
        criterion=line.text("criterion"),
        method=line.text("method"),
        limit=line.text("limit"),
        picture=line.text("picture"),
        is_critical=line.values.get("is_critical") is True,
    )


def _draw(asked: RequirementList, key: str, _known: ReferenceData) -> Mapping[str, Any]:
    before, after = asked.agreed_by
    return {"list": key, "agreed_before": before, "agreed_after": after}


def _draw_lines(asked: RequirementList, _known: ReferenceData) -> Sequence[Mapping[str, Value]]:
    return [
        {
            name: getattr(one, name)
            for name in ("item", "criterion", "method", "limit", "picture", "is_critical")
        }
        for one in asked.requirements
    ]


OBJECT = ObjectType(
    name="requirement_lists",
    group="production",
    kind="requirement_list",
    form=RequirementListRecord,
    number="list",
    key=lambda _asked, draft: draft.text("list"),
    build=_build,
    draw=_draw,
    draw_lines=_draw_lines,
    fields=(
        Field(
            name="list",
            kind=FieldKind(read=_as_list_key, value=str),
            headers=("前道>后道/版本", "交接", "edge"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        Field(name="agreed_before", kind=reference("persons"), headers=("前道确认人",), is_listed=True),
        Field(name="agreed_after", kind=reference("persons"), headers=("后道确认人",), is_listed=True),
        REMARK_FIELD,
    ),
    lines=(
        Field(name="item", kind=TEXT, headers=("检查项目", "项目"), required=True),
        Field(name="criterion", kind=TEXT, headers=("标准", "要求"), required=True),
        Field(name="method", kind=TEXT, headers=("方法",)),
        Field(name="limit", kind=TEXT, headers=("允收限度", "限度")),
        Field(name="picture", kind=CODE, headers=("图片",)),
        Field(name="is_critical", kind=FLAG, headers=("关键",)),
    ),
)
