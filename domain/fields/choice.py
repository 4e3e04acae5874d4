"""One of a few declared values: by command card or by touch."""

from domain.barcode import Control
from domain.field import Field, Finding, Form
from domain.problem import refusal


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the last choice made; a value that was not declared is refused."""
    by_card = {command: value for value, command in wanted.choices.items() if command}
    made: list[tuple[int, str]] = []
    for clue in form.clues:
        if clue.given.field == wanted.name:
            made.append((clue.index, clue.given.text))
        made += [
            (clue.index, by_card[one.command])
            for one in clue.elements
            if isinstance(one, Control) and one.command in by_card
        ]
    if not made:
        return Finding()
    used = frozenset(index for index, _ in made)
    value = made[-1][1]
    if value not in wanted.choices:
        return Finding(
            used=used, problems=(refusal("not_a_choice", text=value[:40], field=f"field.{wanted.name}"),)
        )
    return Finding(value=value, used=used)
