"""PD stocktake 盘点: what lies at a place against what the book says; storage ↔ lost and found.

The book is frozen when the document opens and is not shown to those who count. Completing submits the differences; an
entitled person who did not count approves them, ticked one by one, and only then stock moves.
"""

from collections import defaultdict
from decimal import Decimal

from msgspec.structs import astuple

from domain.document import DocumentType, Posted, Posts, Values, is_always_approved
from domain.facts import Facts
from domain.field import Field, FieldKind, never
from domain.line import GRADE_FIELD, OWNER_FIELD, goods_of, has_lots, lie_only_in_units, quantity_of, text_of
from domain.place import PlaceId, PlaceRole
from domain.problem import Problem, question, refusal
from domain.quantity import Quantity
from domain.stock import Balance, Goods, Movement

TOLERANCE = Decimal("0.02")
"""A difference above this share of the book quantity asks for a recount."""


def _freeze(header: Values, facts: Facts) -> tuple[Balance, ...]:
    return tuple(facts.balances(PlaceId(text_of(header.get("place")))))


def _check(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    """A roll is counted once, and by its own number where the book knows it by number."""
    problems: list[Problem] = []
    for line in posted.lines:
        goods = goods_of(line)
        if lie_only_in_units(goods, facts.book(posted.document)):
            item = facts.item(goods.item)
            place = text_of(posted.header.get("place"))
            number = item.number if item else goods.item
            problems.append(question("units_have_labels", place=place, item=number))
        serial = goods.handling_unit
        before = [
            one
            for one in facts.lines(posted.document)
            if serial and not one.is_reversed and goods_of(one).handling_unit == serial
        ]
        if before:
            first = before[0]
            problems.append(
                refusal(
                    "already_counted", unit=serial, name=first.operator, time=first.event_time.isoformat()
                )
            )
    return tuple(problems)


def _differences(posted: Posted, facts: Facts) -> list[tuple[Goods, str, Decimal, Decimal]]:
    """Return goods, unit, book and counted of everything that is not as the book says."""
    book: dict[tuple[Goods, str], Decimal] = defaultdict(Decimal)
    counted: dict[tuple[Goods, str], Decimal] = defaultdict(Decimal)
    for held in facts.book(posted.document):
        book[held.goods, held.quantity.unit] += held.quantity.value
    for line in posted.lines:
        if quantity := quantity_of(line):
            counted[goods_of(line), quantity.unit] += quantity.value
    keys = sorted({*book, *counted}, key=lambda key: (*astuple(key[0]), key[1]))
    return [(goods, unit, book[goods, unit], counted[goods, unit]) for goods, unit in keys]


def _check_completion(posted: Posted, facts: Facts) -> tuple[Problem, ...]:
    """Ask for a recount where counts are far from the book, without saying how far: the count stays blind."""
    far = sum(abs(found - held) > abs(held) * TOLERANCE for _, _, held, found in _differences(posted, facts))
    return (question("recount_advised", count=far),) if far else ()


def _movements(posted: Posted, facts: Facts) -> tuple[Movement, ...]:
    place, account = PlaceId(text_of(posted.header.get("place"))), facts.station().lost_and_found
    moved: list[Movement] = []
    for goods, unit, held, found in _differences(posted, facts):
        if found == held:
            continue
        source, target = (account, place) if found > held else (place, account)
        quantity, second = Quantity(abs(found - held), unit), _second(posted, goods, facts, is_gone=not found)
        moved.append(Movement(goods=goods, quantity=quantity, second=second, source=source, target=target))
    return tuple(moved)


def _second(posted: Posted, goods: Goods, facts: Facts, *, is_gone: bool) -> Quantity | None:
    """Return the second quantity of a difference: nobody counts it, so it is nought, but in the item's own second unit.

    Else one roll would lie in two balances, with and without it. A unit that is gone altogether takes its own along.
    """
    item = facts.item(goods.item)
    if item is None or not item.second_unit:
        return None
    second = Quantity(Decimal(0), item.second_unit)
    if is_gone and goods.handling_unit:
        for held in facts.book(posted.document):
            if held.goods == goods and held.second and held.second.unit == second.unit:
                second += held.second
    return abs(second)


TYPE = DocumentType(
    code="PD",
    prefix="PD",
    biz_step="cycle_counting",
    header=(
        Field(
            name="place",
            kind=FieldKind.PLACE,
            roles=frozenset({PlaceRole.RECEIVING, PlaceRole.STORAGE, PlaceRole.QUARANTINE}),
        ),
    ),
    line=(
        Field(name="item", kind=FieldKind.ITEM),
        Field(name="lot", kind=FieldKind.LOT, required=has_lots),
        Field(name="handling_unit", kind=FieldKind.HANDLING_UNIT, required=never, may_be_unknown=True),
        GRADE_FIELD,
        OWNER_FIELD,
        Field(name="quantity", kind=FieldKind.QUANTITY),
    ),
    posts=Posts.COMPLETION,
    movements=_movements,
    accounts=(PlaceRole.LOST_AND_FOUND,),
    approval=is_always_approved,
    is_blind=True,
    check=_check,
    check_completion=_check_completion,
    freeze=_freeze,
)
