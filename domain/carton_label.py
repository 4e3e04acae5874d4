"""The label of a carton: what is in it, size by size, and its number as the code that shipping scans.

Its fields are those of the template `labels/templates/carton.toml`. A carton numbered by an SSCC keeps it (AI 00); one
of our own numbers travels as house code.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.barcodes.house import HouseType, house_code
from domain.document import Posted
from domain.events.labels import LabelRequested
from domain.facts import Facts, RecordedLine
from domain.label_words import in_both
from domain.line import goods_of, quantity_of, text_of
from domain.names import LANGUAGES, Names
from domain.quantity import Quantity
from domain.roll_label import unit_words
from domain.words import speak

TEMPLATE = "carton"
SIZES_MAX = 8
"""As many sizes have a column on the label; of a carton with more the last column says that there are others."""
OTHERS = "…"
_SSCC_DIGITS = 18


def carton_labels(lines: Iterable[RecordedLine], posted: Posted, facts: Facts) -> tuple[LabelRequested, ...]:
    """Ask for the label of each carton that lines are about."""
    cartons: dict[str, list[RecordedLine]] = {}
    for line in lines:
        cartons.setdefault(goods_of(line).handling_unit, []).append(line)
    return tuple(_label(serial, held, posted, facts) for serial, held in cartons.items())


def _label(serial: str, lines: Sequence[RecordedLine], posted: Posted, facts: Facts) -> LabelRequested:
    goods, plan = goods_of(lines[0]), posted.plan
    item = facts.item(goods.item)
    partner = facts.place(text_of(posted.header.get("partner")) or (plan.partner if plan else ""))
    is_sscc = len(serial) == _SSCC_DIGITS and serial.isdecimal()
    total = _total(lines)
    data = {
        "style": (item.style or item.number) if item else goods.item,
        "item_name_zh": item.names.of("zh-CN") if item else "",
        "item_name_en": item.names.of("en") if item else "",
        "colour": _joined(_colours(lines, facts)),
        "lot": _joined(goods_of(one).lot for one in lines),
        "grade": _grade_words([goods_of(one).grade for one in lines if goods_of(one).grade]),
        "quantity": total.text if total else "",
        "unit": unit_words(total),
        **_sizes(lines, facts),
        "sscc": serial if is_sscc else "",
        "serial": "" if is_sscc else house_code(HouseType.HANDLING_UNIT, serial),
        "partner": partner.names.of("zh-CN") if partner else "",
        "order_number": plan.number if plan else "",
        "document_number": posted.document,
        "date": f"{lines[0].event_time:%Y-%m-%d}",
    }
    return LabelRequested(job="", template=TEMPLATE, data=data, serial=serial)


def _grade_words(grades: Sequence[str]) -> str:
    """Return the grades in the words of both languages; nothing for first quality."""
    zh, en = (_joined(speak(one, f"choice.grade.{grade}") for grade in grades) for one in LANGUAGES)
    return in_both(Names(zh=zh, en=en))


def _joined(words: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(filter(None, words)))


def _total(lines: Sequence[RecordedLine]) -> Quantity | None:
    """Return how much is in the carton; nothing where it is counted in several units."""
    amounts = [one for line in lines if (one := quantity_of(line))]
    if len({one.unit for one in amounts}) != 1:
        return None
    return Quantity(sum((one.value for one in amounts), Decimal(0)), amounts[0].unit)


def _colours(lines: Sequence[RecordedLine], facts: Facts) -> Iterable[str]:
    items = (facts.item(goods_of(one).item) for one in lines)
    return (item.colour for item in items if item)


def _sizes(lines: Sequence[RecordedLine], facts: Facts) -> dict[str, str]:
    """Return the columns of the size ratio: size and count of each."""
    counts: dict[str, Decimal] = {}
    for line in lines:
        item, quantity = facts.item(goods_of(line).item), quantity_of(line)
        size = (item.size or item.number) if item else goods_of(line).item
        counts[size] = counts.get(size, Decimal(0)) + (quantity.value if quantity else 0)
    columns = [(size, f"{count.normalize():f}") for size, count in counts.items()]
    if len(columns) > SIZES_MAX:
        columns = [*columns[: SIZES_MAX - 1], (OTHERS, OTHERS)]
    return {
        name: text
        for number, (size, count) in enumerate(columns, 1)
        for name, text in ((f"size_{number}", size), (f"count_{number}", count))
    }
