"""Raw materials 原材料: yarn, fabric and trims that are bought, what must be in stock, how they are inspected."""

from dataclasses import replace

from domain.item import Item, ItemClass
from hub.field_kind import AMOUNT, TEXT
from hub.goods import (
    CATEGORY,
    IDENTITY,
    LAST,
    NAME,
    NAME_EN,
    NUMBER,
    SPECIFICATION,
    UNIT_FIELD,
    build_as,
    draw,
    is_of,
)
from hub.object import Field, ObjectType
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

OBJECT = ObjectType(
    name="raw_materials",
    group="goods",
    kind="item",
    form=Item,
    number="number",
    has_own_id=True,
    build=build_as(ItemClass.RAW_MATERIAL),
    draw=draw,
    key=lambda item, _draft: item.id,
    belongs=is_of(ItemClass.RAW_MATERIAL),
    may_take=is_of(ItemClass.RAW_MATERIAL, ItemClass.OTHER),
    unique={"number": lambda item: item.number},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        NUMBER,
        NAME,
        NAME_EN,
        replace(SPECIFICATION, required=True),
        replace(CATEGORY, required=True, is_query=True),
        Field(name="safety_stock", kind=AMOUNT, headers=("安全库存量",), required=True, is_listed=True),
        Field(name="maximum_stock", kind=AMOUNT, headers=("最高库存量", "最大库存")),
        Field(name="inspection_standard", kind=TEXT, headers=("质检标准",)),
        UNIT_FIELD,
        Field(name="accounting_class", kind=TEXT, headers=("记账类别",)),
        *IDENTITY,
        *LAST,
    ),
)
