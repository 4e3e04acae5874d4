"""A roll goes to the dyer."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import place_code, unit_code

FILLING = Filling(
    balances=STOCK,
    header=(
        *scans(place_code("D-DYER")),
        Input(text="operation", field="task"),
        Input(text="washing", field="operation"),
        Input(text="CARD-0007", field="card"),
    ),
    lines=(scans(unit_code("R0001")),),
)
