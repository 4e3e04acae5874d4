"""One lot of yarn is counted, a kilogram short."""

from __future__ import annotations

from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import place_code

FILLING = Filling(
    balances=STOCK,
    header=scans(place_code("RM-A-01")),
    lines=(scans("(240)Y-3201", "(10)L7", "(3100)000049"),),
    is_mixed_too=False,
    confirms=frozenset({"recount_advised"}),
)
