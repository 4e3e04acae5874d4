"""The day by which something is due: 2026-12-24 or 20261224, with its year. Kept as 2026-12-24."""

import re
from datetime import date

from domain.field import Field, Finding, Form
from domain.problem import refusal

_DAY = re.compile(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{2})", re.ASCII)


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the latest entry; what is no day is refused."""
    entries = form.entries(wanted.name)
    if not entries:
        return Finding()
    used = frozenset(clue.index for clue in entries)
    text = entries[-1].given.text.strip()
    found = _DAY.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        return Finding(used=used, problems=(refusal("due_day_unreadable", text=text[:40]),))
    return Finding(value=day.isoformat(), used=used)
