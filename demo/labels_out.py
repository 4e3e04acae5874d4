"""The labels that came out of a printer, read as a person with a scanner would: from the paper."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image

LOOK_EVERY_S = 0.1
FULL_CODE = zxingcpp.BarcodeFormat.DataMatrix


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLabel:
    """One label: its file, and the texts of its codes; the matrix code, which says everything, first."""

    file: Path
    codes: tuple[str, ...]


def count(folder: Path) -> int:
    """Return how many labels came out so far."""
    index = folder / "index.json"
    return int(json.loads(index.read_text("utf-8"))["printed"]) if index.exists() else 0


def await_count(folder: Path, wanted: int, timeout_s: float) -> int:
    """Wait until so many labels came out; returns how many did."""
    deadline = time.monotonic() + timeout_s
    while (printed := count(folder)) < wanted and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    return printed


def read_labels(folder: Path) -> list[PrintedLabel]:
    """Decode every label of a printer, oldest first."""
    return [read_label(file) for file in sorted(folder.glob("label-*.png"))]


def read_label(file: Path) -> PrintedLabel:
    """Decode the codes of one label. GS1 codes come with their symbology identifier and separators, as scanned."""
    with Image.open(file) as image:
        found = zxingcpp.read_barcodes(image)
    found.sort(key=lambda one: one.format != FULL_CODE)
    return PrintedLabel(
        file=file, codes=tuple(f"{one.symbology_identifier}{one.bytes.decode('utf-8')}" for one in found)
    )
