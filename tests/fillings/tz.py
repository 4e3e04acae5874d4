"""Yarn that was weighed again is two kilograms less, buttons of the same bin are a box more."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import STOCK
from tests.world import place_code


def line(side: str, reason: str, *texts: str) -> tuple[Input, ...]:
    chosen = (Input(text=side, field="side"), Input(text=reason, field="reason"))
    return (*chosen, *scans(*texts))


FILLING = Filling(
    balances=STOCK,
    lines=(
        line("less", "weighed_again", "(240)Y-3201", "(10)L7", "(3100)000002", place_code("RM-A-01")),
        line("more", "typing_error", "14006381333938"),
    ),
)
