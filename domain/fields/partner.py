"""An outside party: supplier, customer, subcontractor. An order names its partner; without one it is scanned."""

from domain.field import Field, Finding, Form
from domain.fields import place


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the partner of the order if there is one, else treat the party as the place it is."""
    number = form.text("plan")
    plan = form.facts.plan(wanted.plan_kind, number) if number and wanted.plan_kind else None
    return Finding(value=plan.partner) if plan else place.resolve(wanted, form)
