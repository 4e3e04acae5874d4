"""Terminals 终端工位: where each kiosk stands, which accounts it posts to and which documents it may write."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msgspec import Struct

from domain.inspection import inspection_types
from domain.place import ACCOUNT_ROLES, PlaceId, PlaceRole, Station
from domain.scanner_duty import is_duty
from hub.cells import CellError, as_code, as_document_types, as_list
from hub.draft import Draft
from hub.field_kind import CODE, CODES, FieldKind, references
from hub.object import DISABLED, Field, ObjectType
from hub.object_fields import NAME_EN_FIELD, NAME_FIELD
from hub.record_shape import fill_record
from hub.reference import ReferenceData

_NUMBER_CODE = re.compile(r"[A-Z0-9]{2}", re.ASCII)
_OBLIGED = ("receiving", "quarantine", "lost_and_found")
"""The accounts every station has; the others only where its documents need them."""


def _as_inspection_kinds(text: str) -> tuple[str, ...]:
    """Take kinds of inspection."""
    kinds = tuple(word.lower() for word in as_list(text))
    unknown = next((one for one in kinds if one not in inspection_types()), None)
    if unknown:
        raise CellError("import.unknown_inspection", value=unknown, known=", ".join(inspection_types()))
    return kinds


def _as_label_kinds(text: str) -> tuple[str, ...]:
    """Take kinds of labels, by the names of their templates."""
    from labels.template import template_names  # noqa: PLC0415 - only who writes one needs the label engine

    kinds = tuple(word.lower() for word in as_list(text))
    unknown = next((one for one in kinds if one not in template_names()), None)
    if unknown:
        raise CellError("import.unknown_label_kind", value=unknown, known=", ".join(template_names()))
    return kinds


def _as_scanner_duties(text: str) -> tuple[str, ...]:
    """Take what each scanner is for; names of scanners keep their letters as the kiosk's settings have them."""
    words = as_list(text)
    wrong = next((one for one in words if not is_duty(one)), None)
    if wrong:
        raise CellError("import.unknown_scanner_duty", value=wrong)
    return words


def _as_number_code(text: str) -> str:
    code = as_code(text).upper()
    if not _NUMBER_CODE.fullmatch(code):
        raise CellError("import.not_a_number_code", value=text)
    return code


def _build(draft: Draft, held: Struct | None, known: ReferenceData) -> Station:
    accounts = {role.value: _account(draft, role, known) for role in sorted(ACCOUNT_ROLES)}
    place = PlaceId(draft.text("place") or draft.text("receiving"))
    return fill_record(
        Station,
        draft,
        held,
        plant=known.plant,
        place=place,
        currency=draft.text("currency").upper() or "CNY",
        **accounts,
    )


def _account(draft: Draft, role: PlaceRole, known: ReferenceData) -> PlaceId:
    code = draft.text(role.value)
    if not code and role.value not in _OBLIGED:
        return PlaceId("")
    place = known.place(code)
    if place is None or place.role is not role:
        raise CellError("import.no_such_place", column=role.value, value=code, role=f"role.{role}")
    return place.code


def _draw(_station: Station, key: str, _known: ReferenceData) -> Mapping[str, Any]:
    return {"device": key}


OBJECT = ObjectType(
    name="stations",
    group="places",
    kind="station",
    form=Station,
    number="device",
    key=lambda _station, draft: draft.text("device"),
    build=_build,
    draw=_draw,
    unique={"number_code": lambda station: station.number_code},
    fields=(
        Field(
            name="device",
            kind=CODE,
            headers=("终端编号", "设备", "kiosk"),
            required=True,
            may_change=False,
            is_listed=True,
            is_query=True,
        ),
        replace(NAME_FIELD, headers=("工位名称", "name_zh")),
        NAME_EN_FIELD,
        Field(name="warehouse", kind=CODE, headers=("仓库编码",), is_listed=True),
        Field(name="place", kind=CODE, headers=("工位", "station")),
        Field(
            name="number_code",
            kind=FieldKind(read=_as_number_code, value=str),
            headers=("站码",),
            required=True,
            is_listed=True,
        ),
        Field(name="receiving", kind=CODE, headers=("收货区",), required=True),
        Field(name="quarantine", kind=CODE, headers=("待处理区",), required=True),
        Field(name="lost_and_found", kind=CODE, required=True),
        Field(name="line_side", kind=CODE),
        Field(name="in_transit", kind=CODE),
        Field(name="scrap", kind=CODE),
        Field(name="adjustment", kind=CODE),
        Field(name="conversion", kind=CODE),
        Field(name="opening", kind=CODE),
        Field(name="currency", kind=CODE, headers=("货币",)),
        Field(
            name="document_types", kind=replace(CODES, read=as_document_types), headers=("单据", "documents")
        ),
        Field(name="operations", kind=references("operations"), headers=("工序",), is_listed=True),
        Field(
            name="inspections",
            kind=replace(CODES, read=_as_inspection_kinds),
            headers=("检验种类", "inspections"),
        ),
        Field(
            name="scanners",
            kind=replace(CODES, read=_as_scanner_duties),
            headers=("扫描枪分工", "scanners"),
        ),
        Field(
            name="scan_first",
            kind=replace(CODES, read=_as_label_kinds),
            headers=("首张回扫", "scan_first"),
        ),
        Field(name="unit", kind=CODE, headers=("产线", "车间", "line"), is_listed=True, is_query=True),
        DISABLED,
    ),
)
