"""What a bench reports: figures beside their targets and beside the machine's own floor from the same run."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

Better = Literal["lower", "higher"]


class Result(Struct, frozen=True, kw_only=True):
    """One figure. `floor` is what this machine does for the bare act (fsync, raw insert); `ratio` is value / floor.

    `ok` is None where there is no target.
    """

    metric: str
    value: float
    unit: str
    target: float | None = None
    floor: float | None = None
    ratio: float | None = None
    ok: bool | None = None


class Report(Struct, frozen=True, kw_only=True):
    """What one run of a bench found, where and on what."""

    bench: str
    commit: str
    machine: str
    seed: int
    results: tuple[Result, ...]


def result(
    metric: str,
    value: float,
    unit: str,
    *,
    target: float | None = None,
    floor: float | None = None,
    better: Better = "lower",
) -> Result:
    """Return a figure judged against its target."""
    ok = None if target is None else (value <= target if better == "lower" else value >= target)
    return Result(
        metric=metric,
        value=round(value, 3),
        unit=unit,
        target=target,
        floor=None if floor is None else round(floor, 3),
        ratio=None if not floor else round(value / floor, 2),
        ok=ok,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of all values lie; the nearest one measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def commit_name() -> str:
    """Return the commit the tree is on, marked where it was changed since."""
    try:
        name = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 - found where the user has it
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.stdout.strip()


def machine_in_words() -> str:
    """Return what kind of machine this is, without its name."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB memory, {platform.machine()}, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def to_json(report: Report) -> str:
    """Return the report as one JSON object."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def to_text(report: Report) -> str:
    """Return the report as a table for people."""
    head = f"{report.bench} · commit {report.commit} · seed {report.seed}\n{report.machine}\n"
    rows = [("metric", "value", "unit", "target", "floor", "ratio", "")]
    rows += [
        (
            one.metric,
            f"{one.value:g}",
            one.unit,
            "" if one.target is None else f"{one.target:g}",
            "" if one.floor is None else f"{one.floor:g}",
            "" if one.ratio is None else f"{one.ratio:g}",
            {True: "ok", False: "MISSED", None: ""}[one.ok],
        )
        for one in report.results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return head + "\n".join(lines)
