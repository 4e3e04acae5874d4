"""The end of a shift at a station: what was made here today, on a slip that both who hand over sign. Pure."""

from msgspec.structs import replace

from domain.bundle import Tally
from domain.document import Happened
from domain.names import Names
from domain.route import OperationCode
from domain.shift_slip import Made, shift_at, shift_slip
from kiosk.activity import Desk, Turn
from kiosk.answers import answered
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.jobs import operator_of

JOBS_LEFT_MAX = 200
"""Jobs at work at one station that are added up for what is left there."""


def print_shift_slip(state: State, desk: Desk) -> Turn:
    """Print what became of the pieces of today here, for whoever stands here to hand over with."""
    now, station = desk.now.astimezone(), desk.station
    unit = desk.floor.units().get(station.unit)
    shifts = desk.floor.shifts()
    code = shift_at(shifts, now.time())
    job = state.numbers.fresh(station, desk.epoch).job
    event = shift_slip(
        unit.names if unit else station.names,
        station.unit or station.number_code,
        (code, shifts[code]) if code else None,
        _made(state, desk),
        operator_of(desk),
        now,
        f"{job}.1",
    )
    used = replace(state, numbers=replace(state.numbers, jobs=state.numbers.jobs + 1))
    said = answered(used, Tone.STORED, Words(key="said.shift_slip"))
    return Turn(state=said, events=(Happened(event=event),))


def _made(state: State, desk: Desk) -> list[Made]:
    """Return what was made today, the station's operations in their order, then any other that was done here."""
    work = state.work
    made = work.made if work.day == desk.day else {}
    left: dict[OperationCode, int] = {}
    for job in desk.floor.jobs_here(JOBS_LEFT_MAX):
        left[job.operation] = left.get(job.operation, 0) + job.tally.received
    known = [OperationCode(one) for one in desk.station.operations]
    done = [one for one in dict.fromkeys((*known, *made, *left)) if one in made or one in left]
    return [
        Made(operation=_names(one, desk), tally=made.get(one, Tally()), left=left.get(one, 0)) for one in done
    ]


def _names(operation: OperationCode, desk: Desk) -> Names:
    known = desk.floor.operation(operation)
    return known.names if known else Names(zh=operation, en=operation)
