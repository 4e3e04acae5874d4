"""Some T-shirts go back to the line to be packed anew."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import shirts
from tests.world import place_code

FILLING = Filling(
    balances=shirts("FG-B-02", 20, 0),
    header=(Input(text="repack", field="return_reason"),),
    lines=(scans("(240)TS-2611-NV-M(30)6", place_code("FG-B-02")),),
)
