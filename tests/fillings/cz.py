"""Twelve returned T-shirts: nine are as new, two are seconds, one is scrap."""

from __future__ import annotations

from domain.field import Input
from tests.filling import Filling, scans
from tests.stock import shirts
from tests.world import place_code


def line(side: str, count: int, place: str, *more: Input) -> tuple[Input, ...]:
    return (
        Input(text=side, field="side"),
        *more,
        *scans(f"(240)TS-2611-NV-M(30){count}", place_code(place)),
    )


FILLING = Filling(
    balances=shirts("RT-01", 12, 0),
    header=(
        Input(text="stain", field="defect"),
        Input(text="packing", field="operation"),
        Input(text="washed", field="work"),
    ),
    lines=(
        line("input", 12, "RT-01"),
        line("output", 9, "FG-B-02"),
        line("output", 2, "FS-01", Input(text="second", field="grade")),
        line("output", 1, "SCRAP"),
    ),
)
