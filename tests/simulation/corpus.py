"""The seeds that once found something (`seeds.txt`): each line says what was decided, so that it can be lived again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.simulation.options import Options

FILE = Path(__file__).with_name("seeds.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One line: what to live again, and what it found."""

    seed: int
    kiosks: int
    steps: int
    on: frozenset[str]
    found: str

    def options(self) -> Options:
        """Return the options to live it with."""
        return Options(seed=self.seed, kiosks=self.kiosks, steps=self.steps, on=self.on)


def kept() -> list[Kept]:
    """Return every seed that is kept."""
    return [
        _read(line)
        for line in FILE.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def _read(line: str) -> Kept:
    decided, _, found = line.partition(" | ")
    seed, kiosks, steps, on = decided.split(" ")
    return Kept(
        seed=int(seed), kiosks=int(kiosks), steps=int(steps), on=frozenset(on.split(",")) - {"-"}, found=found
    )
