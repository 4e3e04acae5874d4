"""Which side of the document a line is on: what goes in, or what comes out of it. Worked out before everything else."""

from domain.field import Field, Finding, Form
from domain.fields import choice


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the last side chosen, by card or by touch."""
    return choice.resolve(wanted, form)
