"""`make month`: live a whole month of the group, look at its books, and keep a report of it."""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.measurement import commit_name, machine_in_words
from tests.month.month import MONTH, Month
from tests.month.sizes import Sizes
from tests.month.things import PLANTS, Warehouse

REPORTS = Path(__file__).parents[2] / "docs" / "reports"
MEMORY = Path("/dev/shm")  # noqa: S108 a folder of our own is made in it: kiosks are as quick as they can be
REFUSALS_SHOWN = 25


def report(month: Month, begun: datetime, took_s: float) -> str:
    """Return the page that is kept."""
    group, sizes, checks = month.group, month.sizes, month.books.checks
    types = "\n".join(f"| {code} | {count:,} |" for code, count in sorted(group.lines.items()))
    acts = "\n".join(f"| {act} | {count:,} |" for act, count in sorted(month.crew.acts.items()))
    events = "\n".join(f"| {name} | {count:,} |" for name, count in sorted(group.said.items()))
    made = "\n".join(f"| {name} | {count:,} |" for name, count in sorted(checks.items()))
    refused = ", ".join(
        f"{what} ({count:,})" for what, count in month.crew.refusals.most_common(REFUSALS_SHOWN)
    )
    never = ", ".join(month.never_hit()) or "nothing"
    items = sum(map(len, group.things.items.values()))
    machine, plants = f"commit {commit_name()}, {machine_in_words()}", len(PLANTS)
    return f"""# A month of a generated group, {begun:%Y-%m-%d}

By {machine}. Begun {begun:%Y-%m-%d %H:%M} UTC, {took_s / 60:.1f} minutes, seed {sizes.seed}.

{plants} plants, {plants * len(Warehouse)} warehouses, {len(group.counters)} kiosks, {items:,} items,
{len(month.crew.worked)} people who worked, {month.lines:,} lines over {len(group.lines)} types of document, on SQLite.
{MONTH} was closed while {plants} kiosks were away; {month.late:,} of their events came later, and no figure changed.

Had a check failed, there would be no report. Never hit: {never}.

| check | how often |
|---|---|
{made}

| document | lines |
|---|---|
{types}

| what people did | how often |
|---|---|
{acts}

| event | how often |
|---|---|
{events}

Refused or left alone, most often: {refused}.
"""


def say(words: str) -> None:
    """Show progress."""
    print(words, flush=True)  # noqa: T201 a command's progress


def main() -> None:
    """Run what the command line says, and write the report."""
    whole = Sizes()
    parser = argparse.ArgumentParser(prog="month")
    parser.add_argument("--lines", type=int, default=whole.lines)
    parser.add_argument("--items", type=int, default=whole.items)
    parser.add_argument("--seed", type=int, default=whole.seed)
    parser.add_argument("--report", type=Path, default=REPORTS)
    given = parser.parse_args()
    sizes = dataclasses.replace(whole, lines=given.lines, items=given.items, seed=given.seed)
    begun, begun_s = datetime.now(UTC), time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="noac-month-") as folder,
        tempfile.TemporaryDirectory(prefix="noac-month-", dir=MEMORY if MEMORY.is_dir() else None) as kiosks,
    ):
        month = Month(
            Path(folder),
            sizes,
            kiosks=Path(kiosks),
            say=lambda words: say(f"{time.monotonic() - begun_s:7.0f} s  {words}"),
        )
        try:
            month.lives()
            page = report(month, begun, time.monotonic() - begun_s)
        finally:
            month.close()
    given.report.mkdir(parents=True, exist_ok=True)
    path = given.report / f"{begun:%Y-%m-%d}-month.md"
    path.write_text(page, encoding="utf-8")
    say(f"report: {path}")


if __name__ == "__main__":
    main()
