"""Bins 库位 of a warehouse: where goods lie, in which zone, how much goes in and of which categories."""

from dataclasses import replace

from domain.place import PHYSICAL_ROLES, Place, PlaceRole
from hub.field_kind import DAYS, choice, reference, references
from hub.locations import BARCODE, ON_HOLD, build_place, code_of, roles
from hub.object import DISABLED, Field, ObjectType
from hub.object_fields import CODE_FIELD, NAME_EN_FIELD, NAME_FIELD, REMARK_FIELD
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

OBJECT = ObjectType(
    name="bins",
    group="places",
    kind="place",
    form=Place,
    build=build_place,
    key=code_of,
    belongs=lambda place: bool(place.warehouse) and place.role in PHYSICAL_ROLES,
    may_take=lambda place: place.role in PHYSICAL_ROLES,
    unique={"barcode": lambda place: place.barcode},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        replace(CODE_FIELD, headers=("库位编码", "编号", "库位", "number")),
        replace(NAME_FIELD, headers=("库位名称", "name_zh")),
        NAME_EN_FIELD,
        Field(
            name="role",
            kind=roles(*(role for role in PlaceRole if role in PHYSICAL_ROLES)),
            headers=("类型", "type"),
            required=True,
            is_listed=True,
        ),
        Field(
            name="warehouse",
            kind=reference("warehouses"),
            headers=("仓库编码",),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="zone", kind=reference("zones"), headers=("库区编码",), is_listed=True),
        BARCODE,
        Field(name="capacity", kind=DAYS, headers=("库容",)),
        Field(name="categories", kind=references("categories"), headers=("允许类别",)),
        Field(
            name="store",
            kind=choice(
                "object.warehouse_type", finished=("成品仓",), seconds=("次品仓",), returned=("退货仓",)
            ),
            headers=("存放",),
        ),
        ON_HOLD,
        REMARK_FIELD,
        DISABLED,
    ),
)
