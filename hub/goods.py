"""Items 物料 of all classes: what their declarations share, and how their codes are read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from msgspec import Struct

from domain.item import Item, ItemClass, ItemCode, ItemId
from domain.quantity import Quantity
from hub.cells import CellError, Value
from hub.draft import Draft
from hub.field_kind import CODE, CODES, FLAG, POSITIVE, TEXT, UNIT, reference
from hub.object import DISABLED, Build, Field
from hub.object_fields import NAME_EN_FIELD, NAME_FIELD, REMARK_FIELD
from hub.record_shape import fill_record
from hub.reference import ReferenceData

_GTIN_DIGITS = 14
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})

NUMBER = Field(
    name="number",
    kind=CODE,
    headers=("物料编号", "料号", "品号", "item number"),
    required=True,
    may_change=False,
    is_listed=True,
    is_query=True,
)
NAME = replace(NAME_FIELD, headers=("物料名称", "品名", "name_zh"))
NAME_EN = replace(NAME_EN_FIELD, headers=("英文名", "English name"))
SPECIFICATION = Field(
    name="specification", kind=TEXT, headers=("规格型号", "spec"), is_listed=True, is_query=True
)
UNIT_FIELD = Field(name="unit", kind=UNIT, headers=("基本单位", "base unit"), required=True, is_listed=True)
CATEGORY = Field(name="category", kind=reference("categories"), headers=("类别",), is_listed=True)
IDENTITY = (
    Field(name="second_unit", kind=UNIT, headers=("第二单位", "辅助单位", "辅单位")),
    Field(name="lot_managed", kind=FLAG, headers=("批号管理",)),
    Field(name="unit_managed", kind=FLAG, headers=("件码管理",)),
    Field(name="codes", kind=CODES, headers=("条形码", "barcode", "barcodes", "GTIN")),
    Field(name="pack", kind=POSITIVE, headers=("每包数量", "pack quantity")),
)
"""How goods are told apart and what is printed on them."""
LAST = (REMARK_FIELD, DISABLED)


def build_as(item_class: ItemClass) -> Build:
    """Return what makes items of a class."""

    def build(draft: Draft, held: Struct | None, known: ReferenceData) -> Item:
        number, unit = draft.text("number"), draft.text("unit")
        before = held if isinstance(held, Item) else None
        if unit == draft.text("second_unit"):
            raise CellError("import.same_unit_twice", column="second_unit", value=unit)
        return fill_record(
            Item,
            draft,
            held,
            id=before.id if before else _new_id(number, known),
            codes=_codes(draft, unit, before),
            item_class=item_class,
        )

    return build


def draw(item: Item, _key: str, _known: ReferenceData) -> Mapping[str, Value]:
    """Return what of an item does not go by its name."""
    return _codes_drawn(item)


def is_of(*classes: ItemClass) -> Callable[[Item], bool]:
    """Return the claim that an item is of one of some classes."""
    return lambda item: item.item_class in classes


def _new_id(number: str, known: ReferenceData) -> ItemId:
    """Return an id for a new item: its first number, for ever, unless another item began under that number."""
    tries = 1
    while known.item(ItemId(number if tries == 1 else f"{number}~{tries}")):
        tries += 1
    return ItemId(number if tries == 1 else f"{number}~{tries}")


def _codes(draft: Draft, unit: str, held: Item | None) -> tuple[ItemCode, ...]:
    """Return the codes with what a scan of each stands for; those that were there, where nothing else is said."""
    pack = draft.values.get("pack")
    codes = tuple(dict.fromkeys(_as_read(code) for code in draft.list("codes")))
    said = {"codes": codes, "pack": pack}
    if held is not None and held.unit == unit and _codes_drawn(held) == said:
        return held.codes
    quantity = Quantity.of(pack, unit) if isinstance(pack, Decimal) else None
    return tuple(ItemCode(code=code, pack=quantity) for code in codes)


def _codes_drawn(item: Item) -> Mapping[str, Value]:
    packs = [one.pack.value for one in item.codes if one.pack is not None]
    return {"codes": tuple(one.code for one in item.codes), "pack": packs[0] if packs else None}


def _as_read(code: str) -> str:
    """Return a code as scans give it: GTINs of every length with 14 digits."""
    return code.zfill(_GTIN_DIGITS) if code.isdigit() and len(code) in _GTIN_LENGTHS else code
