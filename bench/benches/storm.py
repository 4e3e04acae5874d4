"""`noac bench storm`: a plant's kiosks come back after an outage, all at once, each with a long queue.

200 kiosks with 10,000 events each on a hub with SQLite. Meanwhile somebody opens the board's page every second and
another page stays open: neither may time out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.hub_eyes import PAGE_TIMEOUT_S
from bench.hub_under_load import Load, run_load
from bench.measurement import Result, percentile, result

Say = Callable[[str], None]

MINUTES_TARGET = 20.0
ANSWER_TIMEOUT_S = 15.0
"""A kiosk gives an answer up after that long (`kiosk.hub_client`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. The figures in a report stand on the defaults."""

    items: int = 100_000
    kiosks: int = 200
    events_per_kiosk: int = 10_000


def run(folder: Path, seed: int, say: Say, sizes: Sizes | None = None) -> tuple[Result, ...]:
    """Measure one storm."""
    sizes = sizes or Sizes()
    load = Load(
        items=sizes.items,
        kiosks=sizes.kiosks,
        events_per_kiosk=sizes.events_per_kiosk,
        timeout_s=MINUTES_TARGET * 60 * 2,
    )
    seen = run_load(folder, f"sqlite:///{folder / 'hub.sqlite'}", load, seed, say)
    answers_s = [one.answered_s - one.sent_s for one in seen.told]
    drained_s = seen.booked_s - seen.begun_s
    late = sum(one > ANSWER_TIMEOUT_S for one in answers_s)
    return (
        result(
            "from the first upload to the last booked event", drained_s / 60, "min", target=MINUTES_TARGET
        ),
        result("events booked meanwhile", load.events / drained_s, "events/s"),
        result("slowest answer to an upload", max(answers_s), "s", target=ANSWER_TIMEOUT_S),
        result("answers a kiosk would have given up", late, "uploads", target=0),
        result("slowest page", max(seen.pages_s, default=PAGE_TIMEOUT_S), "s", target=PAGE_TIMEOUT_S),
        result("page, p50", percentile(seen.pages_s or [PAGE_TIMEOUT_S], 0.5), "s"),
        result("memory of the hub after the run", seen.memory_mb, "MB"),
    )
