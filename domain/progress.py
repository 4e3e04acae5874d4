"""How far a bundle is: everything that counts of it, at the kiosk and at the hub. Pure.

What an event makes of it is said in `domain.progress_fold`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial
from domain.handoff import Rating, Verdict
from domain.job import Job, JobState, Share
from domain.route import OperationCode, Route


class Behind(Struct, frozen=True, kw_only=True):
    """An operation that so many of a bundle's pieces had gone through when it was made, and whose work it was."""

    operation: OperationCode
    pieces: int
    shares: tuple[Share, ...]


class Taken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verdict: what `operation` took over from `before`. `people` answer for having let it through."""

    before: OperationCode
    operation: OperationCode
    job: str
    verdict: Verdict
    pieces: int
    people: tuple[str, ...]
    at: datetime
    rating: Rating | None = None


class _Counts(NamedTuple):
    """What the jobs at one operation come to: pieces begun, pieces lost, and whether somebody is at work on any."""

    received: int
    lost: int
    is_at_work: bool


_NO_JOB = _Counts(0, 0, is_at_work=False)


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """Everything that counts of one bundle.

    `behind`: what its parents had gone through. `returned`: pieces sent back to an operation, `back`: whose work they
    were; `missed`: pieces an operation declared that did not reach the next one; `replaced`: pieces cut anew for it.
    `lacking`: pieces its ticket says that its parents did not have. `became`: it is closed, and these live instead.
    """

    bundle: Bundle
    jobs: tuple[Job, ...] = ()
    behind: tuple[Behind, ...] = ()
    taken: tuple[Taken, ...] = ()
    returned: Mapping[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    missed: Mapping[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    replaced: Mapping[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    back: Mapping[OperationCode, tuple[Share, ...]] = field(
        default_factory=dict[OperationCode, tuple[Share, ...]]
    )
    lacking: int = 0
    became: tuple[BundleSerial, ...] = ()

    def job(self, name: str) -> Job | None:
        """Return a job by its name."""
        return next((one for one in self.jobs if one.name == name), None)

    def at(self, operation: OperationCode) -> Sequence[Job]:
        """Return the jobs at an operation that were not withdrawn, the oldest first."""
        return [
            one for one in self.jobs if one.operation == operation and one.state is not JobState.WITHDRAWN
        ]

    def had_behind(self, operation: OperationCode) -> int:
        """Return how many of its pieces had gone through an operation when it was made from others."""
        return sum(one.pieces for one in self.behind if one.operation == operation)

    def senders(self, operation: OperationCode) -> tuple[str, ...]:
        """Return everybody who worked on it at an operation, here or on its parents."""
        inherited = (
            share.person for one in self.behind if one.operation == operation for share in one.shares
        )
        own = (person for job in self.at(operation) for person in job.people)
        return tuple(dict.fromkeys((*inherited, *own)))

    def lost(self, operation: OperationCode) -> int:
        """Return how many pieces an operation made seconds or scrap, or lost on the way to the next one."""
        counts = self._counts.get(operation)
        told = counts.lost if counts else 0
        return told + self.missed.get(operation, 0) - self.replaced.get(operation, 0)

    @property
    def pieces(self) -> int:
        """Return how many pieces it began with: what its ticket says, less what its parents did not have."""
        return self.bundle.pieces - self.lacking

    def live(self) -> int:
        """Return how many of its pieces are still good, or not told of yet."""
        told = {one.operation for one in self.jobs} | set(self.missed) | set(self.replaced)
        return self.pieces - sum(self.lost(one) for one in told)

    def now(self) -> Bundle:
        """Return the bundle with the pieces that are left of it: this is what is split, merged and joined (law L7)."""
        return replace(self.bundle, pieces=self.live())

    def left_for(self, operation: OperationCode, route: Route | None) -> int:
        """Return how many pieces are still to be begun at an operation: those that come, less those taken up.

        What was second choice, scrap or missing before does not come any more (law L6).
        """
        counts = self._counts.get(operation)
        claimed = (counts.received if counts else 0) + self.had_behind(operation)
        again = self.returned.get(operation, 0) + self.replaced.get(operation, 0)
        before = route.before(operation) if route and self._lost else ()
        lost = sum(pieces for code, pieces in self._lost.items() if code in before)
        return self.pieces - lost - claimed + again

    @cached_property
    def _counts(self) -> Mapping[OperationCode, "_Counts"]:
        """What the jobs come to, by operation: worked out once, for this is asked many times for each event."""
        found: dict[OperationCode, _Counts] = {}
        for one in self.jobs:
            if one.state is JobState.WITHDRAWN:
                continue
            held, tally = found.get(one.operation, _NO_JOB), one.tally
            found[one.operation] = _Counts(
                held.received + tally.received,
                held.lost + tally.lost,
                held.is_at_work or (one.is_at_work and tally.received > 0),
            )
        return found

    @cached_property
    def _lost(self) -> Mapping[OperationCode, int]:
        """What was lost, by operation, where anything was."""
        seen = dict.fromkeys((*self._counts, *self.missed, *self.replaced))
        lost = {code: self.lost(code) for code in seen}
        return {code: pieces for code, pieces in lost.items() if pieces}

    def through(self, operation: OperationCode, route: Route | None) -> int:
        """Return how many of its live pieces an operation has done."""
        in_hand = sum(one.tally.in_hand for one in self.at(operation))
        return max(0, self.live() - self.left_for(operation, route) - in_hand)

    def waiting(self, before: OperationCode, operation: OperationCode, route: Route | None) -> int:
        """Return how many pieces `before` has done that `operation` has not taken up."""
        in_hand = sum(one.tally.in_hand for one in self.at(before))
        return max(0, self.left_for(operation, route) - self.left_for(before, route) - in_hand)

    def has_passed(self, operation: OperationCode, route: Route | None) -> bool:
        """Tell whether every piece that came to an operation was finished there."""
        counts = self._counts.get(operation)
        if counts is None and not self.had_behind(operation):
            return False
        is_at_work = counts is not None and counts.is_at_work
        return not is_at_work and self.left_for(operation, route) <= 0

    def lacks(self, operation: OperationCode, route: Route) -> tuple[OperationCode, ...]:
        """Return what it has still to go through before it may come to an operation, in the route's order.

        Everything on its own way counts, not only the step before: who joins or splits what others have not told of yet
        leaves them without their work.
        """
        return tuple(
            before
            for before in route.all_before(operation)
            if route.takes_part(before, self.bundle.component) and not self.has_passed(before, route)
        )

    def awaits(self, route: Route, among: Iterable[OperationCode] | None = None) -> tuple[OperationCode, ...]:
        """Return the operations it may come to now, in the route's order; none for a bundle that is closed.

        `among`: of these only, in the order given; whoever knows what can have changed asks for no more.
        """
        if self.became:
            return ()
        asked = (step.operation for step in route.steps) if among is None else among
        return tuple(
            operation
            for operation in asked
            if route.takes_part(operation, self.bundle.component)
            and not self.lacks(operation, route)
            and self.left_for(operation, route) > 0
        )

    def whose(self, operation: OperationCode) -> tuple[Share, ...]:
        """Return whose the good pieces of an operation are, in the order people came; parents' pieces first.

        Pieces that were sent back are nobody's until they are done again.
        """
        inherited = [share for one in self.behind if one.operation == operation for share in one.shares]
        own = [share for job in self.at(operation) for share in job.shares]
        counts = dict.fromkeys((share.person for share in (*inherited, *own)), 0)
        for share in (*inherited, *own):
            counts[share.person] += share.pieces
        for share in self.back.get(operation, ()):
            counts[share.person] -= share.pieces
        return tuple(Share(person=person, pieces=pieces) for person, pieces in counts.items() if pieces > 0)
