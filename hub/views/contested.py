"""Lines of pay that are contested and not answered, each with the job it is of and whose its pieces are now."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, select, tuple_

from hub.pay_office import PayContest, contests_of
from hub.store.production_tables import job_shares, jobs


class Holding(Struct, frozen=True, kw_only=True):
    """So many good pieces of the job are a person's, after what came back."""

    person: str
    pieces: int


class Contested(Struct, frozen=True, kw_only=True):
    """A contested line. Without a job that the books know, only its name is there."""

    contest: PayContest
    bundle: str = ""
    operation: str = ""
    work_order: str = ""
    good: int = 0
    started_position: int = 0
    position: int = 0
    holdings: tuple[Holding, ...] = ()

    @property
    def others(self) -> int:
        """Return the pieces that could become theirs: those the others have."""
        return sum(one.pieces for one in self.holdings if one.person != self.contest.person)


def open_contests(connection: Connection, plant: str, limit: int) -> Sequence[Contested]:
    """Return what waits for an answer, the oldest first."""
    waiting = [one for one in contests_of(connection, plant, limit) if not one.answered_at]
    names = [(plant, one.job) for one in waiting]
    job, share = jobs.c, job_shares.c
    of_jobs = select(jobs).where(tuple_(job.plant, job.job).in_(names))
    known = {row.job: row for row in connection.execute(of_jobs)}
    whose = select(share.job, share.person, share.pieces, share.returned)
    held: dict[str, list[Holding]] = {}
    for row in connection.execute(whose.where(tuple_(share.plant, share.job).in_(names))):
        one = Holding(person=row.person, pieces=row.pieces - row.returned)
        held.setdefault(row.job, []).append(one)
    return [_contested(one, known.get(one.job), held.get(one.job, [])) for one in waiting]


def _contested(contest: PayContest, job: object, holdings: Sequence[Holding]) -> Contested:
    if job is None:
        return Contested(contest=contest)
    fields = ("bundle", "operation", "work_order", "good", "started_position", "position")
    told = {name: getattr(job, name) for name in fields}
    return Contested(contest=contest, holdings=tuple(holdings), **told)
