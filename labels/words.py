"""Words: what a label says in Chinese, English or both. `{缸号|Shade}` in a template are words in both languages."""

import re
from typing import Literal, cast

Languages = Literal["both", "zh-CN", "en"]
"""What a label speaks."""

WORDS_BAR = "|"  # between the Chinese and the English of words that are given

# {Chinese|English}; either may hold fields, as in {第 {copy} 张|copy {copy}}.
_WORDS = re.compile(r"\{((?:[^{}|]|\{[a-z0-9_]+\})*)\|((?:[^{}|]|\{[a-z0-9_]+\})*)\}")


def pair_said(chinese: str, english: str, languages: Languages) -> str:
    """A pair as a label says it; the other language stands in for one that is missing."""
    match languages:
        case "both":
            return " ".join(dict.fromkeys(filter(None, (chinese, english))))
        case "zh-CN":
            return chinese or english
        case "en":
            return english or chinese


def given_words(text: str, languages: Languages) -> str:
    """Words given in both languages, as 件|pcs; a text without the bar is said as it is."""
    chinese, is_pair, english = text.partition(WORDS_BAR)
    return pair_said(chinese.strip(), english.strip(), languages) if is_pair else text


def worded(value: object, languages: Languages) -> object:
    """The template's own words in the languages wanted, before any blank is filled."""
    match value:
        case str():
            return _WORDS.sub(lambda found: _words(found[1], found[2], languages), value)
        case list():
            return [worded(part, languages) for part in cast("list[object]", value)]
        case _:
            return value


def _words(chinese: str, english: str, languages: Languages) -> str:
    """Words said in one language only when they are empty in the other, unlike a pair of fields."""
    said = {"both": (chinese, english), "zh-CN": (chinese,), "en": (english,)}[languages]
    return " ".join(filter(None, said))
