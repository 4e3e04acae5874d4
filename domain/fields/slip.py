"""The number of a paper slip, as somebody types it: A1-0007, a1-7, A10007."""

from domain.field import Field, Finding, Form
from domain.paper import read_slip, slip_number
from domain.problem import refusal


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the latest entry in the way slips are numbered; what is no slip's number is refused."""
    entries = form.entries(wanted.name)
    if not entries:
        return Finding()
    used = frozenset(clue.index for clue in entries)
    text = entries[-1].given.text
    read = read_slip(text)
    if read is None:
        return Finding(used=used, problems=(refusal("slip_unreadable", text=text.strip()[:40]),))
    return Finding(value=slip_number(*read), used=used)
