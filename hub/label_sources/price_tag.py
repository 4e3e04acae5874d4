"""Price tags 价格吊牌 of finished goods. The shop's price is typed: the price of an item is what we sell it for."""

from collections.abc import Mapping

from domain.item import Item
from domain.label_words import in_both
from domain.names import LANGUAGES, Names
from domain.words import speak
from hub.label_source import LabelSource, called_in_both
from hub.reference import ReferenceData

_EAN_DIGITS = 13


def _fill(item: Item, known: ReferenceData) -> Mapping[str, str]:
    return {
        "item_name_zh": item.names.zh,
        "item_name_en": item.names.en,
        "style": item.style or item.number,
        "colour": called_in_both("colours", item.colour, known),
        "size": item.size,
        "grade": _grade(item.grade),
        "ean": _ean(item),
    }


def _grade(grade: str) -> str:
    zh, en = (speak(one, f"object.grade.{grade}") if grade else "" for one in LANGUAGES)
    return in_both(Names(zh=zh, en=en))


def _ean(item: Item) -> str:
    """Return the first code of the item that a till reads: 13 digits, or 14 of which the first is 0."""
    codes = (one.code for one in item.codes if one.code.isdecimal())
    short = (one[1:] if len(one) > _EAN_DIGITS and one.startswith("0") else one for one in codes)
    return next((one for one in short if len(one) == _EAN_DIGITS), "")


SOURCE = LabelSource(object="finished_goods", fill=_fill)
