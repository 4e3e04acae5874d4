"""The quantity, in the item's own unit: entered, measured in the code, counted by scans, or the handling unit's."""

from decimal import Decimal, InvalidOperation

from domain.barcode import Count, Measure
from domain.facts import CodedItem
from domain.field import Clue, Field, Finding, Form
from domain.fields.item import coded
from domain.item import Item
from domain.problem import refusal
from domain.quantity import Quantity
from domain.units import find_unit

QUANTITY_MAX = Decimal(1_000_000)
"""More than this on one line is a barcode typed into the quantity, not a delivery."""


def entered(wanted: Field, form: Form, unit: str) -> Finding | None:
    """Return what was entered by hand, if anything was."""
    entries = form.entries(wanted.name)
    if not entries:
        return None
    text = entries[-1].given.text.strip()
    used = frozenset(clue.index for clue in entries)
    try:
        value = Decimal(text)
        quantity = Quantity(value=value, unit=unit)
    except (InvalidOperation, ValueError):
        return Finding(used=used, problems=(refusal("not_a_quantity", text=text[:40]),))
    if not 0 < value <= QUANTITY_MAX:
        return Finding(
            used=used, problems=(refusal("quantity_out_of_bounds", text=text[:40], most=str(QUANTITY_MAX)),)
        )
    return Finding(value=quantity, used=used)


def measures(form: Form, unit: str) -> list[Quantity]:
    """Return the different measures in `unit` that the codes state."""
    found = [one.quantity for clue in form.scans() for one in clue.elements if isinstance(one, Measure)]
    return list(dict.fromkeys(quantity for quantity in found if quantity.unit == unit))


def is_countable(unit: str) -> bool:
    """Tell whether one scan can stand for one: pieces, pairs, rolls; never kilograms or metres."""
    known = find_unit(unit)
    return known is not None and known.decimals == 0


def _count(clue: Clue) -> int:
    return next((one.value for one in clue.elements if isinstance(one, Count)), 0)


def _pieces(clue: Clue, found: tuple[CodedItem, ...], item: Item) -> Decimal:
    """Return how much one scan of an item's code stands for: its count, times the pack of the code."""
    pack = next((one.code.pack for one in found if one.code and one.code.pack), None)
    if pack and pack.unit == item.unit:
        return pack.value * (_count(clue) or 1)
    return Decimal(_count(clue) or 1) if is_countable(item.unit) else Decimal(0)


def _counted(form: Form, item: Item) -> tuple[Decimal, ...]:
    """Return the amounts the scans count to: one if they agree, several if they do not.

    A count on a code of its own says how many of the thing scanned there are; it fits one kind of pack only.
    """
    scans = [(clue, coded(clue, form)) for clue in form.scans()]
    packs = [_pieces(clue, found, item) for clue, found in scans if found]
    loose = dict.fromkeys(_count(clue) for clue, found in scans if not found and _count(clue))
    if not loose:
        return (sum(packs, Decimal(0)),)
    return tuple(pack * count for pack in dict.fromkeys(packs) for count in loose)


def resolve(wanted: Field, form: Form) -> Finding:
    """Work out how much: by hand first, then measured, then the unit's, then counted (the same thing again adds)."""
    item = form.item()
    counts = frozenset(
        clue.index for clue in form.scans() for one in clue.elements if isinstance(one, Measure | Count)
    )
    if item is None:
        # The unit comes with the item; an amount entered before it waits.
        return Finding(used=counts | frozenset(clue.index for clue in form.entries(wanted.name)))
    by_hand = entered(wanted, form, item.unit)
    if by_hand:
        return Finding(value=by_hand.value, used=by_hand.used | counts, problems=by_hand.problems)
    measured = measures(form, item.unit)
    if len(measured) > 1:
        problem = refusal("two_quantities", first=str(measured[0]), second=str(measured[1]))
        return Finding(used=counts, problems=(problem,))
    held = form.content()
    if measured or held:
        return Finding(value=held.quantity if held else measured[0], used=counts)
    amounts = [Quantity(amount, item.unit) for amount in _counted(form, item) if amount]
    if len(amounts) > 1:
        problem = refusal("two_quantities", first=str(amounts[0]), second=str(amounts[1]))
        return Finding(used=counts, problems=(problem,))
    return Finding(value=amounts[0] if amounts else None, used=counts)
