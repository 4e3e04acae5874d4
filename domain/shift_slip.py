"""The slip at the end of a shift 交班小票: what a station made today, what is left at it, who hands over; both sign it.

Its fields are those of the template `labels/templates/shift_slip.toml`. What was stopped and what the next shift must
know is written by hand: there is room for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from msgspec import Struct

from domain.bundle import Tally
from domain.events.labels import LabelRequested
from domain.label_words import in_both
from domain.names import Names
from domain.staff import Person

TEMPLATE = "shift_slip"
ROWS_MAX = 6
"""Operations on a slip."""
_WHOLE_DAY = Names(zh="当日", en="Day")


class Shift(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As much of a shift as the slip says; `begins` and `ends` as the clock on the wall shows them, 07:30."""

    names: Names = Names()
    begins: str = ""
    ends: str = ""
    disabled: bool = False


class Made(Struct, frozen=True, kw_only=True):
    """What became of the pieces of one operation, and how many are at work there still."""

    operation: Names
    tally: Tally
    left: int


def shift_at(shifts: Mapping[str, Shift], moment: time) -> str:
    """Return the code of the shift a moment is in, or that ended last before it; nothing where none is declared.

    A shift may end after midnight. Whoever prints a few minutes after the end still means the shift that ended.
    """
    minutes = moment.hour * 60 + moment.minute
    known = {code: one for code, one in shifts.items() if one.begins and one.ends and not one.disabled}
    inside = [code for code, one in known.items() if _since(one.begins, minutes) < _length(one)]
    if inside:
        return min(inside, key=lambda code: (_since(known[code].begins, minutes), code))
    return min(known, key=lambda code: (_since(known[code].ends, minutes), code), default="")


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _since(clock: str, minutes: int) -> int:
    """Return how many minutes ago a clock showed this last."""
    return (minutes - _minutes(clock)) % (24 * 60)


def _length(shift: Shift) -> int:
    return (_minutes(shift.ends) - _minutes(shift.begins)) % (24 * 60) or 24 * 60


def shift_slip(  # noqa: PLR0917 - what stands on the slip
    unit: Names,
    code: str,
    shift: tuple[str, Shift] | None,
    made: Sequence[Made],
    person: Person,
    now: datetime,
    job: str,
) -> LabelRequested:
    """Ask for the slip of a unit, by the name of its print job. `now`: by the clock on the wall; `shift`: if known."""
    number, one = shift or ("", Shift(names=_WHOLE_DAY))
    hours = f"{one.begins}–{one.ends}" if one.begins else ""
    data = {
        "unit": in_both(unit),
        "shift": in_both(one.names) or number,
        "day": f"{now:%Y-%m-%d}",
        "hours": hours or f"{now:%H:%M}",
        "handed_by": in_both(person.names),
        "barcode": "-".join(part for part in (code, f"{now:%Y%m%d}", number) if part),
    }
    for row, step in enumerate(made[:ROWS_MAX], 1):
        data[f"operation_{row}"] = in_both(step.operation)
        data[f"good_{row}"] = str(step.tally.good)
        data[f"bad_{row}"] = str(step.tally.lost)
        data[f"left_{row}"] = str(step.left)
    return LabelRequested(job=job, template=TEMPLATE, data=data)
