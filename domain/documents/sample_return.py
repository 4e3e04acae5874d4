"""YPI sample return 样品归还: customer → storage, scanned as the samples come back.

It follows the plan that a sample gift (YP) left, so what is back, what is still out and what is overdue stands beside
one another. Not everything comes back at once: what is missing stays open without a question.
"""

from domain.against_plan import moves_from_plan
from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always
from domain.line import GOODS_FIELDS, wrong_grade
from domain.place import PlaceRole
from domain.problem import Problem
from domain.stock import Movement


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(problem for line in posted.lines for problem in wrong_grade(line, "target", facts))


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    return moves_from_plan(posted, "target")


TYPE = DocumentType(
    code="YPI",
    prefix="YPI",
    biz_step="receiving",
    header=(Field(name="plan", kind=FieldKind.PLAN, plan_kind="sample_gift"),),
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
    check=_check,
)
