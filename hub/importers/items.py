"""Items 物料: materials and products with their units, and the codes printed on the goods."""

from collections.abc import Sequence

from domain.item import Item, ItemCode, ItemId
from domain.names import Names
from domain.quantity import Quantity
from hub.cells import CellError, as_code, as_flag, as_list, as_positive, as_unit
from hub.importer import Column, Importer, Row
from hub.reference import ReferenceData

_GTIN_DIGITS = 14
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def _build(rows: Sequence[Row], known: ReferenceData) -> Item:
    row = rows[0]
    number = row.text("number")
    held = known.item_by_number(number)
    unit, second_unit = row.text("unit"), row.text("second_unit")
    if unit == second_unit:
        raise CellError("import.same_unit_twice", column="second_unit", value=unit)
    return Item(
        id=held.id if held else _new_id(number, known),
        number=number,
        names=Names(zh=row.text("name"), en=row.text("name_en")),
        unit=unit,
        second_unit=second_unit,
        specification=row.text("specification"),
        category=row.text("category"),
        lot_managed=row.flag("lot_managed"),
        unit_managed=row.flag("unit_managed"),
        codes=_codes(row, unit),
        disabled=row.flag("disabled"),
    )


def _new_id(number: str, known: ReferenceData) -> ItemId:
    """Return an id for a new item: its first number, for ever, unless another item began under that number."""
    tries = 1
    while known.item(ItemId(number if tries == 1 else f"{number}~{tries}")):
        tries += 1
    return ItemId(number if tries == 1 else f"{number}~{tries}")


def _codes(row: Row, unit: str) -> tuple[ItemCode, ...]:
    codes, pack = row.values["codes"], row.values["pack"]
    if not isinstance(codes, tuple):
        return ()
    quantity = None if pack is None or isinstance(pack, tuple) else Quantity.of(pack, unit)
    return tuple(ItemCode(code=_as_read(code), pack=quantity) for code in codes)


def _as_read(code: str) -> str:
    """Return a code as scans give it: GTINs of every length with 14 digits."""
    return code.zfill(_GTIN_DIGITS) if code.isdigit() and len(code) in _GTIN_LENGTHS else code


IMPORTER = Importer(
    kind="items",
    reference_kind="item",
    key_column="number",
    key=lambda item, _row: item.id,
    build=_build,
    columns=(
        Column(
            name="number",
            headers=("编号", "物料编号", "料号", "品号", "item number"),
            read=as_code,
            required=True,
        ),
        Column(name="name", headers=("名称", "物料名称", "品名", "name_zh"), required=True),
        Column(name="name_en", headers=("英文名称", "English name")),
        Column(name="specification", headers=("规格", "规格型号", "spec")),
        Column(name="category", headers=("类别", "物料类别"), read=as_code),
        Column(name="unit", headers=("单位", "基本单位", "base unit"), read=as_unit, required=True),
        Column(name="second_unit", headers=("第二单位", "辅助单位", "辅单位"), read=as_unit),
        Column(name="lot_managed", headers=("批次管理", "批号管理"), read=as_flag, default=False),
        Column(name="unit_managed", headers=("单件管理", "件码管理"), read=as_flag, default=False),
        Column(
            name="codes", headers=("条码", "条形码", "barcode", "barcodes", "GTIN"), read=as_list, default=()
        ),
        Column(
            name="pack", headers=("包装数量", "每包数量", "pack quantity"), read=as_positive, default=None
        ),
        Column(name="disabled", headers=("停用", "禁用"), read=as_flag, default=False),
    ),
)
