"""Whose pieces are whose, and what is paid for them: the shares of each job, less what the next operation sent back.

Whatever changes a share ends in `_save`, which pays the difference: no piece is ever paid twice, and what is taken back
is exactly what was paid, at its price (law L8).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial
from domain.job import Job, Share, shared
from domain.pay import PaidOn
from domain.progress import Progress
from domain.route import OperationCode
from hub.desk import Desk
from hub.production_rows import JobShareRow
from hub.projection import Fact
from hub.projections.periods import PeriodRow, period_of
from hub.store.production_tables import job_shares, pay_lines, pay_periods
from hub.store.values import instant_text, micros

PARENTS_DEEP_MAX = 20
"""So often a bundle is split or joined again, at most."""


class ShareBook:
    """The shares of one plant's jobs."""

    def __init__(self, desk: Desk, progress_of: Callable[[BundleSerial], Progress | None]) -> None:
        self._desk, self._plant, self._progress_of = desk, desk.plant, progress_of
        self._rows = desk.rows(job_shares, JobShareRow)
        self._closed = desk.rows(pay_periods, PeriodRow)
        self._lines = desk.journal(pay_lines)
        self._numbered = (0, 0)

    def told(self, fact: Fact, bundle: Bundle, before: Job | None, now: Job, *, waits: bool) -> None:
        """Take over whose a job's good pieces are now; nobody's, once its finish is taken back.

        `waits`: somebody comes after, who may have to take them over before they are paid.
        """
        was = before.shares if before else ()
        if was == now.shares:
            return
        finished_at = instant_text(now.finished_at) if now.finished_at else ""
        for person in dict.fromkeys(one.person for one in chain(was, now.shares)):
            held = self._rows.get((self._plant, now.name, person))
            pieces = sum(one.pieces for one in now.shares if one.person == person)
            row = held or JobShareRow(self._plant, now.name, person, now.bundle, now.operation, 0, 0, "")
            row = replace(row, pieces=pieces, finished_at=finished_at or row.finished_at)
            self._save(
                fact, bundle, row, row.kept if not self._waits(fact, waits) else min(row.paid, row.kept)
            )

    def take_back(
        self, fact: Fact, progress: Progress, operation: OperationCode, theirs: Sequence[Share]
    ) -> None:
        """Take exactly these pieces back from those who made them, each from their newest job that has some.

        What came of a bundle's parents was their people's work. No more is taken back than was theirs.
        """
        for one in theirs:
            left = one.pieces
            for job, bundle in self._jobs(progress, operation, is_newest_first=True):
                row = self._rows.get((self._plant, job.name, one.person))
                taken = min(left, row.kept) if row else 0
                if row and taken:
                    row = replace(row, returned=row.returned + taken)
                    self._save(fact, bundle, row, min(row.paid, row.kept))
                    left -= taken

    def accepted(self, fact: Fact, progress: Progress, operation: OperationCode, pieces: int) -> None:
        """Hear that the next operation took pieces over: where pay waits for that, they are paid now.

        Below zero where it took that back.
        """
        if self._desk.known.paid_on(fact.position) is PaidOn.FINISH:
            return
        for job, bundle in self._jobs(progress, operation, is_newest_first=pieces < 0):
            rows = self._of_job(job)
            open_ones = [row.kept - row.paid if pieces > 0 else row.paid for row in rows]
            part = min(abs(pieces), sum(open_ones))
            theirs = [Share(person=row.person, pieces=one) for row, one in zip(rows, open_ones, strict=True)]
            by_person = {one.person: one.pieces for one in shared(part, theirs)}
            sign = 1 if pieces > 0 else -1
            for row in rows:
                self._save(fact, bundle, row, row.paid + sign * by_person.get(row.person, 0))
            pieces -= sign * part

    def move(self, fact: Fact, bundle: Bundle, job: Job, person: str, pieces: int) -> int:
        """Give somebody pieces of a job that the others on it have; return how many there were to give."""
        rows = self._of_job(job)
        others = [row for row in rows if row.person != person]
        given = min(pieces, sum(row.kept for row in others))
        losing = {one.person: one.pieces for one in shared(given, [_kept(row) for row in others])}
        mine = next((row for row in rows if row.person == person), None)
        finished_at = rows[0].finished_at if rows else ""
        mine = mine or JobShareRow(
            self._plant, job.name, person, job.bundle, job.operation, 0, 0, finished_at
        )
        paid = 0
        for row in others:
            less = replace(row, pieces=row.pieces - losing.get(row.person, 0))
            paid += row.paid - min(row.paid, less.kept)
            self._save(fact, bundle, less, min(less.paid, less.kept))
        self._save(fact, bundle, replace(mine, pieces=mine.pieces + given), mine.paid + paid)
        return given

    def _waits(self, fact: Fact, somebody_follows: bool) -> bool:  # noqa: FBT001 - the question's own answer
        return somebody_follows and self._desk.known.paid_on(fact.position) is PaidOn.ACCEPTANCE

    def _of_job(self, job: Job) -> list[JobShareRow]:
        people = dict.fromkeys((*(one.person for one in job.shares), *job.people))
        return [row for person in people if (row := self._rows.get((self._plant, job.name, person)))]

    def _jobs(
        self,
        progress: Progress,
        operation: OperationCode,
        *,
        is_newest_first: bool,
        deep: int = PARENTS_DEEP_MAX,
    ) -> list[tuple[Job, Bundle]]:
        """Return the jobs at an operation that a bundle's pieces came through, its parents' among them."""
        own = [(job, progress.bundle) for job in progress.at(operation)]
        parents = [self._progress_of(serial) for serial in progress.bundle.parents] if deep else []
        older = [
            found
            for parent in parents
            if parent
            for found in self._jobs(parent, operation, is_newest_first=False, deep=deep - 1)
        ]
        found = [*older, *own]
        return found[::-1] if is_newest_first else found

    def _save(self, fact: Fact, bundle: Bundle, row: JobShareRow, due: int) -> None:
        """Write a share, and a line for what is due and not paid, or paid and not due any more."""
        more = due - row.paid
        if more:
            zone = self._desk.known.zone(fact.position)
            at = datetime.fromisoformat(row.finished_at or fact.happened_at)
            day = at.astimezone(ZoneInfo(zone)).date()
            if not row.paid_position:
                price = self._price(fact, bundle, row, day)
                row = replace(row, price=price, paid_position=fact.position)
            row = replace(row, paid=due)
            self._lines.add(
                (
                    self._plant,
                    fact.position,
                    self._next_number(fact),
                    row.person,
                    row.job,
                    row.bundle,
                    row.operation,
                    bundle.order,
                    bundle.style,
                    day.isoformat(),
                    period_of(fact, zone, self._closed),
                    more,
                    row.price,
                )
            )
        self._rows.save(replace(row, position=fact.position))

    def _price(self, fact: Fact, bundle: Bundle, row: JobShareRow, day: date) -> int | None:
        price = self._desk.known.piece_price(bundle.order, bundle.style, row.operation, day, fact.position)
        return micros(price) if price is not None else None

    def _next_number(self, fact: Fact) -> int:
        position, number = self._numbered
        self._numbered = (fact.position, number + 1 if position == fact.position else 1)
        return self._numbered[1]


def _kept(row: JobShareRow) -> Share:
    return Share(person=row.person, pieces=row.kept)
