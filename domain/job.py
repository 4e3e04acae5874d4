"""Jobs: one bundle at one operation, from the check-in to the finish, and who worked on it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from domain.bundle import BundleSerial, Tally
from domain.route import OperationCode


class JobState(StrEnum):
    """How far a job is. `WITHDRAWN`: its check-in was taken back, or its goods went back to the sender."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


AT_WORK = frozenset({JobState.RUNNING, JobState.PAUSED})


class Share(Struct, frozen=True, kw_only=True):
    """How many of a job's good pieces are one person's. The shares of a job make its good pieces (law L8)."""

    person: str
    pieces: int


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle at an operation, as the facts tell of it. `people` are on it, whoever checked in first standing first.

    `name` is the job's own for ever, `started_by` the event of its check-in. `claimed`: the pieces its people said they
    began on; `tally.received` are those that nobody else had, and only these count (law L5). `unmet`: operations that
    were to be finished before and were not known to be. `reason`: why it is paused. `defects`: pieces with a defect.
    """

    name: str
    bundle: BundleSerial
    operation: OperationCode
    state: JobState
    people: tuple[str, ...]
    started_at: datetime
    started_by: str
    station: str = ""
    claimed: int = 0
    tally: Tally = Tally()
    reason: str = ""
    finished_at: datetime | None = None
    shares: tuple[Share, ...] = ()
    unmet: tuple[OperationCode, ...] = ()

    @property
    def is_at_work(self) -> bool:
        """Tell whether somebody is on it."""
        return self.state in AT_WORK


def shared(pieces: int, before: Sequence[Share]) -> tuple[Share, ...]:
    """Return whose so many pieces are, in the proportion of `before`, whole pieces and all of them.

    The largest remainders get what is left over; among equals whoever stands first. Shares of nothing are left out.
    """
    whole = sum(one.pieces for one in before)
    if pieces <= 0 or whole <= 0:
        return ()
    exact = [divmod(one.pieces * pieces, whole) for one in before]
    over = pieces - sum(count for count, _ in exact)
    largest = sorted(range(len(exact)), key=lambda index: (-exact[index][1], index))[:over]
    counts = [count + (index in largest) for index, (count, _) in enumerate(exact)]
    return tuple(
        Share(person=one.person, pieces=count) for one, count in zip(before, counts, strict=True) if count
    )


def evenly(pieces: int, people: Sequence[str]) -> tuple[Share, ...]:
    """Return whose so many pieces are where all did as much."""
    return shared(pieces, [Share(person=person, pieces=1) for person in people])
