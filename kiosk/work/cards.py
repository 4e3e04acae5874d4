"""How bundles, their jobs and check lists are shown at a station."""

from collections.abc import Sequence

from domain.check_in import route_of
from domain.handoff import RequirementList
from domain.job import Job, JobState
from domain.progress import Progress
from domain.route import OperationCode
from kiosk.activity import Desk
from kiosk.parts import Choice, Words
from kiosk.work.operations import clock, defect_title, operation_name, people_names, reason_title
from kiosk.work.state import Draft
from kiosk.work.views import BundleCard, CheckListView, RequirementView


def bundle_card(
    progress: Progress, desk: Desk, job: Job | None = None, pieces: int | None = None
) -> BundleCard:
    """Return a bundle in hand, with its job where one is at work."""
    bundle = progress.bundle
    counted = job.tally.received if job else progress.live()
    return BundleCard(
        bundle=bundle.serial,
        order=bundle.order,
        style=bundle.style,
        colour=bundle.colour,
        size=bundle.size,
        pieces=counted if pieces is None else pieces,
        component=bundle.component,
        shade=bundle.shade,
        state=job_state(job, desk) if job else None,
        is_paused=job is not None and job.state is JobState.PAUSED,
        people=people_names(job.people, desk) if job else "",
        since=clock(job) if job else "",
        from_whom=from_whom(progress, job.operation, desk) if job else (),
    )


def job_state(job: Job, desk: Desk) -> Words:
    """Say how far a job is, and why it stands still."""
    if job.state is JobState.PAUSED:
        reason = reason_title(job.reason, desk, "pause")
        return Words(key="station.paused", parameters={"reason": reason})
    return Words(key=f"job_state.{job.state}")


def from_whom(progress: Progress, operation: OperationCode, desk: Desk) -> tuple[Words, ...]:
    """Say who worked on a bundle at the operations before: whose customer this is."""
    route = route_of(progress.bundle, desk.floor)
    step = route.by_operation.get(operation) if route else None
    told = ((before, progress.senders(before)) for before in (step.after if step else ()))
    return tuple(
        Words(
            key="station.from",
            parameters={"operation": operation_name(before, desk), "name": people_names(people, desk)},
        )
        for before, people in told
        if people
    )


def check_lists(operation: OperationCode, desk: Desk) -> tuple[CheckListView, ...]:
    """Return what is asked on arrival, and what the next operation asks."""
    arrival = (
        _list("station.arrival", one.before, one, desk) for one in desk.floor.requirements_of(operation)
    )
    return (*arrival, *next_lists(operation, desk))


def next_lists(operation: OperationCode, desk: Desk) -> tuple[CheckListView, ...]:
    """Return what each next operation asks for."""
    lists = desk.floor.requirements_after(operation)
    return tuple(_list("station.next_needs", one.operation, one, desk) for one in lists)


def _list(key: str, other: OperationCode, asked: RequirementList, desk: Desk) -> CheckListView:
    rows = sorted(asked.requirements, key=lambda one: not one.is_critical)
    return CheckListView(
        title=Words(key=key, parameters={"operation": operation_name(other, desk)}),
        rows=tuple(
            RequirementView(
                item=one.item,
                criterion=one.criterion,
                how=" · ".join(part for part in (one.method, one.limit) if part),
                is_critical=one.is_critical,
            )
            for one in rows
        ),
    )


def job_choices(jobs: Sequence[Job], chosen: str, desk: Desk) -> tuple[Choice, ...]:
    """Return the other jobs at work here, to choose one from."""
    return tuple(
        Choice(
            value=one.name,
            title=one.bundle,
            detail=Words(
                key="station.job_row",
                parameters={"name": people_names(one.people, desk), "time": clock(one)},
            ),
            badge=str(one.tally.received),
            icon="clock" if one.state is JobState.PAUSED else "",
            action="select_work",
        )
        for one in jobs
        if one.name != chosen
    )


def defect_choices(operation: OperationCode, draft: Draft, desk: Desk) -> tuple[Choice, ...]:
    """Return the kinds of defect; each touch is one more piece with it."""
    counts = {one.code: one.pieces for one in draft.defects}
    known = [one.code for one in desk.floor.defects(operation)]
    return tuple(
        Choice(
            value=code,
            title=defect_title(code, operation, desk),
            badge=str(counts[code]) if code in counts else "",
            action="defect",
        )
        for code in dict.fromkeys((*known, *counts))
    )
