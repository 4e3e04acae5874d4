"""What to send to the hub, and what its answers mean; decides only, `courier.py` does the sending.

Only an accepted head that equals our own digest at that number moves the cursor. No answer ever deletes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.log import ClockQuality, Head, open_entry
from domain.wire import Accepted, Acknowledgement, Fork, Resend, UploadHeader, encode_upload, take_batch

CLOCK_SYNCED_S = 5.0
"""A clock no further than this from the hub's is called synced."""

BACK_OFF_FIRST_S = 1.0
BACK_OFF_MAX_S = 30.0
JITTER_SHARE = 0.3
WAIT_MAX_S = 120.0
"""However long the hub asks us to wait, we try again after this."""

NO_PROGRESS_S = 60.0
"""When the hub answers and nothing gets through for this long, people are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """The log as the next upload sees it: where the hub is, where we are, and the entries between."""

    device: str
    epoch: int
    generation: int
    acknowledged: Head
    head: Head
    bodies: Sequence[bytes]
    clock: ClockQuality


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The hub has everything up to `sequence`; also backwards, after the hub was restored."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEpoch:
    """The hub holds other bytes under our numbers: begin this epoch and issue everything retained again."""

    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """The answer changes nothing; `reason` is for the log."""

    reason: str


Outcome = Moved | NewEpoch | Ignored


def upload_of(outgoing: Outgoing, now: datetime, share: float = 1.0) -> bytes:
    """Return the body of the next upload; with nothing to send it only says how we are.

    `share` (0 to 1) makes the batch smaller, after the hub found one too large.
    """
    fitting = take_batch(outgoing.bodies) if outgoing.bodies else 0
    bodies = outgoing.bodies[: max(1, int(fitting * share))] if fitting else ()
    oldest = open_entry(bodies[0]).envelope.event_time if bodies else None
    header = UploadHeader(
        device=outgoing.device,
        epoch=outgoing.epoch,
        first_sequence=outgoing.acknowledged.sequence + 1,
        previous_digest=outgoing.acknowledged.digest,
        events=len(bodies),
        head=outgoing.head,
        generation=outgoing.generation,
        clock=outgoing.clock,
        clock_time=now,
        oldest_event_time=oldest,
        pending=outgoing.head.sequence - outgoing.acknowledged.sequence,
    )
    return encode_upload(header, bodies)


def judge(answer: Acknowledgement, outgoing: Outgoing, own_at_accepted: Head) -> Outcome:
    """Say what an acknowledgement means.

    `own_at_accepted` is our own head at the number the hub says it accepted, in the epoch that was sent.
    """
    if answer.generation < outgoing.generation:
        return Ignored(reason=f"an answer of generation {answer.generation}, we know {outgoing.generation}")
    match answer.verdict:
        case Fork(next_epoch=next_epoch):
            return NewEpoch(epoch=max(next_epoch, outgoing.epoch + 1))
        case Resend(from_sequence=start, reason=reason):
            if answer.accepted == own_at_accepted:
                return Moved(sequence=answer.accepted.sequence)
            if 1 <= start <= outgoing.head.sequence + 1:
                return Moved(sequence=min(start - 1, outgoing.acknowledged.sequence))
            return Ignored(reason=f"asked to resend from {start}: {reason}")
        case Accepted():
            if answer.accepted != own_at_accepted:
                return Ignored(
                    reason=f"the accepted head {answer.accepted.sequence} is not ours at that number"
                )
            return Moved(sequence=answer.accepted.sequence)


def clock_quality(now: datetime, hub_time: datetime | None) -> ClockQuality:
    """Say how far our clock can be trusted, by the hub's."""
    if hub_time is None:
        return "unsure"
    return "synced" if abs(now - hub_time) <= timedelta(seconds=CLOCK_SYNCED_S) else "unsure"


def back_off_s(failures: int, chance: float) -> float:
    """Return how long to wait after so many failures in a row; `chance` (0 to 1) spreads the kiosks of a plant."""
    wait_s = min(BACK_OFF_MAX_S, BACK_OFF_FIRST_S * 2 ** min(failures - 1, 10)) if failures else 0.0
    return wait_s * (1 + JITTER_SHARE * (2 * chance - 1))
