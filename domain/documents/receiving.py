"""CS purchase receipt 采购收货: supplier → receiving → storage, or quarantine for what is rejected.

Against a purchase order; without one only with the badge of a second, entitled person. Goods scanned into a quarantine
place are rejected and need a reason. Goods left in receiving wait for their inspection (JY); a material with an
inspection standard goes straight to storage only when whoever receives says that it was inspected.
"""

from decimal import Decimal

from domain.document import DocumentType, Posted, Posts
from domain.events.labels import LabelRequested
from domain.facts import Facts
from domain.field import Field, FieldKind, Form, always, never
from domain.line import OWNER_FIELD, goods_of, has_lots, has_second_unit, place_of, quantity_of, text_of
from domain.place import PlaceId, PlaceRole
from domain.problem import Problem, question
from domain.roll_label import roll_label
from domain.stock import Movement

REASONS = ("wet", "torn", "wrong_goods", "shade", "count", "other")
"""Why goods are rejected at the door; the words are `choice.reason.<code>` in the catalogue."""


def _without_order(form: Form) -> bool:
    return not form.text("plan")


def _without_countersign(form: Form) -> bool:
    return not form.text("countersign")


def _is_rejected(form: Form) -> bool:
    """Goods put into quarantine are rejected: where they lie says so, in whatever order it was scanned."""
    place = form.facts.place(form.text("place"))
    return place is not None and place.role is PlaceRole.QUARANTINE


def _is_accepted(form: Form) -> bool:
    return not _is_rejected(form)


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for line in posted.lines:
        item, place = facts.item(goods_of(line).item), facts.place(place_of(line, "place"))
        if item and item.inspection_standard and place and place.role is PlaceRole.STORAGE:
            standard = item.inspection_standard
            found.append(question("inspection_due", item=item.number, standard=standard, place=place.code))
    return tuple(found)


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    """Everything arrives in receiving; what has a further place goes on from there at once."""
    receiving = facts.station().receiving
    supplier = PlaceId(text_of(posted.header["partner"]))
    moved: list[Movement] = []
    for line in posted.lines:
        quantity, second = quantity_of(line), quantity_of(line, "second_quantity")
        goods, target = goods_of(line), place_of(line, "place")
        if quantity is None:
            continue
        moved.append(
            Movement(goods=goods, quantity=quantity, second=second, source=supplier, target=receiving)
        )
        if target != receiving:
            moved.append(
                Movement(goods=goods, quantity=quantity, second=second, source=receiving, target=target)
            )
    return tuple(moved)


def _labels(posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    return tuple(roll_label(line, posted.header, facts) for line in posted.lines)


TYPE = DocumentType(
    code="CS",
    prefix="CS",
    biz_step="receiving",
    header=(
        Field(name="plan", kind=FieldKind.PLAN, plan_kind="purchase_order", required=_without_countersign),
        Field(name="countersign", kind=FieldKind.PERSON, right="CS.approve", required=_without_order),
        Field(
            name="partner",
            kind=FieldKind.PARTNER,
            plan_kind="purchase_order",
            roles=frozenset({PlaceRole.SUPPLIER}),
        ),
        Field(name="delivery_note", kind=FieldKind.TEXT, required=never),
    ),
    line=(
        Field(name="item", kind=FieldKind.ITEM),
        Field(name="lot", kind=FieldKind.LOT, required=has_lots),
        Field(name="quantity", kind=FieldKind.QUANTITY),
        Field(name="second_quantity", kind=FieldKind.SECOND_QUANTITY, required=has_second_unit),
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.RECEIVING, PlaceRole.STORAGE, PlaceRole.QUARANTINE}),
            sticky=_is_accepted,
        ),
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never, is_new=always),
        Field(
            name="reason",
            kind=FieldKind.CHOICE,
            choices=dict.fromkeys(REASONS),
            required=_is_rejected,
        ),
        OWNER_FIELD,
    ),
    posts=Posts.LINE,
    movements=_movements,
    plan_field="plan",
    over_plan=Decimal("0.05"),
    accounts=(PlaceRole.RECEIVING,),
    leaves="receipt",
    check=_check,
    labels=_labels,
)
