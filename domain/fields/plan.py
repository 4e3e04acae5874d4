"""An order: named by its document code, its number in a GS1 code (AI 400), or its number as plain text."""

from domain.barcode import DocumentCode, OrderNumber, PlainText
from domain.field import Clue, Field, Finding, Form
from domain.problem import refusal


def _number(clue: Clue, wanted: Field) -> str:
    if clue.given.field == wanted.name:
        return clue.given.text
    for element in clue.elements:
        if isinstance(element, DocumentCode | OrderNumber | PlainText):
            return element.value
    return ""


def resolve(wanted: Field, form: Form) -> Finding:
    """Find the order. The last one named holds; a number that is no order is left for other fields."""
    named = [
        (clue, number)
        for clue in (*form.scans(), *form.entries(wanted.name))
        if clue.index not in form.taken and (number := _number(clue, wanted))
    ]
    found = [(clue, plan) for clue, number in named if (plan := form.facts.plan(wanted.plan_kind, number))]
    if not found:
        lost = [number for clue, number in named if clue.given.field or _is_document(clue)]
        problems = (refusal("unknown_plan", number=lost[-1]),) if lost else ()
        return Finding(used=frozenset(clue.index for clue, _ in named if clue.given.field), problems=problems)
    used = frozenset(clue.index for clue, _ in found)
    _, plan = found[-1]
    if plan.closed:
        return Finding(used=used, problems=(refusal("plan_closed", number=plan.number),))
    if plan.pending:
        return Finding(used=used, problems=(refusal("plan_not_approved", number=plan.number),))
    return Finding(value=plan.number, used=used)


def _is_document(clue: Clue) -> bool:
    return any(isinstance(element, DocumentCode) for element in clue.elements)
