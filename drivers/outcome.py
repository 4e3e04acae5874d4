"""What a printer's answers say became of a print job. Pure: every order of answers can be tried without a printer."""

import msgspec

from drivers.job import Job
from drivers.language import PrinterStatus

IDLE_LOOKS_MIN = 2
"""A printer must be seen idle this often in a row where its count does not say that all is out: the first look may be
too early."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a printer said of itself just now, and how often in a row it was idle with the same count."""

    status: PrinterStatus
    count: int | None
    idle_looks: int

    def is_as(self, other: "Look") -> bool:
        """Whether the printer said the same then: nothing moves."""
        return (self.status, self.count) == (other.status, other.count)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a job: all of it is out, or so many of its copies, and no more will come of what was sent."""

    is_out: bool
    copies_out: int


def looked(before: Look | None, status: PrinterStatus, count: int | None) -> Look:
    """Take one more answer after those before it; None: there were none, or they were interrupted."""
    if not status.is_idle:
        return Look(status=status, count=count, idle_looks=0)
    idle_looks = before.idle_looks if before is not None and before.count == count else 0
    return Look(status=status, count=count, idle_looks=idle_looks + 1)


def outcome_of(job: Job, look: Look, *, is_doubted: bool = False) -> Outcome | None:
    """What became of a job whose bytes went out; None while the answers do not tell.

    `is_doubted`: the way to the printer was lost since, or the kiosk's power. Only then may it be idle with labels that
    never come: what it had not printed is gone, and is printed once more. A count below what it was before is not the
    count of this printer, and says nothing.
    """
    if not (look.status.is_idle and look.status.is_ready):
        return None
    is_at_rest = look.idle_looks >= IDLE_LOOKS_MIN
    whole = Outcome(is_out=True, copies_out=job.copies)
    if job.printed_before is None:
        return whole if is_at_rest else None
    if look.count is None:
        return None
    came_out = look.count - job.printed_before
    if came_out >= job.copies_left:
        return whole
    if is_doubted and is_at_rest and came_out >= 0:
        return Outcome(is_out=False, copies_out=job.copies_out + came_out)
    return None
