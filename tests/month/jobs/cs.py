"""A truck comes with what was ordered: most of it goes to the rack, a little is rejected at the door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.documents.receiving import REASONS
from domain.field import Input
from domain.plan import Plan
from domain.quantity import Quantity
from domain.stock import Goods
from tests.month.job import Hand, Job, Work, at, goods_scan, of_plan, says
from tests.month.things import Warehouse

REJECTED_SHARE, WAITING_SHARE = 0.04, 0.08


def _lines(hand: Hand, plan: Plan) -> Iterator[Sequence[Input]]:
    for line in plan.lines:
        item = hand.item(line.goods)
        for parcel in range(hand.some.randint(1, 3)):
            left = Quantity(hand.left(plan, line), line.quantity.unit)
            if not left.value:
                break
            lot = f"{plan.number[-4:]}{line.line}{parcel}" if item.lot_managed else ""
            quantity = hand.part(left)
            metres = (
                Quantity((quantity.value * 4).quantize(Decimal("0.1")), "MTR") if item.second_unit else None
            )
            code = goods_scan(item, Goods(item=item.id, lot=lot), quantity, metres)
            luck = hand.some.random()
            if luck < REJECTED_SHARE:
                yield (*code, *says(reason=hand.some.choice(REASONS)), *at(hand.quarantine()))
            elif item.inspection_standard or luck < WAITING_SHARE:
                yield (*code, *at(f"{hand.kiosk.warehouse}-RCV"))
            else:
                yield (*code, *at(hand.bin()))


def _begins(hand: Hand) -> Work | None:
    letters = ("Y", "F") if hand.kiosk.warehouse is Warehouse.RAW else ("T",)
    plan = hand.plan("purchase_order", lambda one: hand.item(one.lines[0].goods).number.startswith(letters))
    if plan is None:
        return None
    return Work(header=(*says(delivery_note=f"DN-{plan.number}"), *of_plan(plan)), lines=_lines(hand, plan))


JOB = Job(share=16, warehouses=frozenset({Warehouse.RAW, Warehouse.TRIMS}), begins=_begins)
