"""Lorries without end, for a floor where things break: every package has a lot of its own, so it can be told."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from demo.goods import SEPARATOR, Package, rolls
from demo.morning import CHEN, WANG, Door, document_code, place_code

ROLL, TAPE = "F-2041", "T-0320"

ROWS: dict[str, tuple[dict[str, str], ...]] = {
    "items": (
        {
            "编号": TAPE,
            "名称": "松紧带 25mm 白",
            "English name": "Elastic tape 25 mm, white",
            "类别": "辅料",
            "单位": "MTR",
            "批次管理": "是",
            "单件管理": "否",
        },
    ),
    "purchase_orders": (
        {
            "订单号": "PO-2026-0900",
            "供应商": "S-HENGLI",
            "行号": "1",
            "物料编号": ROLL,
            "数量": "900000",
            "单位": "KGM",
            "交期": "2026-11-30",
        },
        {
            "订单号": "PO-2026-0901",
            "供应商": "S-YKK",
            "行号": "1",
            "物料编号": TAPE,
            "数量": "9000000",
            "单位": "MTR",
            "交期": "2026-11-30",
        },
    ),
}
"""What the office knows more than on an ordinary morning: one article and two orders that last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one door does all day: whose badge, which order, where to; the codes as they are scanned."""

    badge: str
    order: str
    place: str
    place_scanned: str


JOBS: dict[Door, Job] = {
    "fabric": Job(
        badge=WANG,
        order=document_code("PO-2026-0900"),
        place="RM-A-01",
        place_scanned=place_code("RM-A-01"),
    ),
    "trims": Job(
        badge=CHEN,
        order=document_code("PO-2026-0901"),
        place="TR-B-01",
        place_scanned=place_code("TR-B-01"),
    ),
}


def packages(door: Door, seed: int) -> Iterator[Package]:
    """Yield what comes to a door, for ever."""
    random = Random(seed)
    number = 0
    while True:
        number += 1
        if door == "fabric":
            yield from rolls(random, ROLL, f"DA{number:05d}", 1)
        else:
            yield _tape(random, f"EB{number:05d}")


def _tape(random: Random, lot: str) -> Package:
    length = Decimal(random.randint(180, 220))
    code = f"]C13110{int(length):06d}241{TAPE}{SEPARATOR}10{lot}"
    return Package(item=TAPE, lot=lot, quantity=length, unit="MTR", code=code)
