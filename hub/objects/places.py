"""Places 库位: everywhere goods can be: bins, receiving, quarantine, and the accounts goods come from and go to."""

from dataclasses import replace

from domain.place import Place, PlaceRole
from hub.field_kind import CODE
from hub.locations import BARCODE, ON_HOLD, build_place, code_of, roles
from hub.object import DISABLED, Field, ObjectType
from hub.object_fields import CODE_FIELD, NAME_EN_FIELD, NAME_FIELD, REMARK_FIELD
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS

OBJECT = ObjectType(
    name="places",
    group="places",
    kind="place",
    form=Place,
    build=build_place,
    key=code_of,
    unique={"barcode": lambda place: place.barcode},
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        replace(CODE_FIELD, headers=("库位编码", "编号", "库位", "number")),
        replace(NAME_FIELD, headers=("库位名称", "name_zh")),
        NAME_EN_FIELD,
        Field(
            name="role",
            kind=roles(*PlaceRole),
            headers=("类型", "type"),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="warehouse", kind=CODE, headers=("仓库编码",), is_listed=True, is_query=True),
        BARCODE,
        ON_HOLD,
        REMARK_FIELD,
        DISABLED,
    ),
)
