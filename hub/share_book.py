"""Whose pieces are whose: the shares of each job, less what the next operation sent back."""

from collections.abc import Callable, Sequence
from itertools import chain

from msgspec.structs import replace

from domain.bundle import BundleSerial
from domain.job import Job, Share
from domain.progress import Progress
from domain.route import OperationCode
from hub.desk import Desk
from hub.production_rows import JobShareRow
from hub.store.production_tables import job_shares
from hub.store.values import instant_text

PARENTS_DEEP_MAX = 20
"""So often a bundle is split or joined again, at most."""


class ShareBook:
    """The shares of one plant's jobs."""

    def __init__(self, desk: Desk, progress_of: Callable[[BundleSerial], Progress | None]) -> None:
        self._plant, self._progress_of = desk.plant, progress_of
        self._rows = desk.rows(job_shares, JobShareRow)

    def told(self, before: Job | None, now: Job, position: int) -> None:
        """Take over whose a job's good pieces are now; nobody's, once its finish is taken back."""
        was = before.shares if before else ()
        if was == now.shares:
            return
        finished_at = instant_text(now.finished_at) if now.finished_at else ""
        for person in dict.fromkeys(one.person for one in chain(was, now.shares)):
            held = self._rows.get((self._plant, now.name, person))
            row = JobShareRow(
                self._plant,
                now.name,
                person,
                now.bundle,
                now.operation,
                sum(one.pieces for one in now.shares if one.person == person),
                held.returned if held else 0,
                finished_at,
                position,
            )
            self._rows.save(row)

    def take_back(
        self, progress: Progress, operation: OperationCode, theirs: Sequence[Share], position: int
    ) -> None:
        """Take exactly these pieces back from those who made them, each from their newest job that has some.

        What came of a bundle's parents was their people's work. No more is taken back than was theirs.
        """
        for one in theirs:
            self._take_back(progress, operation, one, position, PARENTS_DEEP_MAX)

    def _take_back(
        self, progress: Progress, operation: OperationCode, theirs: Share, position: int, deep: int
    ) -> Share:
        """Return what is still to be taken back."""
        for job in reversed(progress.at(operation)):
            row = self._rows.get((self._plant, job.name, theirs.person)) if theirs.pieces > 0 else None
            taken = min(theirs.pieces, row.kept) if row else 0
            if row and taken:
                self._rows.save(replace(row, returned=row.returned + taken, position=position))
                theirs = replace(theirs, pieces=theirs.pieces - taken)
        for serial in progress.bundle.parents if deep and theirs.pieces > 0 else ():
            parent = self._progress_of(serial)
            if parent:
                theirs = self._take_back(parent, operation, theirs, position, deep - 1)
        return theirs
