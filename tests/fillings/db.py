"""Some yarn goes to another plant, with its price."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import place_code

FILLING = Filling(
    balances=STOCK,
    header=scans(place_code("P2")),
    lines=(
        (
            *scans(place_code("RM-A-01"), "(240)Y-3201", "(10)L7", "(3100)000030"),
            Input(text="21.50", field="price"),
        ),
    ),
)
