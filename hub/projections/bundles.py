"""Bundles: how far each is, who works on it, what its next operation said; and what of it cannot be, as discrepancies.

What an event makes of a bundle is said in one place (`domain.progress_fold`), here and at the kiosk. The route is the
one that was known when the event arrived, so that a rebuild gives the same rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import get_args

from domain.bundle import Bundle, BundleSerial
from domain.event import Event
from domain.events.production import (
    BundlesCut,
    BundlesRemade,
    HandoffJudged,
    JobCrewChanged,
    JobFinished,
    JobPaused,
    JobResumed,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.handoff import Verdict
from domain.log import Envelope
from domain.progress import Progress
from domain.progress_fold import Folded, Told, WorkEvent, after, cut
from domain.remade import remade
from domain.route import OperationCode, Route
from hub.bundle_book import BundleBook, HeldBundle
from hub.clashes import Clashes
from hub.handoff_book import HandoffBook
from hub.production_rows import BundleAtRow, BundleLinkRow, JobRow, job_row
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.share_book import ShareBook
from hub.store.production_tables import bundle_at, bundle_links, jobs
from hub.tallies import Tallies

_ANYWHERE = (TicketRenewed, PanelsReplaced, BundlesRemade)
"""What concerns a bundle wherever it is; all else concerns the operation it is at, and those that follow."""

_OfOneBundle = (
    JobStarted
    | JobCrewChanged
    | JobPaused
    | JobResumed
    | JobFinished
    | JobUndone
    | HandoffJudged
    | TicketRenewed
    | PanelsReplaced
)


class Bundles(Projection):
    """Folds what happened to each bundle into rows, and sees to it that whoever needs to know is told."""

    name = "bundles"

    def handlers(self) -> Mapping[type[Event], Handler]:
        desk = self.desk
        self._book = desk.layer(BundleBook)
        self._jobs = desk.rows(jobs, JobRow)
        self._at = desk.rows(bundle_at, BundleAtRow)
        self._links = desk.rows(bundle_links, BundleLinkRow)
        self._shares = ShareBook(desk, self._progress)
        self._handoffs = HandoffBook(desk, self._unit_at)
        self._tallies, self._clashes = Tallies(desk), Clashes(desk)
        of_one: tuple[type[Event], ...] = get_args(_OfOneBundle)
        self._types = frozenset(kind.__name__ for kind in (*of_one, BundlesRemade))
        return {
            BundlesCut: self._cut,
            BundlesRemade: self._remade,
            **dict.fromkeys(of_one, self._happened),
        }

    def foresee(self, batch: Sequence[Envelope]) -> None:
        self._book.foresee_those_of(batch, self._types)

    def _cut(self, fact: Fact, event: BundlesCut) -> None:
        for bundle in event.bundles:
            self._refuse_known(bundle)
            self._bring_in(fact, cut(bundle), unit="")
            self._tallies.cut(bundle, fact.position)

    def _happened(self, fact: Fact, event: _OfOneBundle) -> None:
        serial = event.handoff.bundle if isinstance(event, HandoffJudged) else event.bundle
        self._fold(fact, self._held(serial), event)

    def _remade(self, fact: Fact, event: BundlesRemade) -> None:
        """Close the parents and bring in what they became: no piece more or fewer by it (law L7)."""
        parents = [self._held(serial) for serial in dict.fromkeys(event.parents)]
        for child in event.bundles:
            self._refuse_known(child)
        route = self._route(parents[0].progress.bundle, fact)
        made = remade([one.progress for one in parents], event, _told(fact), route)
        for held, now in zip(parents, made.parents, strict=True):
            self._follow(fact, held, now, _concerned(held.progress, now, event, route))
        for progress in made.bundles:
            self._bring_in(fact, progress, unit=parents[0].unit)
            self._link(fact, event, parents, progress)
        for back in made.taken_back:
            of_child = next(one for one in made.bundles if one.bundle.sent_back_to == back.operation)
            self._shares.take_back(fact, of_child, back.operation, back.shares)
        self._clashes.open(fact, made.parents[0], made.clashes)

    def _link(self, fact: Fact, event: BundlesRemade, parents: Sequence[HeldBundle], child: Progress) -> None:
        for one in parents:
            parent = one.progress
            if not parent.became:  # else it had become others before, and gave nothing to this one
                row = BundleLinkRow(
                    fact.plant, parent.bundle.serial, child.bundle.serial, event.act, fact.position
                )
                self._links.save(row)

    def _bring_in(self, fact: Fact, progress: Progress, *, unit: str) -> None:
        held = HeldBundle(progress, unit, fact.happened_at, fact.position)
        self._book.put(progress.bundle.serial, held)
        self._tallies.went_back(cut(progress.bundle), progress, fact.position)
        route = self._route(progress.bundle, fact)
        awaited = progress.awaits(route) if route else ()
        self._tell(fact, held, dict.fromkeys((*awaited, *self._own(fact))), route)

    def _fold(self, fact: Fact, held: HeldBundle, event: _OfOneBundle) -> None:
        before, route = held.progress, self._route(held.progress.bundle, fact)
        folded = after(before, event, _told(fact), route)
        _refuse_unknown_job(folded)
        self._follow(fact, held, folded.progress, _concerned(before, folded.progress, event, route), event)
        self._shares.take_back(fact, folded.progress, folded.taken_back_at, folded.taken_back)
        self._clashes.open(fact, folded.progress, folded.clashes)

    def _follow(
        self,
        fact: Fact,
        held: HeldBundle,
        now: Progress,
        concerned: Iterable[OperationCode],
        event: _OfOneBundle | None = None,
    ) -> None:
        """Write what became of a bundle. `concerned`: the operations whose stations are to be told."""
        before, unit = held.progress, held.unit
        if isinstance(event, JobStarted) and not unit:
            unit = self.desk.known.unit(fact.envelope.device, fact.position)
        kept = HeldBundle(now, unit, held.made_at, fact.position)
        self._book.put(before.bundle.serial, kept)
        self._follow_jobs(fact, before, now)
        self._pay_accepted(fact, before, now)
        verdict = event if isinstance(event, JobStarted | HandoffJudged) else None
        self._handoffs.follow(fact, verdict, held, now)
        self._tallies.went_back(before, now, fact.position)
        route = self._route(now.bundle, fact)
        told = (
            dict.fromkeys((*concerned, *self._own(fact))) if not event or _here(event) is None else concerned
        )
        self._tell(fact, kept, told, route, at=_here(event) if event else None, was=held.unit)

    def _pay_accepted(self, fact: Fact, before: Progress, now: Progress) -> None:
        """Let pieces be paid that the next operation took over, where pay waits for that."""
        if before.taken is now.taken:
            return
        more: dict[OperationCode, int] = {}
        for progress, sign in ((before, -1), (now, 1)):
            for one in progress.taken:
                if one.verdict is not Verdict.REJECT:
                    more[one.before] = more.get(one.before, 0) + sign * one.pieces
        for operation, pieces in more.items():
            if pieces:
                self._shares.accepted(fact, now, operation, pieces)

    def _follow_jobs(self, fact: Fact, before: Progress, now: Progress) -> None:
        if before.jobs is now.jobs:
            return
        route = self._route(now.bundle, fact)
        for was, job in zip_longest(before.jobs, now.jobs):
            if was is job or was == job:
                continue
            held = self._jobs.get((fact.plant, job.name))
            if was is None and held:
                raise NotBookableError("job_known", job.name)
            started = held.started_position if held else fact.position
            unit = held.unit if held else self.desk.known.unit(job.station, fact.position)
            row = job_row(
                fact.plant, job, order=now.bundle.order, unit=unit, started=started, position=fact.position
            )
            self._jobs.save(row)
            follows = route is None or bool(route.next_of(job.operation))
            self._shares.told(fact, now.bundle, was, job, waits=follows)
            self._tallies.worked(now.bundle, was, job, unit, fact.position)
            self._clashes.close(fact, was, job)

    def _tell(
        self,
        fact: Fact,
        held: HeldBundle,
        operations: Iterable[OperationCode],
        route: Route | None,
        *,
        at: OperationCode | None = None,
        was: str = "",
    ) -> None:
        """Note who is to be told of a bundle: the stations of its line, or everybody where its line has none.

        At the operation the event came from (`at`) all are told until the bundle belongs to a line (`was` its unit
        before), and where the event came from another: who had heard of it there must hear that it is taken.
        """
        known = self.desk.known
        for operation in operations:
            unit = held.unit
            if unit and operation == at and was != self.desk.known.unit(fact.envelope.device, fact.position):
                unit = ""
            if unit and not known.has_own(unit, operation, fact.position):
                unit = ""
            self._at.save(self._standing(fact, held, operation, unit, route))

    def _standing(
        self, fact: Fact, held: HeldBundle, operation: OperationCode, unit: str, route: Route | None
    ) -> BundleAtRow:
        """Return what of a bundle stands at an operation; it came there when its first piece did."""
        progress = held.progress
        waits = route and progress.awaits(route, [operation])
        waiting = progress.left_for(operation, route) if waits else 0
        at_work = sum(one.tally.received for one in progress.at(operation) if one.is_at_work)
        before = self._at.get((fact.plant, operation, progress.bundle.serial))
        since = (before.since if before else "") or fact.happened_at
        return BundleAtRow(
            fact.plant,
            operation,
            progress.bundle.serial,
            unit,
            held.unit,
            progress.bundle.order,
            waiting,
            at_work,
            since if waiting or at_work else "",
            fact.position,
        )

    def _own(self, fact: Fact) -> Iterable[OperationCode]:
        """Return the operations of the station an event comes from: it is told of what it did itself."""
        return map(OperationCode, self.desk.known.operations(fact.envelope.device, fact.position))

    def _held(self, serial: BundleSerial) -> HeldBundle:
        held = self._book.get(serial)
        if held is None:
            raise NotBookableError("unknown_bundle", serial)
        return held

    def _progress(self, serial: BundleSerial) -> Progress | None:
        held = self._book.get(serial)
        return held.progress if held else None

    def _refuse_known(self, bundle: Bundle) -> None:
        if self._book.get(bundle.serial):
            raise NotBookableError("bundle_known", bundle.serial)

    def _route(self, bundle: Bundle, fact: Fact) -> Route | None:
        return self.desk.known.route_of(bundle.order, fact.position)

    def _unit_at(self, held: HeldBundle, operation: OperationCode) -> str:
        """Return whose work an operation was; of what came from a bundle's parents, its own line's."""
        here = held.progress.at(operation)
        row = self._jobs.get((self.desk.plant, here[-1].name)) if here else None
        return row.unit if row else held.unit


def _told(fact: Fact) -> Told:
    return Told(
        event_id=fact.envelope.event_id,
        at=datetime.fromisoformat(fact.happened_at),
        operator=fact.envelope.operator,
        station=fact.envelope.device,
    )


def _here(event: WorkEvent) -> OperationCode | None:
    match event:
        case HandoffJudged():
            return event.handoff.operation
        case TicketRenewed() | PanelsReplaced():
            return None
        case _:
            return event.operation


def _concerned(
    before: Progress, now: Progress, event: WorkEvent, route: Route | None
) -> Iterable[OperationCode]:
    """Return the operations at which an event makes a difference to a bundle."""
    if isinstance(event, _ANYWHERE):
        been = (job.operation for job in now.jobs)
        awaited = (*before.awaits(route), *now.awaits(route)) if route else ()
        return dict.fromkeys((*been, *awaited))
    here = _here(event)
    if here is None:
        return ()
    found = {here: None}
    if isinstance(event, HandoffJudged):
        found[event.handoff.before] = None
    elif isinstance(event, JobFinished) and route:
        # Told of late, it was what those waited for that come behind operations begun in the meantime.
        begun = (here, *(one for one in route.all_after(here) if now.at(one)))
        may_come = dict.fromkeys(step.operation for one in begun for step in route.next_of(one))
        found |= dict.fromkeys(now.awaits(route, may_come))
    elif isinstance(event, JobUndone) and route:
        found |= dict.fromkeys(step.operation for step in route.next_of(here))
    return found


def _refuse_unknown_job(folded: Folded) -> None:
    unknown = next((one for one in folded.clashes if one.code == "unknown_job"), None)
    if unknown:
        raise NotBookableError("unknown_job", unknown.job)


PROJECTION = Bundles
