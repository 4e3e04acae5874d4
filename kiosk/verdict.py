"""What the hub's answer to an upload means for our log. Pure: decides, does nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from domain.log import Head
from domain.wire import Accepted, Acknowledgement, Fork, Resend


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """The hub has everything through `sequence`, with our own digest there."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewind:
    """Send again after `sequence`."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEpoch:
    """Issue everything retained again in this epoch: the hub holds other bytes under our numbers, or too few.

    `lost`: the first and last number of what we forgot and the hub does not hold any more.
    """

    epoch: int
    lost: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """The answer moves nothing. `reason` is a code the screen has words for."""

    reason: str


Judgement = Advance | Rewind | NewEpoch | Ignore


def judge(
    answer: Acknowledgement,
    *,
    digest_at: Callable[[int], Head],
    end: Head,
    epoch: int,
    generation: int,
    base: int = 0,
) -> Judgement:
    """Say what an answer means for the cursor.

    `digest_at` gives our own head as of a number, `end` our last one; what lies at or before `base` is forgotten here.
    """
    if answer.generation < generation:
        return Ignore(reason="older_generation")
    held = answer.accepted
    match answer.verdict:
        case Fork(next_epoch=next_epoch):
            return NewEpoch(epoch=max(next_epoch, epoch + 1))
        case Accepted() | Resend() if held.sequence > end.sequence:
            # The hub knows more of us than we do: our file is older than our past.
            return NewEpoch(epoch=epoch + 1)
        case Accepted() | Resend() if held.sequence < base:
            # The hub was put back behind what it had called safe: a backup is lost.
            return NewEpoch(epoch=epoch + 1, lost=(held.sequence + 1, base))
        case Accepted() | Resend() if digest_at(held.sequence) != held:
            return NewEpoch(epoch=epoch + 1)
        case Resend(from_sequence=first):
            return Rewind(sequence=max(min(first - 1, held.sequence), base))
        case Accepted():
            return Advance(sequence=held.sequence)
        case _:
            assert_never(answer.verdict)
