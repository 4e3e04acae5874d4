"""TL material return 退料: line side → storage for what is good, quarantine for what is not, with the reason.

It follows the issue that brought the goods to the line: at most what was issued and not returned yet comes back.
"""

from domain.against_plan import moves_from_plan
from domain.document import DocumentType, Posted, Posts
from domain.events.labels import LabelRequested
from domain.facts import Facts
from domain.field import Field, FieldKind, Form
from domain.line import GOODS_FIELDS, goods_of, place_of, text_of
from domain.place import PlaceRole
from domain.problem import Problem, refusal
from domain.roll_label import roll_label
from domain.stock import Movement

DEFECTS = ("defective", "shade", "torn", "wet")
REASONS = ("surplus", "wrong_goods", *DEFECTS, "other")
"""Why goods come back from the line. Goods with a defect go to quarantine."""


def _is_good(form: Form) -> bool:
    place = form.facts.place(form.text("target"))
    return place is not None and place.role is PlaceRole.STORAGE


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for line in posted.lines:
        target, reason = facts.place(place_of(line, "target")), text_of(line.values.get("reason"))
        if target and target.role is PlaceRole.STORAGE and reason in DEFECTS:
            found.append(refusal("defect_in_storage", place=target.code, reason=f"choice.reason.{reason}"))
    return tuple(found)


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    return moves_from_plan(posted, "target")


def _labels(posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    """A roll that comes back is smaller than its label says."""
    cut = [line for line in posted.lines if goods_of(line).handling_unit]
    return tuple(roll_label(line, posted.header, facts) for line in cut)


TYPE = DocumentType(
    code="TL",
    prefix="TL",
    biz_step="storing",
    header=(Field(name="plan", kind=FieldKind.PLAN, plan_kind="issue"),),
    line=(
        *GOODS_FIELDS,
        Field(name="reason", kind=FieldKind.CHOICE, choices=dict.fromkeys(REASONS)),
        Field(
            name="target",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.QUARANTINE}),
            sticky=_is_good,
        ),
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    check=_check,
    labels=_labels,
)
