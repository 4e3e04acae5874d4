"""How long a code takes to be understood: everyday codes, and the worst texts a scanner can deliver."""

import time
from collections.abc import Sequence
from pathlib import Path

from bench.cli import Say
from bench.measurement import Result, percentile, result
from domain.barcode import read
from domain.barcodes.house import HouseType, house_code

TIMES = 400
TARGET_MS = 5.0
SEPARATOR = "\x1d"
EVERYDAY = (
    house_code(HouseType.PLACE, "RMA01"),
    house_code(HouseType.STAFF, "K7Q2"),
    "4006381333931",
    f"]C131010002143110000095241F-2041{SEPARATOR}10D-118",
    "(01)04006381333931(10)L7(21)0042",
    "https://id.example.org/01/04006381333931/10/L7/21/0042",
    "PO-2026-0815",
)
WORST = (
    "x" * 4000,
    "10" * 256,
    "(10)" * 128,
    SEPARATOR * 512,
    "0109501101530003" * 32,
    "http://a/" + "01/" * 160,
    "10A|21B|" * 64,
    "Z" + "é" * 511,
)


def _taken_ms(texts: Sequence[str]) -> list[float]:
    taken: list[float] = []
    for _ in range(TIMES):
        for text in texts:
            begin = time.perf_counter()
            read(text)
            taken.append((time.perf_counter() - begin) * 1000)
    return taken


def run(_folder: Path, _seed: int, say: Say) -> tuple[Result, ...]:
    """Read every text many times; the floor is hashing the same texts, the least one can do with each character."""
    read("first")  # loads the formats
    floor: list[float] = []
    for _ in range(TIMES):
        for text in WORST:
            begin = time.perf_counter()
            hash(text + "!")
            floor.append((time.perf_counter() - begin) * 1000)
    results: list[Result] = []
    for name, texts in (("everyday", EVERYDAY), ("worst", WORST)):
        say(f"reading {name} codes …")
        taken = _taken_ms(texts)
        results += [
            result(f"read {name} p50", percentile(taken, 0.5), "ms", floor=percentile(floor, 0.5)),
            result(
                f"read {name} p99",
                percentile(taken, 0.99),
                "ms",
                target=TARGET_MS,
                floor=percentile(floor, 0.99),
            ),
        ]
    return tuple(results)
