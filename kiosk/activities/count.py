"""Finishing a job with counts: seconds, scrap and missing are typed, the good pieces are what is left."""

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.bundle import Tally
from domain.job import Job
from domain.problem import Problem, refusal
from kiosk.activities import station
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import refused
from kiosk.page import Touch
from kiosk.parts import Button, Words
from kiosk.state import Question, State
from kiosk.work import overlays
from kiosk.work.cards import bundle_card, defect_choices, next_lists
from kiosk.work.jobs import finish, job_in_hand
from kiosk.work.state import Draft
from kiosk.work.tickets import ticket_of
from kiosk.work.views import CountTile, CountView

TOLD = ("seconds", "scrap", "missing")


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """The DONE card or the same ticket finishes as counted; another ticket leaves this and is taken at the station."""
    job = job_in_hand(state, desk)
    if job is None:
        return station.back_to_station(state)
    if scan.badge is not None:
        return None
    if scan.control is not None:
        match scan.control.command:
            case ControlCommand.DONE:
                return _finish(state, job, desk, scan)
            case ControlCommand.UNDO | ControlCommand.NO:
                return station.back_to_station(state)
            case _:
                return None
    read = ticket_of(scan)
    if not isinstance(read, Problem) and read[0] == job.bundle:
        return _finish(state, job, desk, scan)
    return station.on_scan(station.back_to_station(state).state, scan, desk)


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Type a count, add a defect, finish, or leave it."""
    job = job_in_hand(state, desk)
    if job is None:
        return station.back_to_station(state)
    match overlays.on_overlay(state, touch):
        case overlays.Given() as given:
            return Turn(state=_with(state, state.work.draft.counting(given.field, given.pieces)))
        case State() as typed:
            return Turn(state=typed)
        case None:
            pass
    return _touch(state, job, touch, desk)


def _touch(state: State, job: Job, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "tile" if touch.value in TOLD:
            return Turn(state=overlays.opened(state, touch.value))
        case "defect":
            return Turn(state=_with(state, state.work.draft.with_defect(touch.value, 1)))
        case "clear_draft":
            return Turn(state=_with(state, Draft()))
        case "finish":
            return _finish(state, job, desk)
        case "leave_draft":
            return station.back_to_station(state)
        case _:
            return None


def _with(state: State, draft: Draft) -> State:
    return replace(state, work=replace(state.work, draft=draft), overlay=None, answer=None)


def _told(state: State, job: Job) -> Tally:
    counts = {name: state.work.draft.counts.get(name, 0) for name in TOLD}
    return Tally(good=job.tally.received - sum(counts.values()), **counts)


def _finish(state: State, job: Job, desk: Desk, scan: Scanned | None = None) -> Turn:
    told = _told(state, job)
    if told.good < 0:
        accounted = job.tally.received - told.good
        problem = refusal(
            "more_than_came", bundle=job.bundle, told=str(accounted), received=str(job.tally.received)
        )
        return refused(state, (problem,), scan)
    return finish(state, job, told, desk, scan, defects=state.work.draft.defects)


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.count"


def view(state: State, desk: Desk) -> CountView | station.StationView:
    """Show what became of each piece; the station, where the job has ended meanwhile."""
    job = job_in_hand(state, desk)
    progress = desk.floor.progress(job.bundle) if job else None
    if job is None or progress is None:
        return station.view(state, desk)
    told = _told(state, job)
    tiles = (
        CountTile(label=Words(key="field.good"), pieces=max(0, told.good), is_wrong=told.good < 0),
        *(
            CountTile(
                label=Words(key=f"field.{name}"), pieces=state.work.draft.counts.get(name, 0), field=name
            )
            for name in TOLD
        ),
    )
    return CountView(
        asks=Words(key="ask.count"),
        card=bundle_card(progress, desk, job),
        tiles=tiles,
        defects=defect_choices(job.operation, state.work.draft, desk),
        lists=next_lists(job.operation, desk),
        buttons=(
            Button(action="finish", label=Words(key="button.finish_counted"), icon="done", style="primary"),
            Button(action="clear_draft", label=Words(key="button.clear_counts"), icon="clear"),
            Button(action="leave_draft", label=Words(key="button.back"), icon="close"),
        ),
    )
