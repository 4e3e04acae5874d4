"""Customers 客户: who goods are sold and sent to."""

from dataclasses import replace

from domain.place import Place, PlaceRole
from hub.locations import PARTY_FIELDS, build_party, code_of
from hub.object import ObjectType
from hub.object_fields import CODE_FIELD, NAME_FIELD
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

OBJECT = ObjectType(
    name="customers",
    group="partners",
    kind="place",
    form=Place,
    build=build_party(PlaceRole.CUSTOMER),
    key=code_of,
    belongs=lambda place: place.role is PlaceRole.CUSTOMER,
    unique={"code": lambda place: place.barcode},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        replace(CODE_FIELD, headers=("客户编码", "编号", "客户编号", "number")),
        replace(NAME_FIELD, headers=("客户名称", "name_zh")),
        *PARTY_FIELDS[2:],
    ),
)
