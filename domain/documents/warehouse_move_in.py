"""YCI inter-warehouse move 移仓收货, the way in: in transit → storage of the other warehouse, scanned by who receives.

It follows the transfer that the way out left. Nothing is taken in that was not sent; what is missing is asked about,
stays in transit, and is somebody's to find.
"""

from domain.against_plan import planned_line
from domain.document import BelowPlan, DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always
from domain.line import GOODS_FIELDS, moves, place_of
from domain.place import PlaceRole
from domain.stock import Movement


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    moved: list[Movement] = []
    for line in posted.lines:
        sent = planned_line(posted.plan, line.plan)
        if sent is not None:
            moved += moves(line, sent.place, place_of(line, "target"), facts)
    return tuple(moved)


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
