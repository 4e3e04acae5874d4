"""Items 物料: everything that is kept; changed here is what is neither raw material nor finished goods."""

from domain.item import Item, ItemClass
from hub.field_kind import CODE
from hub.goods import IDENTITY, LAST, NAME, NAME_EN, NUMBER, SPECIFICATION, UNIT_FIELD, build_as, draw, is_of
from hub.object import Field, ObjectType
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

OBJECT = ObjectType(
    name="items",
    group="goods",
    kind="item",
    form=Item,
    number="number",
    has_own_id=True,
    build=build_as(ItemClass.OTHER),
    draw=draw,
    key=lambda item, _draft: item.id,
    may_take=is_of(ItemClass.OTHER),
    unique={"number": lambda item: item.number},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        NUMBER,
        NAME,
        NAME_EN,
        SPECIFICATION,
        Field(name="category", kind=CODE, headers=("类别",), is_listed=True, is_query=True),
        UNIT_FIELD,
        *IDENTITY,
        *LAST,
    ),
)
