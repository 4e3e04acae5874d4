"""Finished goods 成品: what is made and sold, a colour and size of a style. The number may change, the goods do not."""

from dataclasses import replace

from domain.item import Item, ItemClass
from hub.field_kind import AMOUNT, CODE, DAYS, choice, reference
from hub.goods import IDENTITY, LAST, NAME, NAME_EN, NUMBER, SPECIFICATION, UNIT_FIELD, build_as, draw, is_of
from hub.object import Field, ObjectType
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

GRADE = choice(
    "object.grade",
    A=("一等品", "正品", "A级", "first"),
    B=("二等品", "次品", "B级", "seconds"),
    C=("等外品", "C级"),
)

OBJECT = ObjectType(
    name="finished_goods",
    group="goods",
    kind="item",
    form=Item,
    number="number",
    has_own_id=True,
    build=build_as(ItemClass.FINISHED_GOODS),
    draw=draw,
    key=lambda item, _draft: item.id,
    belongs=is_of(ItemClass.FINISHED_GOODS),
    may_take=is_of(ItemClass.FINISHED_GOODS, ItemClass.OTHER),
    unique={"number": lambda item: item.number},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        replace(NUMBER, may_change=True),
        NAME,
        NAME_EN,
        replace(SPECIFICATION, required=True),
        Field(name="grade", kind=GRADE, headers=("级别",), required=True, is_listed=True),
        Field(name="maximum_stock", kind=AMOUNT, headers=("最高库存量", "最大库存", "最大储量")),
        Field(name="safety_stock", kind=AMOUNT, headers=("安全库存量",)),
        Field(name="stocktake_cycle", kind=DAYS, headers=("盘点周期（天）", "盘点周期")),
        UNIT_FIELD,
        Field(name="price", kind=AMOUNT, headers=("售价",), is_price=True),
        Field(name="style", kind=reference("styles"), headers=("款号",), is_listed=True, is_query=True),
        Field(name="colour", kind=reference("colours"), headers=("颜色", "color"), is_listed=True),
        Field(name="size", kind=CODE, headers=("尺码",), is_listed=True),
        *IDENTITY,
        *LAST,
    ),
)
