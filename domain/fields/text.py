"""Free words, entered by hand or scanned into the field that asks for them; kept short."""

from domain.field import Field, Finding, Form
from domain.problem import refusal

TEXT_CHARS_MAX = 80


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the latest entry; too long is refused, not cut."""
    entries = form.entries(wanted.name)
    if not entries:
        return Finding()
    used = frozenset(clue.index for clue in entries)
    text = entries[-1].given.text.strip()
    if len(text) > TEXT_CHARS_MAX:
        return Finding(used=used, problems=(refusal("text_too_long", most=str(TEXT_CHARS_MAX)),))
    return Finding(value=text or None, used=used)
