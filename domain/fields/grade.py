"""The grade of the goods: what the unit scanned says, else what is chosen, else first quality."""

from domain.field import Field, Finding, Form
from domain.fields import choice
from domain.problem import refusal

FIRST_QUALITY = "first"
"""How first quality is chosen. Goods of first quality have no grade."""


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the unit's grade where it has one; another one chosen for the same unit is refused, not believed."""
    chosen = choice.resolve(wanted, form)
    if chosen.problems:
        return chosen
    said = chosen.value if isinstance(chosen.value, str) else ""
    held = form.content()
    if held is None:
        return Finding(value=said if said != FIRST_QUALITY and said else None, used=chosen.used)
    known = held.goods.grade or FIRST_QUALITY
    if said and said != known:
        words = {"first": f"choice.grade.{known}", "second": f"choice.grade.{said}"}
        return Finding(used=chosen.used, problems=(refusal("two_grades", **words),))
    return Finding(value=held.goods.grade or None, used=chosen.used)
