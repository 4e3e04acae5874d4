"""Which faults a seed switches on, how often each was met, and what is printed when a law breaks."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

CLASSES: dict[str, tuple[str, ...]] = {
    # network
    "request_lost": ("N2",),
    "reply_lost": ("N2", "H2"),
    "late_request": ("N9",),
    "repeated_request": ("N3",),
    "slow_network": ("N5",),
    "small_batches": ("N5",),
    "body_cut": ("N10",),
    "bit_flip_on_the_way": ("N10",),
    "captive_portal": ("N6",),
    "replayed_answer": ("A7",),
    "replayed_request": ("A7", "N9"),
    "network_off": ("N1",),
    # a kiosk's disk and power
    "power_cut": ("D1", "K1", "U9"),
    "cut_before_commit": ("D1", "K1"),
    "cut_after_commit": ("K2",),
    "commit_fails": ("D3",),
    "commit_unsure": ("D3",),
    "disk_full": ("D2",),
    "read_only": ("D5",),
    "card_put_back": ("D7",),
    "card_cloned": ("D7",),
    "row_flipped": ("D4",),
    # the hub
    "hub_crash_before_commit": ("H1",),
    "hub_crash_after_commit": ("H1", "H2"),
    "hub_off": ("H1",),
    "hub_busy": ("B1",),
    "hub_disk_full": ("B3",),
    "booking_crash": ("H1",),
    "poison": ("H3",),
    "hub_restored": ("H6",),
    "backup_broken": ("B5",),
    "rebuild": ("B6",),
    # clocks
    "clock_1970": ("C1",),
    "clock_jump": ("C2",),
    "clock_drift": ("C3",),
    "hub_clock_wrong": ("C7",),
    # people and printers
    "double_scan": ("S4",),
    "wrong_order": ("U1",),
    "walk_away": ("U1", "U2"),
    "undo": ("U6",),
    "same_roll_twice": ("U3",),
    "more_than_there_is": ("U4",),
    "paper_day": ("U8",),
    "paper_out": ("P1",),
    "printer_off_in_job": ("P3",),
    "printer_answer_lost": ("P4",),
    "label_printed_twice": ("P5",),
    # versions and keys
    "newer_kiosk": ("H7",),
    "revoked": ("A3",),
}
"""Every class of fault, and the rows of the catalogue (docs/faults.md) it stands for."""

RECOVERIES = ("hub_restored", "card_put_back", "newer_kiosk", "revoked")
"""Recoveries that must also go well together."""


@dataclass(slots=True, kw_only=True)
class Options:
    """What one seed does. `on` holds the fault classes that may strike in the safety phase."""

    seed: int
    kiosks: int
    steps: int
    on: frozenset[str]
    hits: Counter[str] = field(default_factory=Counter)

    def strikes(self, rng: random.Random, name: str, chance: float) -> bool:
        """Decide whether a fault strikes now; the dice are thrown either way, so that options do not shift them."""
        thrown = rng.random()
        if name not in self.on or thrown >= chance:
            return False
        self.hits[name] += 1
        return True

    def hit(self, name: str) -> bool:
        """A fault that was planned strikes, if its class is on."""
        if name not in self.on:
            return False
        self.hits[name] += 1
        return True

    def line(self) -> str:
        """Return everything that was decided before the first step, on one line."""
        return f"seed={self.seed} kiosks={self.kiosks} steps={self.steps} on={','.join(sorted(self.on))}"


def draw(
    seed: int, *, must: tuple[str, ...] = (), only: frozenset[str] | None = None, combined: bool = False
) -> Options:
    """Draw a seed's options: a swarm, each class on or off, so that no fault always hides another."""
    rng = random.Random(f"options/{seed}")
    share = rng.choice((0.15, 0.3, 0.5, 0.8))
    # Each class has dice of its own: a class more must not change what older seeds do.
    on = {name for name in CLASSES if random.Random(f"{seed}/{name}").random() < share}
    if combined:
        on |= set(RECOVERIES)
    if only is not None:
        on = set(only)
    return Options(
        seed=seed,
        kiosks=rng.choice((2, 2, 3, 3, 4)),
        steps=rng.choice((12, 20, 40)),
        on=frozenset(on | set(must)),
    )
