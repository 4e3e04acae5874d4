"""Items: what is bought, made, moved and counted; and the codes it goes by."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from domain.names import Names
from domain.quantity import Quantity

ItemId = NewType("ItemId", str)
"""Opaque and for ever; the item's *number* is the business's and may change."""


class ItemCode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code printed on the goods (GTIN-14 or a partner's own number) and how much one scan of it stands for."""

    code: str
    pack: Quantity | None = None


class ItemClass(StrEnum):
    """What an item is to the plant; anything else (trims, semi-finished, packing) is `OTHER`."""

    OTHER = ""
    RAW_MATERIAL = "raw_material"
    FINISHED_GOODS = "finished_goods"


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A material or product. `second_unit` is set where goods carry two quantities (kg and m).

    `lot_managed`: every quantity belongs to a lot or dye lot. `unit_managed`: every roll, cone or carton is a handling
    unit with a serial and label of its own. `safety_stock`, `maximum_stock` are in `unit`; a stock below or above is
    told. `stocktake_cycle` is in days. `inspection_standard` and `accounting_class` are names of other systems' things.
    `style`, `colour`, `size` say where in the matrix finished goods stand; their `grade` is first quality where empty.
    """

    id: ItemId
    number: str
    names: Names
    unit: str
    second_unit: str = ""
    specification: str = ""
    category: str = ""
    lot_managed: bool = False
    unit_managed: bool = False
    codes: tuple[ItemCode, ...] = ()
    disabled: bool = False
    item_class: ItemClass = ItemClass.OTHER
    safety_stock: Decimal | None = None
    maximum_stock: Decimal | None = None
    inspection_standard: str = ""
    accounting_class: str = ""
    grade: str = ""
    stocktake_cycle: int | None = None
    price: Decimal | None = None
    style: str = ""
    colour: str = ""
    size: str = ""
    remark: str = ""


class Lot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A production or dye lot of one item: our number and, for dyed goods, the dyer's own.

    `since`: when it was first moved in this plant.
    """

    item: ItemId
    number: str
    dyer_number: str = ""
    since: datetime | None = None
