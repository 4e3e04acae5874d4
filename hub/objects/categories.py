"""Material categories 物料类别: what kind of material it is; a raw material belongs to one."""

from hub.object import ObjectType
from hub.object_fields import NAMED, REMARK_FIELD
from hub.precondition import NOTHING_REFERS

OBJECT = ObjectType(
    name="categories",
    group="goods",
    kind="category",
    fields=(*NAMED, REMARK_FIELD),
    delete_if=(NOTHING_REFERS,),
)
