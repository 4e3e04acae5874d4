"""Pallet labels 托盘标签, from the sales order on the pallet. The SSCC is typed: it is the company's own."""

from collections.abc import Mapping

from domain.label_words import in_both
from domain.plan import Plan
from hub.label_source import LabelSource
from hub.reference import ReferenceData


def _fill(order: Plan, known: ReferenceData) -> Mapping[str, str]:
    partner = known.place(order.partner)
    found = (known.item(one) for one in dict.fromkeys(line.item for line in order.lines))
    items = [one for one in found if one]
    lots = {line.lot for line in order.lines}
    filled = {
        "partner": in_both(partner.names) if partner else str(order.partner),
        "order_number": order.number,
        "lot": lots.pop() if len(lots) == 1 else "",
    }
    if len(items) == 1:  # a pallet of one item says which
        filled |= {"item_name_zh": items[0].names.zh, "item_name_en": items[0].names.en}
    return filled


SOURCE = LabelSource(object="sales_orders", fill=_fill)
