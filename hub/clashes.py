"""What contradicts what is known of a bundle: each a discrepancy, and closed again where its cause goes away."""

from collections.abc import Iterable, Mapping

from domain.job import Job, JobState
from domain.progress import Progress
from domain.progress_fold import Clash, ClashCode
from hub.desk import Desk
from hub.discrepancies import ONE_EVENT
from hub.projection import Fact

PIECES = "C62"
_OF_A_JOB: tuple[ClashCode, ...] = (
    "claimed_twice",
    "ticket_void",
    "bundle_closed",
    "out_of_sequence",
    "not_all_told",
    "more_than_came",
)
"""What is over where the job itself is taken back."""


class Clashes:
    """Opens and closes them at the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(self, fact: Fact, progress: Progress, clashes: Iterable[Clash]) -> None:
        """Open one for each; the event is booked all the same, with an exception. `progress`: after the event."""
        for clash in clashes:
            key = _key(progress, clash, fact)
            self._desk.discrepancies.open(
                fact,
                clash.code,
                key,
                detail=_detail(progress, clash, fact),
                amount=clash.pieces * ONE_EVENT,
                unit=PIECES if clash.pieces else "",
            )
            self._desk.end_as("booked_with_exception", clash.code, key)

    def close(self, fact: Fact, before: Job | None, now: Job) -> None:
        """Close what a job's change puts right."""
        if before is None or before == now:
            return
        key = _of_job(now)
        over: list[ClashCode] = []
        if now.state is JobState.WITHDRAWN:
            over += _OF_A_JOB
        elif before.unmet and not now.unmet:
            over.append("out_of_sequence")
        elif before.state is JobState.FINISHED and now.is_at_work:
            over.append("not_all_told")
        for code in over:
            self._desk.discrepancies.close(fact, code, key)


def _of_job(job: Job) -> str:
    return f"{job.bundle} {job.operation} {job.name}"


def _key(progress: Progress, clash: Clash, fact: Fact) -> str:
    job = progress.job(clash.job) if clash.job else None
    serial = progress.bundle.serial
    return _of_job(job) if job else f"{serial} {clash.operation} {fact.envelope.event_id}"


def _detail(progress: Progress, clash: Clash, fact: Fact) -> Mapping[str, str]:
    bundle, job, other = progress.bundle, progress.job(clash.job), progress.job(clash.other)
    people = job.people if job else (fact.envelope.operator,)
    return {
        "bundle": bundle.serial,
        "order": bundle.order,
        "operation": clash.operation,
        "job": clash.job,
        "pieces": str(clash.pieces),
        "people": ", ".join(people),
        "others": ", ".join(other.people) if other else "",
        "other_job": clash.other,
        "unmet": ", ".join(job.unmet) if job else "",
        "became": ", ".join(progress.became),
        "copy": str(bundle.copy),
        "device": fact.envelope.device,
    }
