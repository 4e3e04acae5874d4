"""The lot or dye lot: from the code (AI 10), from the handling unit, or entered; only for items that have lots."""

from domain.barcode import Lot
from domain.field import Field, Finding, Form
from domain.problem import refusal


def resolve(wanted: Field, form: Form) -> Finding:
    """Take the lot all codes agree on; an entry by hand wins over none, never over a code that differs."""
    scanned = [(clue, one.value) for clue in form.scans() for one in clue.elements if isinstance(one, Lot)]
    entered = [(clue, clue.given.text.strip()) for clue in form.entries(wanted.name)[-1:]]
    used = frozenset(clue.index for clue, _ in scanned) | {clue.index for clue in form.entries(wanted.name)}
    held = form.content()
    lots = list(dict.fromkeys(lot for _, lot in (*scanned, *entered) if lot))
    if held and held.goods.lot:
        lots = list(dict.fromkeys((*lots, held.goods.lot)))
    item = form.item()
    if item and not item.lot_managed:
        return Finding(used=used)
    if len(lots) > 1:
        return Finding(used=used, problems=(refusal("two_lots", first=lots[0], second=lots[1]),))
    return Finding(value=lots[0] if lots else None, used=used)
