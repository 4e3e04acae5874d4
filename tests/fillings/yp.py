"""Two samples go to a customer and are to come back."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import shirts
from tests.world import place_code

FILLING = Filling(
    balances=shirts("FG-B-02", 20, 0),
    header=(
        *scans(place_code("C-NORDIC")),
        Input(text="Ms Berg", field="receiver"),
        Input(text="fitting", field="purpose"),
        Input(text="Chen Jie", field="asked_by"),
        Input(text="yes", field="returnable"),
        Input(text="20261224", field="due"),
    ),
    lines=(scans("(240)TS-2611-NV-M(30)2", place_code("FG-B-02")),),
)
