"""DBI allocation 调拨收货 from another plant, the way in: in transit → storage, against what that plant sent.

Nothing is taken in that was not sent; what is missing is asked about, stays on the road, and is somebody's to find.
"""

from domain.against_plan import moves_from_plan
from domain.document import BelowPlan, DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always
from domain.line import GOODS_FIELDS
from domain.place import PlaceRole
from domain.stock import Movement


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    return moves_from_plan(posted, "target")


TYPE = DocumentType(
    code="DBI",
    prefix="DBI",
    biz_step="receiving",
    header=(Field(name="plan", kind=FieldKind.PLAN, plan_kind="allocation"),),
    line=(
        *GOODS_FIELDS,
        Field(
            name="target",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.QUARANTINE}),
            sticky=always,
        ),
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    below_plan=BelowPlan.ASK,
    difference="transit_difference",
)
