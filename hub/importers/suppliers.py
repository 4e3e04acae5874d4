"""Suppliers 供应商: the places goods come from."""

from collections.abc import Sequence

from domain.names import Names
from domain.place import Place, PlaceId, PlaceRole
from hub.cells import CellError, as_code, as_flag
from hub.importer import Column, Importer, Row
from hub.importers.places import barcode_body
from hub.reference import ReferenceData


def _build(rows: Sequence[Row], known: ReferenceData) -> Place:
    row = rows[0]
    code = row.text("code")
    held = known.place(code)
    if held and held.role is not PlaceRole.SUPPLIER:
        raise CellError("import.code_is_other_place", column="code", value=code, role=f"role.{held.role}")
    return Place(
        code=PlaceId(code),
        names=Names(zh=row.text("name"), en=row.text("name_en")),
        role=PlaceRole.SUPPLIER,
        plant=known.plant,
        barcode=barcode_body(code),
        disabled=row.flag("disabled"),
    )


IMPORTER = Importer(
    kind="suppliers",
    reference_kind="place",
    key_column="code",
    key=lambda place, _row: place.code,
    unique={"code": lambda place: place.barcode},
    build=_build,
    columns=(
        Column(
            name="code",
            headers=("编码", "供应商编码", "编号", "供应商编号", "number"),
            read=as_code,
            required=True,
        ),
        Column(name="name", headers=("名称", "供应商名称", "name_zh"), required=True),
        Column(name="name_en", headers=("英文名称", "English name")),
        Column(name="disabled", headers=("停用", "禁用"), read=as_flag, default=False),
    ),
)
