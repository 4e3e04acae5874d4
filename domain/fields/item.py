"""The item: by GTIN, by number, by a partner's number, or by the handling unit that holds it."""

from domain.barcode import Element, Gtin, ItemNumber, PlainText
from domain.facts import CodedItem
from domain.field import Clue, Field, Finding, Form
from domain.item import ItemId
from domain.problem import refusal


def coded(clue: Clue, form: Form) -> tuple[CodedItem, ...]:
    """Return the items a clue may mean."""
    for element in clue.elements:
        if isinstance(element, Gtin | ItemNumber | PlainText):
            return tuple(one for one in form.facts.items_by_code(element.value) if not one.item.disabled)
    return ()


def _foreign(clue: Clue) -> Element | None:
    """Return the element that surely means an item, although none of ours."""
    return next((element for element in clue.elements if isinstance(element, Gtin | ItemNumber)), None)


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the one item all clues agree on; say so when they do not, or when a code is nobody's."""
    by_hand = [
        (clue, found)
        for clue in form.entries(wanted.name)
        if (found := tuple(form.facts.items_by_code(clue.given.text)))
    ]
    scanned = [
        (clue, found)
        for clue in form.scans()
        if clue.index not in form.taken and (found := coded(clue, form))
    ]
    unit = form.unit()
    candidates = {one.item.id: one.item for _, found in (*scanned, *by_hand[-1:]) for one in found}
    used = frozenset(clue.index for clue, _ in (*scanned, *by_hand))
    inside = {one.goods.item for one in unit.contents} if unit else set[ItemId]()
    if len(inside) == 1 and (held := form.facts.item(next(iter(inside)))):
        candidates[held.id] = held
    elif unit and (strays := [item.number for number, item in candidates.items() if number not in inside]):
        return Finding(used=used, problems=(refusal("not_in_unit", item=strays[0], unit=unit.serial),))
    if len(candidates) > 1:
        first, second, *_ = (item.number for item in candidates.values())
        return Finding(used=used, problems=(refusal("two_items", first=first, second=second),))
    if candidates:
        return Finding(value=next(iter(candidates)), used=used)
    foreign = [(clue, element) for clue in form.scans() if (element := _foreign(clue))]
    if foreign:
        clue, element = foreign[-1]
        code = element.value if isinstance(element, Gtin | ItemNumber) else clue.given.text
        return Finding(
            used=frozenset(clue.index for clue, _ in foreign), problems=(refusal("unknown_item", code=code),)
        )
    return Finding(used=used)
