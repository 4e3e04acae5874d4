"""Runs seeds: one for whoever looks at a failure, a range for whoever looks for one."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.options import CLASSES, Options, draw
from tests.simulation.plant import Failure, Plant

FAILURES_KEPT = 20


@dataclass(slots=True, kw_only=True)
class Tally:
    """What many seeds came to."""

    seeds: int = 0
    failures: list[str] = field(default_factory=list[str])
    hits: Counter[str] = field(default_factory=Counter[str])
    facts: int = 0
    acts: int = 0
    simulated_s: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.seeds += other.seeds
        self.failures += other.failures
        self.hits += other.hits
        self.facts += other.facts
        self.acts += other.acts
        self.simulated_s += other.simulated_s
        self.wall_s += other.wall_s
        self.cpu_s += other.cpu_s

    def line(self) -> str:
        """Return it on one line."""
        each_s, speed = self.cpu_s / max(self.seeds, 1), self.simulated_s / max(self.wall_s, 1e-9)
        return (
            f"{self.seeds} seeds, {len(self.failures)} failed, {self.facts} confirmed facts, {self.acts} moves, "
            f"{each_s:.2f} s of work a seed, {speed:,.0f} times real time"
        )

    def never_hit(self) -> list[str]:
        """Return the fault classes that never struck."""
        return sorted(name for name in CLASSES if not self.hits[name])


def live(options: Options, tally: Tally) -> Plant:
    """Live one seed to its end; a failure is kept in the tally."""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    plant = Plant(options)
    try:
        plant.run()
    except Failure as failure:
        tally.failures.append(str(failure))
    tally.seeds += 1
    tally.hits += options.hits
    tally.facts += len(plant.oracle.told)
    tally.acts += len(plant.oracle.acts)
    tally.simulated_s += plant.schedule.now_s
    tally.wall_s += time.perf_counter() - begin_s
    tally.cpu_s += time.process_time() - begin_cpu_s
    return plant


def live_many(
    begin: int, end: int, *, combined: bool = False, goes_on: Callable[[Tally], bool] = lambda _tally: True
) -> Tally:
    """Live the seeds of a range, for as long as `goes_on` says."""
    tally = Tally()
    for seed in range(begin, end):
        live(draw(seed, combined=combined), tally)
        if not goes_on(tally):
            break
    return tally


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(prog="simulate")
    parser.add_argument("seed", type=int)
    parser.add_argument("end", type=int, nargs="?")
    parser.add_argument("--on", help="fault classes, instead of those the seed draws; - for none")
    parser.add_argument("--without", default="", help="fault classes that stay off")
    parser.add_argument("--combined", action="store_true", help="all recoveries together")
    given = parser.parse_args()
    logging.disable()
    tally = Tally()
    end = given.end or given.seed + 1
    only = None if given.on is None else frozenset(given.on.split(",")) - {"-", ""}
    for seed in range(given.seed, end):
        options = draw(seed, only=only, combined=given.combined)
        options.on -= set(given.without.split(","))
        before = len(tally.failures)
        live(options, tally)
        for failure in tally.failures[before:]:
            words = failure if end == given.seed + 1 else "\n".join(failure.splitlines()[:2])
            print(words, flush=True)  # noqa: T201 a command's answer
    print(tally.line())  # noqa: T201 a command's answer
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
