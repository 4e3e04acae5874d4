"""The label of a received roll or package: what it says, and the GS1 element string its codes carry.

Our own item numbers travel as AI 240 and our own serials, which are house codes, as AI 21, so that one scan of the
label says everything about the roll, also at a kiosk that has never heard of it.
"""

from collections.abc import Mapping
from decimal import Decimal

from domain.barcodes.house import HouseType, house_code
from domain.events.documents import Value
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.item import Item
from domain.line import goods_of, quantity_of, text_of
from domain.quantity import Quantity
from domain.units import find_unit

TEMPLATE = "roll"
_MEASURE_AIS = {"KGM": "310", "MTR": "311", "MTK": "314", "LTR": "315"}
_MEASURE_DIGITS = 6


def roll_label(line: RecordedLine, header: Mapping[str, Value], facts: Facts) -> LabelRequested:
    """Ask for the label of what a line received."""
    goods, quantity, second = goods_of(line), quantity_of(line), quantity_of(line, "second_quantity")
    item = facts.item(goods.item)
    supplier = facts.place(text_of(header.get("partner")))
    serial = house_code(HouseType.HANDLING_UNIT, goods.handling_unit) if goods.handling_unit else ""
    data = {
        "item_number": item.number if item else goods.item,
        "name_zh": item.names.of("zh-CN") if item else "",
        "name_en": item.names.of("en") if item else "",
        "specification": item.specification if item else "",
        "lot": goods.lot,
        "quantity": shown(quantity),
        "second_quantity": shown(second),
        "supplier": supplier.names.of("zh-CN") if supplier else "",
        "order": text_of(header.get("plan")),
        "document": line.document,
        "date": f"{line.event_time:%Y-%m-%d}",
        "serial": serial,
        "gs1": element_string(item, goods.lot, quantity, second, serial) if item else "",
    }
    return LabelRequested(job="", template=TEMPLATE, data=data, serial=goods.handling_unit)


def shown(quantity: Quantity | None) -> str:
    """Return a quantity as a person reads it: `25.5 kg`; nothing for None."""
    if quantity is None:
        return ""
    unit = find_unit(quantity.unit)
    return f"{quantity.text} {unit.symbol if unit else quantity.unit}"


def element_string(
    item: Item, lot: str, quantity: Quantity | None, second: Quantity | None, serial: str
) -> str:
    """Return the bracketed GS1 element string; fixed-length elements first, as the General Specifications advise."""
    measures = [_measure(one) for one in (quantity, second) if one is not None]
    fixed = "".join(part for part in measures if part.startswith("(31"))
    variable = "".join(part for part in measures if not part.startswith("(31"))
    lot_part = f"(10){lot}" if lot else ""
    serial_part = f"(21){serial}" if serial else ""
    return f"{fixed}(240){item.number}{lot_part}{serial_part}{variable}"


def _measure(quantity: Quantity) -> str:
    """Return a measure (AI 31nn, 6 digits, the last digit of the AI tells the decimals) or a count (AI 30)."""
    family = _MEASURE_AIS.get(quantity.unit)
    whole = quantity.value == quantity.value.to_integral_value()
    if family is None:
        return f"(30){int(quantity.value)}" if whole else ""
    exponent = quantity.value.as_tuple().exponent
    decimals = min(max(0, -exponent), 3) if isinstance(exponent, int) else 0
    scaled = int(quantity.value.scaleb(decimals).quantize(Decimal(1)))
    text = str(scaled).zfill(_MEASURE_DIGITS)
    return f"({family}{decimals}){text}" if len(text) == _MEASURE_DIGITS else ""
