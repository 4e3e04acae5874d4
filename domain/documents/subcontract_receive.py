"""WS subcontract receive 外加工收回: subcontractor → storage or line side, settled against what was sent.

Sent is received good, seconds, scrap, loss and what is still outstanding. Rolls and packages get new labels. Loss above
what is allowed and goods accepted with a concession need an approval; goods move once the document is finished.
"""

from decimal import Decimal

from msgspec.structs import replace

from domain.against_plan import planned_line
from domain.document import DocumentType, Posted, Posts
from domain.facts import Facts, RecordedLine
from domain.field import Field, FieldKind, Form, never
from domain.line import (
    GRADE_FIELD,
    OWNER_FIELD,
    goods_of,
    has_lots,
    has_second_unit,
    moves,
    place_of,
    quantity_of,
    wrong_grade,
)
from domain.place import PlaceId, PlaceRole
from domain.plan import PlanLine
from domain.problem import Problem, question
from domain.stock import Derivation, Movement
from domain.unit_labels import unit_labels

GOOD, CONCESSION, SCRAP, LOSS = "good", "concession", "scrap", "loss"
"""What became of goods that were sent; the words are `choice.result.<code>`. Seconds are good goods of that grade."""
ALLOWED_LOSS = Decimal("0.02")
"""A loss above this share of what a document settles is asked about and needs an approval."""


def _comes_in(form: Form) -> bool:
    return form.text("result") in (GOOD, CONCESSION)


def _result_of(line: RecordedLine) -> str:
    return str(line.values.get("result", GOOD))


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    return tuple(problem for line in posted.lines for problem in wrong_grade(line, "place", facts))


def _lost(posted: Posted) -> Decimal:
    """Return the share of what the document settles that is gone."""
    amounts = [(_result_of(line), one.value) for line in posted.lines if (one := quantity_of(line))]
    settled = sum((value for _, value in amounts), Decimal(0))
    gone = sum((value for result, value in amounts if result == LOSS), Decimal(0))
    return gone / settled if settled else Decimal(0)


def _check_completion(posted: Posted, _facts: Facts) -> tuple[Problem, ...]:
    lost = _lost(posted)
    if lost <= ALLOWED_LOSS:
        return ()
    return (question("large_loss", share=f"{lost:.1%}", tolerance=f"{ALLOWED_LOSS:.0%}"),)


def is_exceptional(posted: Posted, _facts: Facts) -> bool:
    """Hold where more is lost than allowed, or something was accepted with a concession."""
    return _lost(posted) > ALLOWED_LOSS or any(_result_of(line) == CONCESSION for line in posted.lines)


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    conversion, scrap = (facts.station().account(one) for one in (PlaceRole.CONVERSION, PlaceRole.SCRAP))
    moved: list[Movement] = []
    for line in posted.lines:
        sent = planned_line(posted.plan, line.plan)
        if sent is None:
            continue
        match _result_of(line):
            case "loss":
                moved += _as_sent(line, sent, conversion)
            case "scrap":
                moved += _as_sent(line, sent, scrap)
            case _:
                moved += _received(line, sent, conversion)
    return tuple(moved)


def _as_sent(line: RecordedLine, sent: PlanLine, target: PlaceId) -> list[Movement]:
    return [replace(one, goods=sent.goods) for one in moves(line, sent.place, target)]


def _received(line: RecordedLine, sent: PlanLine, conversion: PlaceId) -> list[Movement]:
    """What comes back under a new label or as another grade leaves the subcontractor as what was sent."""
    target = place_of(line, "place")
    if goods_of(line) == sent.goods:
        return _as_sent(line, sent, target)
    return [*_as_sent(line, sent, conversion), *moves(line, conversion, target)]


def _derives(posted: Posted, _facts: Facts) -> tuple[Derivation, ...]:
    made: dict[PlanLine, list[RecordedLine]] = {}
    for line in posted.lines:
        sent = planned_line(posted.plan, line.plan)
        if sent and _result_of(line) in (GOOD, CONCESSION) and goods_of(line) != sent.goods:
            made.setdefault(sent, []).append(line)
    return tuple(
        Derivation(parents=(sent.goods,), children=tuple(dict.fromkeys(map(goods_of, lines))))
        for sent, lines in made.items()
    )


TYPE = DocumentType(
    code="WS",
    prefix="WS",
    biz_step="receiving",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="subcontract"),
        Field(
            name="partner",
            kind=FieldKind.PARTNER,
            plan_kind="subcontract",
            roles=frozenset({PlaceRole.SUBCONTRACTOR}),
        ),
        Field(name="delivery_note", kind=FieldKind.TEXT, required=never),
    ),
    line=(
        Field(
            name="result",
            kind=FieldKind.SIDE,
            choices=dict.fromkeys((GOOD, CONCESSION, SCRAP, LOSS)),
            default=lambda _form: GOOD,
        ),
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never, is_new=_comes_in),
        Field(name="item", kind=FieldKind.ITEM),
        Field(name="lot", kind=FieldKind.LOT, required=has_lots),
        GRADE_FIELD,
        OWNER_FIELD,
        Field(name="quantity", kind=FieldKind.QUANTITY),
        Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=has_second_unit),
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE, PlaceRole.LINE_SIDE, PlaceRole.QUARANTINE}),
            required=_comes_in,
        ),
    ),
    posts=Posts.COMPLETION,
    movements=_movements,
    plan_field="plan",
    over_plan=Decimal("0.03"),
    accounts=(PlaceRole.CONVERSION, PlaceRole.SCRAP),
    derives=_derives,
    approval=is_exceptional,
    check=_check,
    check_completion=_check_completion,
    labels=unit_labels,
)
