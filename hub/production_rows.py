"""Rows of the tables of production, as structs whose fields are the columns in order."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from domain.bundle import Tally
from domain.job import Job
from hub.store.values import instant_text


class BundleAtRow(Struct, frozen=True, gc=False):
    """A row of `bundle_at`."""

    plant: str
    operation: str
    serial: str
    unit: str
    line: str
    work_order: str
    waiting: int
    at_work: int
    since: str
    position: int


class BundleLinkRow(Struct, frozen=True, gc=False):
    """A row of `bundle_links`."""

    plant: str
    parent: str
    child: str
    act: str
    position: int


class JobRow(Struct, frozen=True, gc=False):
    """A row of `jobs`."""

    plant: str
    job: str
    bundle: str
    operation: str
    work_order: str
    unit: str
    device: str
    people_json: str
    state: str
    reason: str
    unmet: str
    claimed: int
    received: int
    good: int
    seconds: int
    scrap: int
    missing: int
    started_at: str
    finished_at: str
    started_position: int
    position: int


class JobShareRow(Struct, frozen=True, gc=False):
    """A row of `job_shares`."""

    plant: str
    job: str
    person: str
    bundle: str
    operation: str
    pieces: int
    returned: int
    finished_at: str
    paid: int = 0
    price: int | None = None
    paid_position: int = 0
    position: int = 0

    @property
    def kept(self) -> int:
        """Return how many pieces are the person's after all."""
        return max(0, self.pieces - self.returned)


class PayContestRow(Struct, frozen=True, gc=False):
    """A row of `pay_contests`."""

    plant: str
    job: str
    person: str
    reason: str
    contested_at: str
    answered_at: str = ""
    answered_by: str = ""
    answer: str = ""
    pieces: int = 0
    position: int = 0


class PaySettledRow(Struct, frozen=True, gc=False):
    """A row of `pay_settled`."""

    plant: str
    period: str
    person: str
    pay_json: str
    position: int


class HandoffRow(Struct, frozen=True, gc=False):
    """A row of `handoffs`."""

    plant: str
    bundle: str
    before: str
    operation: str
    name: str
    work_order: str
    job: str
    verdict: str
    rating: str
    pieces: int
    declared: int
    received: int
    reason: str
    is_silent: bool
    people_json: str
    senders_json: str
    unit_judging: str
    unit_judged: str
    device: str
    month: str
    at: str
    handoff_json: str
    position: int


class OrderTallyRow(Struct, frozen=True, gc=False):
    """A row of `order_tally`."""

    plant: str
    work_order: str
    colour: str
    size: str
    component: str
    operation: str
    received: int = 0
    good: int = 0
    seconds: int = 0
    scrap: int = 0
    missing: int = 0
    returned: int = 0
    short: int = 0
    replaced: int = 0
    at_work: int = 0
    position: int = 0


class UnitHourRow(Struct, frozen=True, gc=False):
    """A row of `unit_hours`."""

    plant: str
    unit: str
    operation: str
    hour: str
    work_order: str
    good: int = 0
    seconds: int = 0
    scrap: int = 0
    missing: int = 0
    position: int = 0


def job_row(plant: str, job: Job, *, order: str, unit: str, started: int, position: int) -> JobRow:
    """Return the row of a job. `started`: the position of its check-in."""
    tally: Tally = job.tally
    return JobRow(
        plant,
        job.name,
        job.bundle,
        job.operation,
        order,
        unit,
        job.station,
        people_json(job.people),
        job.state,
        job.reason,
        " ".join(job.unmet),
        job.claimed,
        tally.received,
        tally.good,
        tally.seconds,
        tally.scrap,
        tally.missing,
        instant_text(job.started_at),
        instant_text(job.finished_at) if job.finished_at else "",
        started,
        position,
    )


def people_json(people: Sequence[str]) -> str:
    """Write several people into one column."""
    return msgspec.json.encode(people).decode()
