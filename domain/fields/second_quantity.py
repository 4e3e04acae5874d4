"""The second quantity of goods that carry two (metres of a roll weighed in kilograms)."""

from domain.field import Field, Finding, Form
from domain.fields.quantity import entered, measures
from domain.problem import refusal


def resolve(wanted: Field, form: Form) -> Finding:
    """Work out the second quantity in the item's second unit; items without one have none."""
    item = form.item()
    if item is None:
        return Finding(used=frozenset(clue.index for clue in form.entries(wanted.name)))
    if not item.second_unit:
        return Finding()
    by_hand = entered(wanted, form, item.second_unit)
    if by_hand:
        return by_hand
    held = form.content()
    if held and held.second:
        return Finding(value=held.second)
    measured = measures(form, item.second_unit)
    if len(measured) > 1:
        return Finding(problems=(refusal("two_quantities", first=str(measured[0]), second=str(measured[1])),))
    return Finding(value=measured[0] if measured else None)
