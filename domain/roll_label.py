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
from domain.label_words import in_both
from domain.line import goods_of, quantity_of, text_of
from domain.names import Names
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
        "unit": unit_words(quantity),
        "second_quantity": second.text if second else "",
        "second_unit": unit_words(second),
        "measures": measures(quantity, second),
        "supplier": supplier.names.of("zh-CN") if supplier else "",
        "order_number": text_of(header.get("plan")),
        "document_number": line.document,
        "date": f"{line.event_time:%Y-%m-%d}",
    }
    return LabelRequested(job="", template=TEMPLATE, data=data, serial=goods.handling_unit)


def unit_words(quantity: Quantity | None) -> str:
    """Return a quantity's unit in both languages, as labels take it: `kg`, `筒|cone`; nothing for None."""
    if quantity is None:
        return ""
    unit = find_unit(quantity.unit)
    if unit is None:
        return quantity.unit
    return in_both(Names(zh=unit.zh, en=unit.symbol)) if unit.decimals == 0 else unit.symbol


def measures(quantity: Quantity | None, second: Quantity | None) -> str:
    """Return both quantities as bracketed GS1 element strings, fixed lengths first.

    A quantity GS1 cannot say exactly is left out, never rounded: the label's words still say it. Only one of the two
    can be a count, and only one of a unit can be a measure: the first one goes before.
    """
    if quantity and second and quantity.unit == second.unit:
        second = None  # a code that says one measure twice is no code at all
    fixed = "".join(_measure(one) for one in (quantity, second) if one)
    counts = [text for one in (quantity, second) if one and (text := _count(one))]
    return fixed + "".join(counts[:1])


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
