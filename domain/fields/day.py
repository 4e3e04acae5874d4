"""A day somebody tells: 2026-11-22, 20261122, or 1122 in the year of the day told before. Kept as 2026-11-22."""

import re
from datetime import date

from domain.field import Field, Finding, Form
from domain.problem import refusal

_DAY = re.compile(r"(?:(\d{4})[-./]?)?(\d{1,2})[-./]?(\d{2})", re.ASCII)


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the latest entry. The first one is the kiosk's own day: nothing is told of a later one."""
    entries = form.entries(wanted.name)
    if not entries:
        return Finding()
    used = frozenset(clue.index for clue in entries)
    today = _day(entries[0].given.text, None)
    told = _day(entries[-1].given.text, today)
    if today is None or told is None:
        return Finding(used=used, problems=(refusal("day_unreadable", text=entries[-1].given.text[:40]),))
    if told > today:
        return Finding(used=used, problems=(refusal("day_to_come", day=told.isoformat()),))
    return Finding(value=told.isoformat(), used=used)


def _day(text: str, today: date | None) -> date | None:
    found = _DAY.fullmatch(text.strip())
    if found is None or (found[1] is None and today is None):
        return None
    try:
        year = int(found[1]) if found[1] else today.year if today else 0
        told = date(year, int(found[2]), int(found[3]))
    except ValueError:
        return None
    # On the first days of January people tell of December without its year.
    is_last_year = found[1] is None and today is not None and told > today
    return told.replace(year=told.year - 1) if is_last_year and (told.month, told.day) != (2, 29) else told
