"""A time of day somebody tells: 0840, 8:40, 08.40. With the day it is kept as 2026-11-22T08:40, wall clock."""

import re

from domain.field import Field, Finding, Form
from domain.problem import refusal

_TIME = re.compile(r"(\d{1,2})[:.\-]?(\d{2})", re.ASCII)
_HOURS, _MINUTES = 24, 60


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the latest entry; what is no time of day is refused."""
    entries = form.entries(wanted.name)
    if not entries:
        return Finding()
    used = frozenset(clue.index for clue in entries)
    text = entries[-1].given.text.strip()
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) >= _HOURS or int(found[2]) >= _MINUTES:
        return Finding(used=used, problems=(refusal("time_unreadable", text=text[:40]),))
    told = f"{int(found[1]):02d}:{found[2]}"
    day = form.text("paper_day")
    return Finding(value=f"{day}T{told}" if day else told, used=used)
