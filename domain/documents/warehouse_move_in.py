"""YCI inter-warehouse move 移仓收货, the way in: in transit → storage of the other warehouse, scanned by who receives.

It follows the transfer that the way out left. Nothing is taken in that was not sent; what is missing is asked about,
stays in transit, and is somebody's to find.
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
    code="YCI",
    prefix="YCI",
    biz_step="receiving",
    header=(Field(name="plan", kind=FieldKind.PLAN, plan_kind="transfer"),),
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
