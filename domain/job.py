"""Jobs: one bundle at one operation, from the check-in to the finish, and who worked on it. Pure."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from domain.bundle import BundleSerial, Tally
from domain.route import OperationCode


class JobState(StrEnum):
    """How far a job is."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


class Share(Struct, frozen=True, kw_only=True):
    """How many of a job's good pieces one person is paid for. The shares of a job make its good pieces (law L8)."""

    person: str
    pieces: int


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle at an operation, as the facts tell of it. `people` are on it, whoever checked in first standing first.

    `event_id` is the check-in's. A second job of the same bundle and operation is begun only on pieces that the first
    did not take: two claims of the same pieces are an exception with an owner, and paid once (law L5).
    """

    bundle: BundleSerial
    operation: OperationCode
    state: JobState
    people: tuple[str, ...]
    started_at: datetime
    event_id: str
    station: str = ""
    tally: Tally = Tally()
    reason: str = ""
    finished_at: datetime | None = None
    shares: tuple[Share, ...] = ()
