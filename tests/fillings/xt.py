"""Yarn becomes a roll of fabric."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import place_code


def side(name: str) -> Input:
    return Input(text=name, field="side")


FILLING = Filling(
    balances=STOCK,
    lines=(
        (side("input"), *scans("(240)Y-3201", "(10)L7", "(3100)000030", place_code("RM-A-01"))),
        (
            side("output"),
            *scans("(240)F-2041(10)D-200(3101)000296(3110)000130", place_code("RM-A-02")),
        ),
    ),
)
