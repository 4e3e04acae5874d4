"""The long proof of scanners: a thousand plugs pulled of each kind, floods of a minute; writes docs/reports."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.scanners.flood import PHASES, Flooded, flood
from tests.scanners.guns import GUNS
from tests.scanners.replug import Replugged, replug
from tests.simulation.soak import REPORTS, commit, machine, say

REPLUGGED = (
    "scanner",
    "cycles",
    "wrong codes",
    "codes lost",
    "longest until ready",
    "files",
    "threads",
    "took",
)
FLOODED = (
    *(
        "scanner",
        "codes",
        "suppressed as echo",
        "refused: recorded + only answered",
        "tones",
        "longest inbox",
    ),
    *("memory", "slowest page", "at rest after"),
)


def table(heads: Sequence[str], rows: Sequence[Replugged] | Sequence[Flooded]) -> str:
    """Draw a table of Markdown."""
    return "\n".join((f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(one.line for one in rows)))


def report(now: datetime, replugged: Sequence[Replugged], flooded: Sequence[Flooded]) -> str:
    """Return the page that is kept."""
    return f"""# Scanners on {now:%Y-%m-%d}

Commit {commit()}, {machine()}, other work on the same machine. Serial scanners are pseudo-terminals, keyboard
scanners event records through a pipe: everything of ours is real, the cable and the kernel's input layer are not.

## The plug pulled

Each time: plugged in, a whole code scanned, pulled at any byte of the next one. It is looked for every 20 ms here.

{table(REPLUGGED, replugged)}

## The trigger stuck

200 codes a second at a whole kiosk with its page, each a third of the time: {"; ".join(PHASES)}. A refusal over
60 a minute is answered and not recorded. Memory is that of the whole test: after a fifth, and at the end.

{table(FLOODED, flooded)}
"""


def main() -> int:
    """Run what the command line says, and write the report; ends with 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="scanners")
    parser.add_argument("--replugs", type=int, default=1_000)
    parser.add_argument("--flood-s", type=float, default=60.0)
    parser.add_argument("--report", type=Path, default=REPORTS)
    given = parser.parse_args()
    now = datetime.now(UTC)
    replugged: list[Replugged] = []
    flooded: list[Flooded] = []
    for kind in sorted(GUNS):
        with tempfile.TemporaryDirectory() as folder:
            replugged.append(replug(kind, given.replugs, Path(folder)))
            say(replugged[-1].line)
    for kind in sorted(GUNS):
        with tempfile.TemporaryDirectory() as folder:
            flooded.append(flood(kind, given.flood_s, Path(folder)))
            say(flooded[-1].line)
    path = given.report / f"{now:%Y-%m-%d}-scanners.md"
    path.write_text(report(now, replugged, flooded), encoding="utf-8")
    say(f"report: {path}")
    is_kept = all(not one.wrong and not one.lost for one in replugged) and all(
        one.taken == one.tones == one.sent for one in flooded
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
