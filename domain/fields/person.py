"""A second person who answers for an exception: four eyes. Never the one who is working."""

from domain.barcode import BadgeCode
from domain.field import Field, Finding, Form
from domain.problem import refusal


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the last badge shown; refuse the operator's own and one without the right."""
    badges = [
        (clue, element.value)
        for clue in form.scans()
        for element in clue.elements
        if isinstance(element, BadgeCode)
    ]
    if not badges:
        return Finding()
    used = frozenset(clue.index for clue, _ in badges)
    person = form.facts.person_by_badge(badges[-1][1])
    if person is None:
        return Finding(used=used, problems=(refusal("unknown_badge"),))
    if person.number == form.operator:
        return Finding(used=used, problems=(refusal("own_badge", name=person.number),))
    document_type, _, act = wanted.right.partition(".")
    if not person.may(document_type, act):
        return Finding(used=used, problems=(refusal("no_right", name=person.number, right=f"right.{act}"),))
    return Finding(value=person.number, used=used)
