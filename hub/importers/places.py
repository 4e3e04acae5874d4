"""Places 库位: warehouses' bins, receiving areas, quarantine, and the accounts goods come from and go to."""

from collections.abc import Sequence

from domain.barcodes.house import BODY_CHARS_MAX, house_body
from domain.names import Names
from domain.place import PHYSICAL_ROLES, Place, PlaceId, PlaceRole
from hub.cells import CellError, as_code, as_flag, one_of
from hub.importer import Column, Importer, Row
from hub.reference import ReferenceData

SEPARATORS = "-_./ "
"""What a barcode may be written with and does not hold."""

ROLE = one_of(
    storage=("库位", "仓库", "货位"),
    receiving=("暂收区", "收货区"),
    quarantine=("待处理", "待检区", "不合格区"),
    line_side=("线边", "线边仓"),
    in_transit=("在途",),
    supplier=("供应商",),
    subcontractor=("外加工厂", "外协"),
    customer=("客户",),
    scrap=("报废",),
    lost_and_found=("盘盈盘亏",),
    adjustment=("调整",),
    conversion=("形态转换",),
    opening=("期初",),
)


def barcode_body(code: str) -> str:
    """Return the body of a place's house code: its letters and digits; empty if there are none or too many."""
    body = house_body(code)
    return body if len(body) <= BODY_CHARS_MAX else ""


def _build(rows: Sequence[Row], known: ReferenceData) -> Place:
    row = rows[0]
    code = row.text("code")
    return Place(
        code=PlaceId(code),
        names=Names(zh=row.text("name"), en=row.text("name_en")),
        role=PlaceRole(row.text("role")),
        plant=known.plant,
        warehouse=row.text("warehouse"),
        barcode=_barcode(row, PlaceRole(row.text("role"))),
        on_hold=row.flag("on_hold"),
        disabled=row.flag("disabled"),
    )


def _barcode(row: Row, role: PlaceRole) -> str:
    """Return what is printed for the place. Where goods lie there must be one; an account is never scanned."""
    given, code = row.text("barcode"), row.text("code")
    body = barcode_body(given or code)
    is_exact = given.upper().translate(dict.fromkeys(map(ord, SEPARATORS))) in ("", body)
    if not is_exact or (not body and role in PHYSICAL_ROLES):
        column = "barcode" if given else "code"
        raise CellError("import.not_a_barcode", column=column, value=given or code, limit=BODY_CHARS_MAX)
    return body


IMPORTER = Importer(
    kind="places",
    reference_kind="place",
    key_column="code",
    key=lambda place, _row: place.code,
    unique={"barcode": lambda place: place.barcode},
    build=_build,
    columns=(
        Column(
            name="code", headers=("编码", "库位编码", "编号", "库位", "number"), read=as_code, required=True
        ),
        Column(name="name", headers=("名称", "库位名称", "name_zh"), required=True),
        Column(name="name_en", headers=("英文名称", "English name")),
        Column(name="role", headers=("类型", "用途", "type"), read=ROLE, required=True),
        Column(name="warehouse", headers=("仓库", "仓库编码"), read=as_code),
        Column(name="barcode", headers=("条码", "条形码"), read=as_code),
        Column(name="on_hold", headers=("冻结", "锁定", "hold"), read=as_flag, default=False),
        Column(name="disabled", headers=("停用", "禁用"), read=as_flag, default=False),
    ),
)
