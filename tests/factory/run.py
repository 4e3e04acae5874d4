"""`make factory`: live weeks of a garment factory, count its books twice, and keep a report of it."""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from bench.measurement import commit_name, machine_in_words
from domain.line_balance import efficiency
from domain.route import OperationCode
from domain.score_watch import Listed, Oddity, watch
from tests.factory.hub_books import HubBooks
from tests.factory.judging import Dishonest, dishonest, month_of_verdicts
from tests.factory.laws import law
from tests.factory.line_records import LineDay, read
from tests.factory.sizes import Sizes
from tests.factory.weeks import Weeks

REPORTS = Path(__file__).parents[2] / "docs" / "reports"
CUT_EVERY, WHOLE_EVERY = 2_000, 50
FALSE_MAX_PERCENT = 1
MONTH_SETS = 5_000
"""Sets of a line in a month; of fewer nobody can say who cheats."""
ANY = OperationCode("ANY")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """What score watch found over months: `planted` rings and blind units, all `listed`, and those `false`."""

    months: int
    planted: int
    listed: int
    false: int


def as_planted(found: Sequence[Listed], cheats: Dishonest) -> int:
    """Hold a month's list against who really cheated; return how many entries are false. Raises LawError."""
    by = {kind: {one.units for one in found if one.oddity is kind} for kind in Oddity}
    really = {
        Oddity.PRAISE: {tuple(sorted(ring)) for ring in cheats.rings},
        Oddity.NEVER_REJECTS: {(unit,) for unit in cheats.never},
        Oddity.REVENGE: set(cheats.revenge),
    }
    for kind in (Oddity.PRAISE, Oddity.NEVER_REJECTS):
        law(
            "listed", by[kind] >= really[kind], f"{kind}: not listed: {really[kind] - by[kind]} among {found}"
        )
    return sum(len(by[kind] - really[kind]) for kind in Oddity)


def listings(sizes: Sizes, seeds: int) -> Listings:
    """Watch the verdicts of so many months. Raises LawError where a planted one is missed, or too many are false."""
    planted = listed = false = 0
    for seed in range(seeds):
        said, cheats = month_of_verdicts(sizes, seed)
        found = watch(said)
        false += as_planted(found, cheats)
        listed += len(found)
        planted += len(cheats.rings) + len(cheats.never)
    law("listed", false * 100 <= FALSE_MAX_PERCENT * listed, f"{false} of {listed} entries are false")
    return Listings(months=seeds, planted=planted, listed=listed, false=false)


def reproduced(records: Sequence[LineDay]) -> tuple[Decimal, Decimal]:
    """Hold the board's formula against a real factory's days; return the range. Raises LawError.

    Pieces are whole and the board shows a tenth of a percent, so it may be off by a piece and half a tenth.
    """
    shown: list[Decimal] = []
    for one in records:
        minutes = {ANY: one.standard_minutes}
        board = efficiency({ANY: one.pieces}, minutes, 1, one.minutes)
        law("efficiency", board is not None, one)
        if board is not None:
            piece = one.standard_minutes * 100 / one.minutes
            off = abs(board - one.actual * 100)
            law("efficiency", off <= piece / 2 + Decimal("0.05"), f"{one}: the board says {board}")
            shown.append(board)
    return min(shown), max(shown)


def report(weeks: Weeks, begun: datetime, took_s: float, notes: Sequence[str]) -> str:
    """Return the page that is kept."""
    sizes, truth = weeks.factory.sizes, weeks.factory.truth
    planted = "\n".join(f"| {what} | {len(where):,} |" for what, where in sorted(truth.planted.items()))
    clashes = "\n".join(f"| {code} | {count:,} |" for code, count in sorted(weeks.books.clashes.items()))
    events = "\n".join(f"| {name} | {count:,} |" for name, count in sorted(weeks.said.items()))
    made = "\n".join(f"| {name} | {count:,} |" for name, count in sorted(weeks.checks.items()))
    told = "\n".join(f"- {note}" for note in notes)
    never = ", ".join(weeks.never_planted()) or "nothing"
    return f"""# Weeks of a generated garment factory, {begun:%Y-%m-%d}

By commit {commit_name()}, {machine_in_words()}. Begun {begun:%Y-%m-%d %H:%M} UTC, {took_s / 60:.1f} minutes, seed
{sizes.seed}.

{sizes.lines} sewing lines, {len(weeks.factory.stations)} stations, {len(weeks.factory.people)} people,
{sizes.days} days,
{weeks.said["JobStarted"]:,} check-ins, {weeks.entries:,} entries, {len(weeks.books.bundles):,} bundles,
{truth.packed.total():,} pieces packed.

Had a check failed, there would be no report. Never planted: {never}.

{told}

| check | how often |
|---|---|
{made}

| planted | how often |
|---|---|
{planted}

| what cannot be, as the books found it | how often |
|---|---|
{clashes}

| event | how often |
|---|---|
{events}
"""


def say(words: str) -> None:
    """Show progress."""
    print(words, flush=True)  # noqa: T201 a command's progress


def lived(weeks: Weeks, folder: Path, records: Sequence[LineDay], verdict_seeds: int) -> list[str]:
    """Live the weeks and fold them in a hub's books; return what was found, in sentences. Raises LawError."""
    hub = HubBooks(folder, weeks.factory)
    for entry in weeks.live(CUT_EVERY, whole_every=WHOLE_EVERY):
        hub.keeps(entry)
    say(f"lived: {weeks.entries:,} entries; the hub folds them")
    begun_s = time.monotonic()
    hub.folds()
    took_s = time.monotonic() - begun_s
    say(f"folded in {took_s:.0f} s")
    weeks.checks["rows of the hub held against the recount"] += hub.agrees(weeks.recount)
    weeks.wages_agree(hub.wages())
    found, cheats = hub.oddities(), dishonest(weeks.factory.sizes)
    is_month = weeks.factory.sizes.days * weeks.factory.sizes.sets >= MONTH_SETS
    false = as_planted(found, cheats if is_month else Dishonest(rings=(), never=(), revenge=()))
    watched = listings(Sizes(), verdict_seeds)
    made = hub.efficiencies(weeks.factory)
    quarter = len(made) // 4
    notes = [
        (
            f"The hub folded its ledger in {took_s:.0f} s, {weeks.entries / took_s:,.0f} entries a second; every job,"
            " bundle and wage is what the second count says."
        ),
        f"The month's page lists {len(found)} oddities, {false} of them false; planted were {len(cheats.rings)} rings"
        f" of praise and {len(cheats.never)} units that reject nothing"
        + (", and all of them are there." if is_month else "; these weeks are too few to tell."),
        (
            f"Over {watched.months} more months of verdicts alone: {watched.planted} planted, all listed;"
            f" {watched.listed} entries, {watched.false} false."
        ),
        (
            f"Lines' efficiency on a day by the board's formula: {made[0]} to {made[-1]} %, half of them between"
            f" {made[quarter]} and {made[3 * quarter]} %."
        ),
    ]
    if records:
        least, most = reproduced(records)
        notes.append(
            f"Line sizes, minutes and efficiencies are drawn from {len(records):,} days of a real factory's teams;"
            f" the board's formula gives each of them back, {least} to {most} %."
        )
    return notes


def main() -> None:
    """Run what the command line says, and write the report."""
    whole = Sizes()
    parser = argparse.ArgumentParser(prog="factory")
    for name in ("lines", "days", "sets", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(whole, name))
    parser.add_argument("--records", type=Path, help="daily records of a real factory's lines (CSV)")
    parser.add_argument("--months", type=int, default=100, help="months of verdicts that are watched")
    parser.add_argument("--report", type=Path, default=REPORTS)
    parser.add_argument("--folder", type=Path, help="where the hub's database lies meanwhile")
    given = parser.parse_args()
    sizes = dataclasses.replace(whole, lines=given.lines, days=given.days, sets=given.sets, seed=given.seed)
    records = read(given.records) if given.records else ()
    begun, begun_s = datetime.now(UTC), time.monotonic()
    weeks = Weeks(sizes, records, say=lambda words: say(f"{time.monotonic() - begun_s:7.0f} s  {words}"))
    with tempfile.TemporaryDirectory(prefix="noac-factory-", dir=given.folder) as folder:
        notes = lived(weeks, Path(folder), records, given.months)
    page = report(weeks, begun, time.monotonic() - begun_s, notes)
    given.report.mkdir(parents=True, exist_ok=True)
    path = given.report / f"{begun:%Y-%m-%d}-factory.md"
    path.write_text(page, encoding="utf-8")
    say(f"report: {path}")


if __name__ == "__main__":
    main()
