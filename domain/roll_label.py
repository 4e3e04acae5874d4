"""The label of a received roll or package: what it says, and its quantities as GS1 element strings.

Its fields are those of the template `labels/templates/roll.toml`, which puts item number (AI 240), lot (AI 10), serial
(AI 21) and quantities into one code. Our serials travel as house codes, so that one scan of the label says everything
about the roll, also at a kiosk that has never heard of it.
"""

from collections.abc import Mapping

from domain.barcodes.house import HouseType, house_code
from domain.events.documents import Value
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.line import goods_of, quantity_of, text_of
from domain.quantity import Quantity
from domain.units import find_unit

TEMPLATE = "roll"

# GS1 General Specifications, section 3: AI 310n to 315n take six digits, n of them decimals (0 to 5); AI 30 up to
# eight.
_MEASURE_AIS = {"KGM": "310", "MTR": "311", "MTK": "314", "LTR": "315"}
_MEASURE_DIGITS = 6
_MEASURE_DECIMALS_MAX = 5
_COUNT_DIGITS_MAX = 8


def roll_label(line: RecordedLine, header: Mapping[str, Value], facts: Facts) -> LabelRequested:
    """Ask for the label of what a line received."""
    goods, quantity, second = goods_of(line), quantity_of(line), quantity_of(line, "second_quantity")
    item, supplier = facts.item(goods.item), facts.place(text_of(header.get("partner")))
    data = {
        "item_number": item.number if item else goods.item,
        "item_name_zh": item.names.of("zh-CN") if item else "",
        "item_name_en": item.names.of("en") if item else "",
        "lot": goods.lot,
        "serial": house_code(HouseType.HANDLING_UNIT, goods.handling_unit) if goods.handling_unit else "",
        "quantity": quantity.text if quantity else "",
        "unit": _symbol(quantity),
        "second_quantity": second.text if second else "",
        "second_unit": _symbol(second),
        "measures": measures(quantity, second),
        "supplier": supplier.names.of("zh-CN") if supplier else "",
        "order_number": text_of(header.get("plan")),
        "document_number": line.document,
        "date": f"{line.event_time:%Y-%m-%d}",
    }
    return LabelRequested(job="", template=TEMPLATE, data=data, serial=goods.handling_unit)


def _symbol(quantity: Quantity | None) -> str:
    unit = find_unit(quantity.unit) if quantity else None
    return unit.symbol if unit else quantity.unit if quantity else ""


def measures(*quantities: Quantity | None) -> str:
    """Return the bracketed GS1 element string of some quantities: measures before the variable-length count."""
    parts = [_measure(one) for one in quantities if one is not None]
    return "".join(sorted(parts, key=lambda part: part.startswith("(30)")))


def _measure(quantity: Quantity) -> str:
    family = _MEASURE_AIS.get(quantity.unit)
    exponent = quantity.value.as_tuple().exponent
    if family is None or not isinstance(exponent, int) or -exponent > _MEASURE_DECIMALS_MAX:
        return ""
    digits = f"{quantity.value:f}".replace(".", "").lstrip("0").zfill(_MEASURE_DIGITS)
    is_exact = digits.isdecimal() and len(digits) == _MEASURE_DIGITS
    return f"({family}{-exponent}){digits}" if is_exact else ""


def _count(quantity: Quantity) -> str:
    unit = find_unit(quantity.unit)
    is_count = unit is not None and unit.decimals == 0 and quantity.text.isdecimal()
    return f"(30){quantity.text}" if is_count and len(quantity.text) <= _COUNT_DIGITS_MAX else ""
