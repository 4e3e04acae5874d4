"""Stations 工位: where each kiosk stands, which accounts it posts to and which documents it may write."""

import re
from collections.abc import Sequence

from domain.document import document_types
from domain.names import Names
from domain.place import ACCOUNT_ROLES, PlaceId, PlaceRole, Station
from hub.cells import CellError, as_code, as_list
from hub.importer import Column, Importer, Row
from hub.reference import ReferenceData

_NUMBER_CODE = re.compile(r"[A-Z0-9]{2}", re.ASCII)
_OBLIGED = ("receiving", "quarantine", "lost_and_found")
"""The accounts every station has; the others only where its documents need them."""


def _as_number_code(text: str) -> str:
    code = as_code(text).upper()
    if not _NUMBER_CODE.fullmatch(code):
        raise CellError("import.not_a_number_code", value=text)
    return code


def _as_types(text: str) -> tuple[str, ...]:
    types = tuple(word.upper() for word in as_list(text))
    unknown = next((one for one in types if one not in document_types()), None)
    if unknown:
        raise CellError("import.unknown_document_type", value=unknown, known=", ".join(document_types()))
    return types


def _build(rows: Sequence[Row], known: ReferenceData) -> Station:
    row = rows[0]
    types = row.values["document_types"]
    return Station(
        place=PlaceId(row.text("place") or row.text("receiving")),
        names=Names(zh=row.text("name"), en=row.text("name_en")),
        plant=known.plant,
        warehouse=row.text("warehouse"),
        number_code=row.text("number_code"),
        **{role.value: _account(row, role, known) for role in sorted(ACCOUNT_ROLES)},
        currency=row.text("currency").upper() or "CNY",
        document_types=types if isinstance(types, tuple) else (),
    )


def _account(row: Row, role: PlaceRole, known: ReferenceData) -> PlaceId:
    code = row.text(role.value)
    if not code and role.value not in _OBLIGED:
        return PlaceId("")
    place = known.place(code)
    if place is None or place.role is not role:
        raise CellError("import.no_such_place", column=role.value, value=code, role=f"role.{role}")
    return place.code


IMPORTER = Importer(
    kind="stations",
    reference_kind="station",
    key_column="device",
    key=lambda _station, row: row.text("device"),
    unique={"number_code": lambda station: station.number_code},
    build=_build,
    columns=(
        Column(name="device", headers=("终端", "终端编号", "设备", "kiosk"), read=as_code, required=True),
        Column(name="name", headers=("名称", "工位名称", "name_zh"), required=True),
        Column(name="name_en", headers=("英文名称", "English name")),
        Column(name="warehouse", headers=("仓库", "仓库编码"), read=as_code),
        Column(name="place", headers=("工位", "位置", "station"), read=as_code),
        Column(name="number_code", headers=("编号代码", "站码"), read=_as_number_code, required=True),
        Column(name="receiving", headers=("暂收区", "收货区"), read=as_code, required=True),
        Column(name="quarantine", headers=("待处理", "待处理区"), read=as_code, required=True),
        Column(name="lost_and_found", headers=("盘盈盘亏",), read=as_code, required=True),
        Column(name="line_side", headers=("线边",), read=as_code),
        Column(name="in_transit", headers=("在途",), read=as_code),
        Column(name="scrap", headers=("报废",), read=as_code),
        Column(name="adjustment", headers=("调整",), read=as_code),
        Column(name="conversion", headers=("形态转换",), read=as_code),
        Column(name="opening", headers=("期初",), read=as_code),
        Column(name="currency", headers=("币种", "货币"), read=as_code),
        Column(name="document_types", headers=("单据", "单据类型", "documents"), read=_as_types, default=()),
    ),
)
