"""T-shirts that a supplier made come into the store."""

from __future__ import annotations

from tests.filling import Filling, scans
from tests.world import place_code

FILLING = Filling(
    balances=(),
    header=scans(place_code("S-HENGLI")),
    lines=(scans("(240)TS-2611-NV-M(30)24", place_code("FG-B-02")),),
)
