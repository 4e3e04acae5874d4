"""Pay that people contest, and months of it that are closed. What is paid follows from shares (`hub.share_book`)."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from domain.bundle import BundleSerial
from domain.event import Event
from domain.events.quality import PayContestAnswered, PayContested, PayLocked, PaySettled
from domain.month import is_month, month_after, months_between
from domain.progress import Progress
from hub.bundle_book import BundleBook
from hub.production_rows import JobRow, PayContestRow, PaySettledRow
from hub.projection import Fact, Handler, NotBookableError, Projection
from hub.projections.office import refuse_others
from hub.projections.periods import MONTHS_BACK, PeriodRow
from hub.share_book import ShareBook
from hub.store.production_tables import jobs, pay_contests, pay_periods, pay_settled


class Pay(Projection):
    """Keeps what was contested and answered, and closes months; answers and closings are the office's alone."""

    name = "pay"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._book = self.desk.layer(BundleBook)
        self._jobs = self.desk.rows(jobs, JobRow)
        self._contests = self.desk.rows(pay_contests, PayContestRow)
        self._closed = self.desk.rows(pay_periods, PeriodRow)
        self._settled = self.desk.rows(pay_settled, PaySettledRow)
        self._shares = ShareBook(self.desk, self._progress)
        return {
            PayContested: self._contested,
            PayContestAnswered: self._answered,
            PayLocked: self._locked,
            PaySettled: self._is_settled,
        }

    def _contested(self, fact: Fact, event: PayContested) -> None:
        held = self._contests.get((fact.plant, event.job, event.person))
        if held and not held.answered_at:
            return  # said again: it is open already
        row = PayContestRow(
            fact.plant, event.job, event.person, event.reason, fact.happened_at, position=fact.position
        )
        self._contests.save(row)

    def _answered(self, fact: Fact, event: PayContestAnswered) -> None:
        """Say that it stands, or give them pieces that the others of the job have."""
        refuse_others(fact)
        held = self._contests.get((fact.plant, event.job, event.person))
        if held is None:
            raise NotBookableError("unknown_number", event.job)
        if held.answered_at:
            return
        answered = replace(
            held,
            answered_at=fact.happened_at,
            answered_by=fact.envelope.operator,
            answer=event.reason,
            pieces=self._give(fact, event) if event.pieces > 0 else 0,
            position=fact.position,
        )
        self._contests.save(answered)

    def _give(self, fact: Fact, event: PayContestAnswered) -> int:
        row = self._jobs.get((fact.plant, event.job))
        progress = self._progress(BundleSerial(row.bundle)) if row else None
        job = progress.job(event.job) if progress else None
        if progress is None or job is None:
            raise NotBookableError("unknown_job", event.job)
        if event.person not in {*job.people, *(one.person for one in job.shares)}:
            raise NotBookableError("not_on_the_job", f"{event.person} {event.job}")
        return self._shares.move(fact, progress.bundle, job, event.person, event.pieces)

    def _locked(self, fact: Fact, event: PayLocked) -> None:
        refuse_others(fact)
        if not is_month(event.period):
            raise ValueError(f"{event.period!r} is no month")
        for period in months_between(month_after(event.period, -MONTHS_BACK), event.period):
            if self._closed.get((fact.plant, period)) is None:
                self._closed.save(
                    PeriodRow(fact.plant, period, fact.envelope.operator, fact.received_at, fact.position)
                )

    def _is_settled(self, fact: Fact, event: PaySettled) -> None:
        """Keep what somebody earned in a month that nothing is added to any more; the first that is said stands."""
        refuse_others(fact)
        if self._closed.get((fact.plant, event.period)) is None:
            raise ValueError(f"the pay of {event.period!r} is not closed")
        if self._settled.get((fact.plant, event.period, event.person)) is None:
            body = msgspec.json.encode(event.pay).decode()
            self._settled.save(PaySettledRow(fact.plant, event.period, event.person, body, fact.position))

    def _progress(self, serial: BundleSerial) -> Progress | None:
        held = self._book.get(serial)
        return held.progress if held else None


PROJECTION = Pay
