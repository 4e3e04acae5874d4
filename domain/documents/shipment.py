"""CC finished-goods shipment 成品出货单: finished storage → customer, against a sales order.

The cartons scanned have to be those of the order's packing list, solid and ratio packs. What is less or otherwise
packed is asked about and goes out only once somebody entitled approved it. Goods leave with the whole load.
"""

from domain.against_plan import is_below_plan, planned_line
from domain.document import BelowPlan, DocumentType, Posted, Posts
from domain.facts import Facts
from domain.field import Field, FieldKind, always
from domain.line import (
    GOODS_FIELDS,
    goods_of,
    moves,
    place_of,
    takes_too_much,
    text_of,
    where_the_unit_is,
)
from domain.packing_list import differs, is_listed
from domain.place import PlaceId, PlaceRole, Store
from domain.problem import Problem, question, refusal
from domain.stock import Movement


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for line in posted.lines:
        found += takes_too_much(line, "source", facts)
        goods, ordered = goods_of(line), planned_line(posted.plan, line.plan)
        if ordered and goods.grade and not ordered.grade:
            found.append(refusal("seconds_not_ordered", order=posted.header["plan"]))
        unit = facts.handling_unit(goods.handling_unit) if goods.handling_unit else None
        if unit and posted.plan and not is_listed(unit, posted.plan):
            found.append(refusal("carton_not_listed", unit=unit.serial, order=posted.plan.number))
    return tuple(dict.fromkeys(found))


def _check_completion(posted: Posted, _facts: Facts) -> tuple[Problem, ...]:
    if posted.plan and differs(posted.lines, posted.plan):
        return (question("packing_list_differs", order=posted.plan.number),)
    return ()


def is_partial(posted: Posted, facts: Facts) -> bool:
    """Hold where less goes out than was ordered, or packed in another way than listed."""
    return is_below_plan(posted, facts) or bool(posted.plan and differs(posted.lines, posted.plan))


def _movements(posted: Posted, _facts: Facts) -> tuple[Movement, ...]:
    customer = PlaceId(text_of(posted.header["partner"]))
    return tuple(one for line in posted.lines for one in moves(line, place_of(line, "source"), customer))


TYPE = DocumentType(
    code="CC",
    prefix="CC",
    biz_step="shipping",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="sales_order"),
        Field(
            name="partner",
            kind=FieldKind.PARTNER,
            plan_kind="sales_order",
            roles=frozenset({PlaceRole.CUSTOMER}),
        ),
        Field(name="vehicle", kind=FieldKind.TEXT),
        Field(name="seal", kind=FieldKind.TEXT),
    ),
    line=(
        Field(
            name="source",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.STORAGE}),
            stores=frozenset({Store.FINISHED, Store.SECONDS}),
            implied=where_the_unit_is,
            sticky=always,
        ),
        *GOODS_FIELDS,
    ),
    posts=Posts.COMPLETION,
    movements=_movements,
    plan_field="plan",
    below_plan=BelowPlan.ASK,
    approval=is_partial,
    leaves="shipment",
    check=_check,
    check_completion=_check_completion,
)
