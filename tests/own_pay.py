"""A worker's own pay as a hub would tell it, to try looking at it with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.names import Names
from domain.pay import Bonus, Measure
from domain.pay_sheet import ContestSaid, OperationPay, PayEntry, PayFigures, PaySheet
from tests.sewing import HEM, OVERLOCK, WANG
from tests.world import NOW

TODAY, BEFORE = NOW.date(), date(NOW.year, NOW.month, NOW.day - 1)
SHEET = PaySheet(
    person=WANG.number,
    period=f"{NOW:%Y-%m}",
    day=TODAY,
    hub_time=NOW,
    operations=(
        OperationPay(
            operation=HEM,
            names=Names(zh="下摆卷边", en="Hem"),
            today=PayFigures(good=140, back=20, seconds=2, amount=Decimal("30.00")),
            month=PayFigures(good=2460, back=40, seconds=11, amount=Decimal("605.00")),
        ),
        OperationPay(
            operation=OVERLOCK,
            names=Names(zh="四线包缝", en="Overlock"),
            today=PayFigures(waiting=20),
            month=PayFigures(good=310, waiting=20, amount=Decimal("111.60")),
        ),
    ),
    entries=tuple(
        PayEntry(
            job=f"S301W00000{number}",
            bundle=f"C1010000{number:02}",
            operation=HEM,
            day=TODAY if number > 2 else BEFORE,
            pieces=pieces,
            back=back,
            amount=Decimal(pieces) / 4,
            contest=said,
        )
        for number, pieces, back, said in (
            (7, 20, 0, None),
            (6, 0, 20, None),
            (5, 20, 0, None),
            (4, 20, 0, ContestSaid(reason="shared")),
            (
                3,
                14,
                0,
                ContestSaid(
                    reason="pieces", is_answered=True, answer="Counted again with Zhao Min", pieces=4
                ),
            ),
            (2, 20, 0, None),
            (1, 20, 0, None),
        )
    ),
    bonuses=(
        Bonus(
            name="质量奖 Quality",
            measure=Measure.RFT,
            measured=Decimal("98.40"),
            percent=Decimal(3),
            amount=Decimal("21.498"),
        ),
    ),
    total=Decimal("738.10"),
)
