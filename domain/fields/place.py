"""A place of ours. Of several place fields, the first declared takes the first place scanned that fits it."""

from domain.barcode import PlaceCode, PlainText
from domain.field import Clue, Field, Finding, Form
from domain.place import Place, PlaceRole, Store
from domain.problem import Problem, refusal


def named_place(clue: Clue, wanted: Field, form: Form) -> Place | str | None:
    """Return the place a clue names, the code if it surely means a place we do not know, else None."""
    if clue.given.field:
        return (
            (form.facts.place(clue.given.text) or clue.given.text)
            if clue.given.field == wanted.name
            else None
        )
    for element in clue.elements:
        if isinstance(element, PlaceCode):
            return form.facts.place(element.value) or element.value
        if isinstance(element, PlainText):
            return form.facts.place(element.value)
    return None


def misfit(place: Place, wanted: Field) -> Problem | None:
    """Say why a place does not fit a field; None if it does."""
    if place.disabled or place.on_hold:
        return refusal("place_on_hold", place=place.code)
    if wanted.roles and place.role is PlaceRole.RECEIVING and place.role not in wanted.roles:
        return refusal("not_accepted", place=place.code)
    if wanted.roles and place.role not in wanted.roles:
        return refusal(
            "place_not_fitting", place=place.code, role=f"role.{place.role}", field=f"field.{wanted.name}"
        )
    if wanted.stores and place.store not in (Store.ANY, *wanted.stores):
        return refusal("other_store", place=place.code, store=f"store.{place.store}")
    return None


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the place given by hand, else one just scanned, else the one in force.

    Where a further place field follows, this one takes the first scan and leaves the rest; the last one takes the
    latest, so that scanning another place changes one's mind.
    """
    clues = [clue for clue in form.clues if clue.index not in form.taken]
    named = [(clue, place) for clue in clues if (place := named_place(clue, wanted, form)) is not None]
    implied = wanted.implied(form) if wanted.implied else ""
    if implied:
        same = frozenset(
            clue.index for clue, place in named if isinstance(place, Place) and place.code == implied
        )
        known = form.facts.place(implied)
        problem = misfit(known, wanted) if known else None
        return Finding(value=implied, used=same, problems=(problem,) if problem else ())
    fitting = [
        (clue, place) for clue, place in named if isinstance(place, Place) and misfit(place, wanted) is None
    ]
    by_hand = [one for one in fitting if one[0].given.field]
    fresh = [one for one in fitting if not one[0].given.sticky]
    if fitting and form.is_last_of_kind:
        clue, place = (by_hand or fresh or fitting)[-1]
        return Finding(value=place.code, used=frozenset(one.index for one, _ in fitting))
    if fitting:
        clue, place = (by_hand[-1:] or fresh or fitting)[0]
        return Finding(value=place.code, used=frozenset({clue.index, *(one.index for one, _ in by_hand)}))
    problems = [
        refusal("unknown_place", place=place) if isinstance(place, str) else misfit(place, wanted)
        for _, place in named
    ]
    return Finding(
        used=frozenset(clue.index for clue, _ in named),
        problems=tuple(problem for problem in problems if problem),
    )
