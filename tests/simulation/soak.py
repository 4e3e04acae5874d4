"""The long proof: seeds by the thousand, with kills and power cuts; progress while it runs, a report at the end.

It may be stopped at any time (Ctrl-C, or MINUTES) and then reports what it did.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.simulation.options import CLASSES, draw
from tests.simulation.run import Tally, live

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "docs" / "reports"
CHUNK = 10
COMBINED_EVERY = 10
"""Each so-manieth chunk has all recoveries together."""
BENCH_CHUNK = 1_000
SEEDS_SHARE = 0.6
"""Of the minutes there are, so much is for the seeds; the benches with real parts share the rest."""
PROGRESS_S = 10.0


@dataclass(slots=True, kw_only=True)
class Soak:
    """What was asked for, and what came of it so far."""

    seeds: int
    kills: int
    cuts: int
    replugs: int = 0
    floods: int = 0
    begin_s: float = field(default_factory=time.monotonic)
    tally: Tally = field(default_factory=Tally)
    parts: list[str] = field(default_factory=list[str])
    is_stopped: bool = False


def chunks(first: int, count: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the pieces of work: first seed, end, and whether all recoveries strike together."""
    for number, begin in enumerate(range(first, first + count, CHUNK)):
        yield begin, min(begin + CHUNK, first + count), number % COMBINED_EVERY == COMBINED_EVERY - 1


def work(piece: tuple[int, int, bool]) -> Tally:
    """Live one piece; runs in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    begin, end, combined = piece
    tally = Tally()
    for seed in range(begin, end):
        live(draw(seed, combined=combined), tally)
    return tally


def simulate(soak: Soak, first: int, workers: int, is_over: Callable[[], bool]) -> None:
    """Live all seeds on so many processes, for as long as there is time."""
    said_s = 0.0
    with multiprocessing.Pool(workers, maxtasksperchild=50) as pool:
        for tally in pool.imap_unordered(work, chunks(first, soak.seeds)):
            soak.tally.add(tally)
            for failure in tally.failures:
                say("\n".join(failure.splitlines()[:2]))
            if time.monotonic() - said_s > PROGRESS_S:
                said_s = time.monotonic()
                say(f"{said_s - soak.begin_s:7.0f} s  {soak.tally.line()}")
            if is_over():
                soak.is_stopped = True
                pool.terminate()
                return


def bench(soak: Soak, name: str, test: str, count: int, is_over: Callable[[], bool]) -> None:
    """Run a bench with real parts, some at a time, as long as there is time; NOAC_<NAME> says how many."""
    begin_s, done = time.monotonic(), 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=0", test]
    while done < count and not is_over():
        some = min(BENCH_CHUNK, count - done)
        environment = {**os.environ, f"NOAC_{name.upper()}": str(some)}
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode:
            soak.tally.failures.append(f"{name}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}")
        done += some
        say(
            f"{time.monotonic() - soak.begin_s:7.0f} s  {done:,} of {count:,} {name}, exit code {ran.returncode}"
        )
    soak.is_stopped |= done < count
    soak.parts.append(f"{name}: {done:,} of {count:,} in {time.monotonic() - begin_s:.0f} s (`{test}`)")


def report(soak: Soak, now: datetime) -> str:
    """Return the page that is kept."""
    tally, took_s = soak.tally, time.monotonic() - soak.begin_s
    days, speed = tally.simulated_s / 86_400, tally.simulated_s / max(tally.wall_s, 1e-9)
    hits = "\n".join(
        f"| {name} | {', '.join(rows)} | {tally.hits[name]:,} |" for name, rows in CLASSES.items()
    )
    ended = "stopped before its end" if soak.is_stopped else "ran to its end"
    parts = "\n".join(f"- {one}" for one in soak.parts) or "- no benches with real parts in this run"
    found = "\n\n".join(f"```\n{one}\n```" for one in tally.failures) or "Nothing."
    return f"""# Soak of {now:%Y-%m-%d}

Commit {commit()}, {machine()}. Begun {now:%Y-%m-%d %H:%M} UTC, {took_s / 60:.0f} minutes; it {ended}.

| | |
|---|---|
| seeds lived | {tally.seeds:,} of {soak.seeds:,} |
| seeds that broke a law | {len(tally.failures)} |
| facts confirmed to somebody | {tally.facts:,} |
| moves of goods | {tally.acts:,} |
| simulated time | {days:,.0f} days, {speed:,.0f} times real time on each core |
| work a seed | {tally.cpu_s / max(tally.seeds, 1):.2f} s of one core |

{parts}

## What was found

{found}

## How often each class of fault struck

| class | rows of the catalogue | struck |
|---|---|---|
{hits}
"""


def say(words: str) -> None:
    """Show progress."""
    print(words, flush=True)  # noqa: T201 a command's progress


def commit() -> str:
    """Return which commit this is."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def machine() -> str:
    """Return what it runs on, in words."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def main() -> int:
    """Run what the command line says, and write the report."""
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("--seeds", type=int, default=50_000)
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--cuts", type=int, default=0)
    parser.add_argument("--replugs", type=int, default=0)
    parser.add_argument("--flood-s", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=0.0, help="stop the seeds after so long; 0: never")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--report", type=Path, default=REPORTS)
    given = parser.parse_args()
    now = datetime.now(UTC)
    soak = Soak(
        seeds=given.seeds, kills=given.kills, cuts=given.cuts, replugs=given.replugs, floods=given.flood_s
    )
    end_s = soak.begin_s + given.minutes * 60 if given.minutes else float("inf")
    has_benches = given.kills or given.cuts
    seeds_end_s = soak.begin_s + given.minutes * 60 * SEEDS_SHARE if given.minutes and has_benches else end_s
    try:
        simulate(soak, given.first, given.workers, lambda: time.monotonic() > seeds_end_s)
        # Short ones first: they are done whatever time there is.
        bench(soak, "replugs", "tests/scanners/test_replug.py", soak.replugs, lambda: False)
        bench(soak, "floods", "tests/scanners/test_flood.py", soak.floods, lambda: False)
        kills_end_s = (time.monotonic() + end_s) / 2
        bench(soak, "kills", "tests/kiosk/test_kill.py", soak.kills, lambda: time.monotonic() > kills_end_s)
        bench(soak, "cuts", "tests/faults/test_powercut.py", soak.cuts, lambda: time.monotonic() > end_s)
    except KeyboardInterrupt:
        soak.is_stopped = True
        say("stopped; the report says what was done")
    given.report.mkdir(parents=True, exist_ok=True)
    path = given.report / f"{now:%Y-%m-%d}-soak.md"
    path.write_text(report(soak, now), encoding="utf-8")
    say(f"{soak.tally.line()}\nreport: {path}")
    return 1 if soak.tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
