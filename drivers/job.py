"""A print job and what became of it: the words between whoever wants a label and the spooler."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

JobState = Literal[
    "waiting",
    "sending",
    "sent",
    "printed",
    "unknown",
    "held",
    "failed",
    "cancelled",
    "expired",
    "unproven",
    "aside",
]
"""waiting: not yet tried. held: the printer is not ready, the detail says why. sending: bytes are going out.
sent: the printer has all bytes. printed: the printer says the label came out. unknown: bytes went out and
nobody can say whether the label did; a person decides. failed: it can never be printed. cancelled, expired:
not wanted any more. unproven: the first label of its batch must be scanned back before; no spooler is given it. aside:
other media must be put into the printer for it, the detail says which; no spooler is given it meanwhile."""

HealthState = Literal["ready", "not_ready", "unreachable"]

OPEN_STATES: frozenset[JobState] = frozenset({"waiting", "held", "sending", "sent"})
"""A job in one of these still belongs to the spooler; in any other it is finished.

`sent` is final too for a printer that cannot tell whether the label came out."""

COPIES_MAX = 100


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One label wanted from one printer, in so many copies; a reprint is a job of its own and says why.

    `printed_before`: the printer's own count of labels just before this one's bytes went out; None: it does not count.
    `copies_out`: how many copies had come out when printing was interrupted.
    """

    job_id: str
    printer: str
    template: str
    data: dict[str, str]
    copies: int = 1
    created: datetime
    reprint_reason: str | None = None
    printed_before: int | None = None
    copies_out: int = 0

    @property
    def copies_left(self) -> int:
        """How many copies are to be printed still: what goes out is never more."""
        return self.copies - self.copies_out


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How far a job is, by `Job.printed_before` and `Job.copies_out`."""

    printed_before: int | None
    copies_out: int


def counted_of(job: Job) -> Counted:
    """What is kept of how far a job is."""
    return Counted(printed_before=job.printed_before, copies_out=job.copies_out)


class PrinterReport(msgspec.Struct, frozen=True, kw_only=True, tag="printer_report"):
    """What became of a job, and when; `detail` is a code: a printer condition, "power_lost", "no_answer"."""

    job_id: str
    printer: str
    state: JobState
    detail: str = ""
    event_time: datetime


class PrinterHealth(msgspec.Struct, frozen=True, kw_only=True, tag="printer_health"):
    """Whether a printer would print now; sent when it changes. `detail` as in PrinterReport."""

    printer: str
    state: HealthState
    detail: str = ""
    event_time: datetime


class JobQueue(Protocol):
    """The jobs as the application keeps them, durably; the spooler calls from its own thread."""

    def interrupted(self, printer: str, states: frozenset[JobState]) -> Sequence[Job]:
        """The jobs in one of these states, oldest first: a killed spooler left them. Asked at start.

        What the printer had counted before their bytes went out is told with them.
        """
        ...

    def declare(self, printer: str, media: str) -> None:
        """Keep what the settings say is in a printer (`domain/media.py`); it holds until somebody says otherwise."""
        ...

    def media(self, printer: str) -> str:
        """What is in a printer now; empty where nobody said."""
        ...

    def oldest(self, printer: str) -> Job | None:
        """The oldest job in state waiting or held that may go out now, or None."""
        ...

    def mark(
        self,
        job_id: str,
        state: JobState,
        detail: str,
        counted: Counted | None = None,
        media: str | None = None,
    ) -> bool:
        """Keep the state, durably before it returns; False, and nothing kept, if the job is finished or must wait.

        `media`: what was in the printer when this was decided; nothing is kept where there is something else by now.

        `counted` is kept with it where it is given: `interrupted` and `oldest` give it back.

        The answer to "sending" is what decides whether bytes go out: a cancelled job must answer False, and so
        must one of a queue that somebody has held since it was taken for the oldest.
        """
        ...
