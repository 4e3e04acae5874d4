"""The books as the domain keeps them, bundle by bundle: what the hub's projections are to hold, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

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
from domain.job import Share
from domain.log import Envelope, Recorded, event_of
from domain.progress import Progress
from domain.progress_fold import Told, WorkEvent, after, cut
from domain.remade import remade
from domain.route import OperationCode, Route


class Books:
    """All bundles. `pay`: pieces by person, order and operation; `touched`: bundles something happened to."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        """`routes`: of each order."""
        self._routes = routes
        self.bundles: dict[str, Progress] = {}
        self.touched: set[str] = set()
        self.pay: Counter[tuple[str, str, OperationCode]] = Counter()
        self.clashes: Counter[str] = Counter()

    def take(self, entry: Recorded) -> None:
        """Book one entry."""
        event, told = event_of(entry.envelope), _told(entry.envelope)
        match event:
            case BundlesCut(bundles=bundles):
                for bundle in bundles:
                    self._keeps(cut(bundle))
            case BundlesRemade():
                self._remakes(event, told)
            case HandoffJudged(handoff=handoff):
                self._follows(event, handoff.bundle, told)
            case (
                JobStarted()
                | JobCrewChanged()
                | JobPaused()
                | JobResumed()
                | JobFinished()
                | JobUndone()
                | TicketRenewed()
                | PanelsReplaced()
            ):
                self._follows(event, event.bundle, told)
            case _:
                pass

    def _remakes(self, event: BundlesRemade, told: Told) -> None:
        order = event.bundles[0].order
        made = remade([self.bundles[serial] for serial in event.parents], event, told, self._routes[order])
        for one in (*made.parents, *made.bundles):
            self._keeps(one)
        for back in made.taken_back:
            self._takes_back(order, back.operation, back.shares)
        self.clashes.update(clash.code for clash in made.clashes)

    def _follows(self, event: WorkEvent, serial: str, told: Told) -> None:
        progress = self.bundles[serial]
        order = progress.bundle.order
        folded = after(progress, event, told, self._routes[order])
        self._keeps(folded.progress)
        self._takes_back(order, folded.taken_back_at, folded.taken_back)
        self.clashes.update(clash.code for clash in folded.clashes)

    def _keeps(self, progress: Progress) -> None:
        serial, order = progress.bundle.serial, progress.bundle.order
        before = self.bundles.get(serial)
        old = {job.name: job for job in before.jobs} if before else {}
        for job in progress.jobs:
            known = old.get(job.name)
            if known is job:
                continue
            for share in known.shares if known else ():
                self.pay[share.person, order, job.operation] -= share.pieces
            for share in job.shares:
                self.pay[share.person, order, job.operation] += share.pieces
        self.bundles[serial] = progress
        self.touched.add(serial)

    def _takes_back(self, order: str, operation: OperationCode, shares: tuple[Share, ...]) -> None:
        for share in shares:
            self.pay[share.person, order, operation] -= share.pieces


def _told(envelope: Envelope) -> Told:
    return Told(
        event_id=envelope.event_id,
        at=envelope.event_time,
        operator=envelope.operator,
        station=envelope.device,
    )
