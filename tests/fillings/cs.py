"""A delivery of one roll against an order."""

from __future__ import annotations

from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import ORDER, order_code, place_code

FILLING = Filling(
    balances=STOCK,
    header=scans(order_code(ORDER)),
    lines=(scans("(240)F-2041", "(10)D-118", "(3101)000214", "(3110)000095", place_code("RM-A-01")),),
)
