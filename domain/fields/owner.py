"""Whose goods they are: what the unit scanned says, else the party scanned or picked, else ours."""

from domain.field import Field, Finding, Form
from domain.fields.place import named_place
from domain.place import Place
from domain.problem import refusal

OURS = "own"
"""How it is said by hand that goods are ours. Goods of ours have no owner."""


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the unit's owner where it is known; another one named for the same unit is refused, not believed."""
    parties = [
        (clue.index, place.code)
        for clue in form.scans()
        if clue.index not in form.taken
        and isinstance(place := named_place(clue, wanted, form), Place)
        and place.role in wanted.roles
    ]
    entries = form.entries(wanted.name)
    used = frozenset(index for index, _ in parties) | {clue.index for clue in entries}
    said = parties[-1][1] if parties else ""
    if entries:
        said = entries[-1].given.text.strip()
        found = form.facts.place(said) if said != OURS else None
        if said != OURS and (found is None or found.role not in wanted.roles):
            return Finding(used=used, problems=(refusal("unknown_owner", code=said[:40]),))
        said = found.code if found else OURS
    held = form.content()
    if held is None:
        return Finding(value=said if said != OURS and said else None, used=used)
    known = held.goods.owner or OURS
    if said and said != known:
        return Finding(used=used, problems=(refusal("two_owners", first=known, second=said),))
    return Finding(value=held.goods.owner or None, used=used)
