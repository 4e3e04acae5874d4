"""Employees 员工: who works here, the badge each goes by, and who may do what."""

from dataclasses import replace
from difflib import get_close_matches

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.staff import Person
from hub.cells import CellError, as_code, as_list
from hub.field_kind import CODES, TEXT, FieldKind, choice, reference, references
from hub.object import DISABLED, Field, ObjectType
from hub.object_fields import NAME_EN_FIELD, NAME_FIELD, REMARK_FIELD
from hub.rights.subjects import GRANT_RIGHT, all_rights, subject_named, subjects


def as_rights(text: str) -> tuple[str, ...]:
    """Take rights such as "CS.add, PD.approve, desk.settle"; a type alone stands for seeing and adding."""
    rights: list[str] = []
    for word in as_list(text, len(all_rights())):
        kind, _, act = word.partition(".")
        subject = subject_named(kind)
        if not subject:
            raise CellError("import.unknown_document_type", value=word, known=", ".join(subjects()))
        acts = subjects()[subject]
        if act.lower() not in (acts if act or "add" not in acts else ("", *acts)):
            meant = get_close_matches(act.lower(), acts, n=1) or [", ".join(acts)]
            raise CellError("import.unknown_right", value=word, meant=f"{subject}.{meant[0]}")
        rights += [f"{subject}.{one}" for one in ([act.lower()] if act else ["see", "add"])]
    return tuple(dict.fromkeys(rights))


def _as_badge(text: str) -> str:
    badge = as_code(text)
    if not 1 <= len(house_body(badge)) <= BODY_CHARS_MAX:
        raise CellError("import.not_a_barcode", value=badge, limit=BODY_CHARS_MAX)
    return badge


RIGHTS = Field(name="rights", kind=replace(CODES, read=as_rights, input="rights"), right=GRANT_RIGHT)
"""What somebody may do, or a group: ticked in a matrix, written as a list in files."""
LANGUAGE = replace(
    choice("object.language", **{"zh-CN": ("中文", "zh", "汉语"), "en": ("英文", "english", "英语")}),
    empty="zh-CN",
)

OBJECT = ObjectType(
    name="persons",
    group="people",
    kind="person",
    form=Person,
    number="number",
    key=lambda person, _draft: person.number,
    unique={"badge": lambda person: house_body(person.badge)},
    fields=(
        Field(
            name="number",
            kind=FieldKind(read=as_code, value=str),
            headers=("员工编号", "编号", "employee no"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        replace(NAME_FIELD, headers=("姓名", "name_zh")),
        replace(NAME_EN_FIELD, headers=("英文名", "English name")),
        Field(
            name="badge",
            kind=FieldKind(read=_as_badge, value=str),
            headers=("工牌号", "胸卡", "badge code"),
            is_listed=True,
        ),
        Field(name="language", kind=LANGUAGE),
        RIGHTS,
        Field(name="groups", kind=references("groups"), headers=("用户组", "组"), right=GRANT_RIGHT),
        Field(name="team", kind=reference("teams"), headers=("所在班组",), is_listed=True),
        Field(name="qualifications", kind=CODES, headers=("技能", "上岗资格", "skills")),
        Field(name="phone", kind=TEXT, headers=("手机",)),
        REMARK_FIELD,
        replace(DISABLED, headers=("离职", "禁用")),
    ),
)
