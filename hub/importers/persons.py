"""Staff 人员: who may do what, and the badge each goes by."""

from collections.abc import Sequence
from difflib import get_close_matches

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.document import document_types
from domain.names import Names
from domain.staff import Person
from hub.cells import CellError, as_code, as_flag, as_list, one_of
from hub.importer import Column, Importer, Row
from hub.reference import ReferenceData

DESK_RIGHT = "desk.settle"
"""Who may settle what stands on the hub's discrepancy desk; it belongs to no document type."""
ACTS = ("see", "add", "modify", "delete", "print", "import", "export", "approve", "unapprove", "paper")


def _as_rights(text: str) -> tuple[str, ...]:
    """Take rights such as "CS.add, PD.approve"; a type alone stands for seeing and adding."""
    rights: list[str] = []
    for word in as_list(text):
        if word.lower() == DESK_RIGHT:
            rights.append(DESK_RIGHT)
            continue
        kind, _, act = word.partition(".")
        known = [*document_types()]
        if kind.upper() not in known:
            raise CellError("import.unknown_document_type", value=word, known=", ".join(known))
        if act and act.lower() not in ACTS:
            meant = get_close_matches(act.lower(), ACTS, n=1) or [", ".join(ACTS)]
            raise CellError("import.unknown_right", value=word, meant=f"{kind.upper()}.{meant[0]}")
        rights += [f"{kind.upper()}.{one}" for one in ([act.lower()] if act else ["see", "add"])]
    return tuple(dict.fromkeys(rights))


def _as_badge(text: str) -> str:
    badge = as_code(text)
    if not 1 <= len(house_body(badge)) <= BODY_CHARS_MAX:
        raise CellError("import.not_a_barcode", value=badge, limit=BODY_CHARS_MAX)
    return badge


def _build(rows: Sequence[Row], _known: ReferenceData) -> Person:
    row = rows[0]
    rights = row.values["rights"]
    return Person(
        number=row.text("number"),
        names=Names(zh=row.text("name"), en=row.text("name_en")),
        badge=row.text("badge"),
        language="en" if row.text("language") == "en" else "zh-CN",
        rights=rights if isinstance(rights, tuple) else (),
        disabled=row.flag("disabled"),
    )


IMPORTER = Importer(
    kind="persons",
    reference_kind="person",
    key_column="number",
    key=lambda person, _row: person.number,
    unique={"badge": lambda person: house_body(person.badge)},
    build=_build,
    columns=(
        Column(
            name="number", headers=("工号", "员工编号", "编号", "employee no"), read=as_code, required=True
        ),
        Column(name="name", headers=("姓名", "名称", "name_zh"), required=True),
        Column(name="name_en", headers=("英文名", "English name")),
        Column(name="badge", headers=("工牌", "工牌号", "胸卡", "badge code"), read=_as_badge),
        Column(
            name="language",
            headers=("语言",),
            read=one_of(**{"zh-CN": ("中文", "zh", "汉语"), "en": ("英文", "english", "英语")}),
            default="zh-CN",
        ),
        Column(name="rights", headers=("权限",), read=_as_rights, default=()),
        Column(name="disabled", headers=("停用", "离职"), read=as_flag, default=False),
    ),
)
