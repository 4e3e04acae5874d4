"""Warehouses 仓库: what is kept together and by whom; its zones and bins are registered on their own."""

from collections.abc import Sequence

from domain.place import Place
from hub.field_kind import CODE, FLAG, choice, references
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD
from hub.precondition import NO_DOCUMENT, NO_STOCK, NOTHING_REFERS
from hub.reference import ReferenceData


def _places(code: str, known: ReferenceData) -> Sequence[tuple[str, str]]:
    """Return its places: documents and stock name these."""
    records = known.records("place").items()
    return [("place", key) for key, place in records if isinstance(place, Place) and place.warehouse == code]


OBJECT = ObjectType(
    name="warehouses",
    group="places",
    kind="warehouse",
    used_as=_places,
    delete_if=(NOTHING_REFERS, NO_STOCK, NO_DOCUMENT),
    fields=(
        *NAMED,
        Field(
            name="type",
            kind=choice(
                "object.warehouse_type",
                yarn=("纱仓", "纱线仓"),
                fabric=("布仓", "面料仓"),
                trim=("辅料仓",),
                semi_finished=("半成品仓",),
                finished=("成品仓",),
                seconds=("次品仓",),
                sample=("样品仓",),
                returned=("退货仓",),
                other=("其他仓", "其它仓"),
            ),
            headers=("仓库类型",),
            required=True,
            is_listed=True,
            is_query=True,
        ),
        Field(name="plant", kind=CODE, headers=("工厂",), required=True, is_listed=True),
        Field(name="keepers", kind=references("keepers"), headers=("仓管员",)),
        Field(name="allow_negative", kind=FLAG, headers=("允许负数",)),
        REMARK_FIELD,
    ),
)
