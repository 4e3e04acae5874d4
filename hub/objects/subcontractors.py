"""Subcontractors 外加工厂: who works on our goods outside."""

from dataclasses import replace

from domain.place import Place, PlaceRole
from hub.locations import PARTY_FIELDS, build_party, code_of
from hub.object import ObjectType
from hub.object_fields import CODE_FIELD, NAME_FIELD
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

OBJECT = ObjectType(
    name="subcontractors",
    group="partners",
    kind="place",
    form=Place,
    build=build_party(PlaceRole.SUBCONTRACTOR),
    key=code_of,
    belongs=lambda place: place.role is PlaceRole.SUBCONTRACTOR,
    unique={"code": lambda place: place.barcode},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        replace(CODE_FIELD, headers=("外加工厂编码", "编号", "外加工厂编号", "number")),
        replace(NAME_FIELD, headers=("外加工厂名称", "name_zh")),
        *PARTY_FIELDS[2:],
    ),
)
