"""A month's word on another unit: in whose name, on whom, and for which month."""

from datetime import timedelta

from kiosk.activity import Desk
from kiosk.parts import Choice
from kiosk.state import State
from kiosk.statement import Blank, chosen
from kiosk.work.units import spoken_for, unit_choices


def judging(state: State, desk: Desk) -> tuple[Blank, Blank, Blank]:
    """Return who judges (asked only where somebody may speak for several units), who is judged, and the month."""
    draft, own = state.work.draft, spoken_for(desk)
    judges = unit_choices(desk, own)
    told = draft.telling({"judge": own[0]}) if len(own) == 1 else draft
    judge = chosen("judge", judges, told)
    others = (code for code in desk.floor.units() if code != judge.code)
    return judge, chosen("judged", unit_choices(desk, others), draft), chosen("period", _months(desk), draft)


def _months(desk: Desk) -> tuple[Choice, ...]:
    """Return the month that has ended and the one that goes on: no other is judged."""
    today = desk.now.astimezone().date()
    last = today.replace(day=1) - timedelta(days=1)
    return tuple(Choice(value=f"{one:%Y-%m}", title=f"{one:%Y-%m}") for one in (last, today))
