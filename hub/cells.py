"""What one cell of an imported file may say: texts, numbers, yes or no, dates, codes; each with its own refusal."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from domain.document import document_types
from domain.problem import Problem, Severity
from domain.quantity import DECIMALS_MAX, VALUE_BELOW
from domain.units import UNITS, find_unit
from hub.spreadsheet import CELL_CHARS_MAX, DAMAGE

Value = str | bool | int | Decimal | tuple[str, ...] | None
Read = Callable[[str], Value]

CODE_CHARS_MAX = 120
LIST_ITEMS_MAX = 200

_YES = frozenset({"1", "y", "yes", "true", "是", "对", "√", "✓", "t"})
_NO = frozenset({"0", "n", "no", "false", "否", "不", "×", "x", "f"})
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,20})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?", re.ASCII)
_LIST_SEPARATORS = re.compile(r"[,;，；、|\s]+")


class CellError(ValueError):
    """A cell cannot be used. `column` and `row` are set where the reader of a single cell cannot know them."""

    def __init__(self, code: str, /, *, column: str = "", row: int = 0, **parameters: object) -> None:
        super().__init__(code)
        self.problem = Problem(
            code=code,
            severity=Severity.refusal,
            parameters={name: str(value) for name, value in parameters.items()},
        )
        self.column = column
        self.row = row


def as_text(text: str) -> str:
    """Take a text as it stands, unless it is damaged or endless."""
    if DAMAGE in text:
        raise CellError("import.cell_damaged", value=text)
    if len(text) > CELL_CHARS_MAX:
        raise CellError("import.cell_too_long", limit=CELL_CHARS_MAX)
    return text


def as_code(text: str) -> str:
    """Take a number or code: one line, at most CODE_CHARS_MAX characters, full-width characters made plain."""
    code = unicodedata.normalize("NFKC", as_text(text)).strip()
    if len(code) > CODE_CHARS_MAX:
        raise CellError("import.cell_too_long", limit=CODE_CHARS_MAX)
    if "\n" in code or "\t" in code:
        raise CellError("import.cell_damaged", value=code)
    return code


def as_flag(text: str) -> bool:
    """Take a yes or a no, in either language."""
    word = unicodedata.normalize("NFKC", as_text(text)).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError("import.not_yes_or_no", value=text)


def as_number(text: str) -> Decimal:
    """Take an exact number. A single comma is refused: it means thousands here and decimals there."""
    plain = unicodedata.normalize("NFKC", as_text(text)).replace(" ", "")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise CellError("import.not_a_number", value=text)
    value = Decimal(plain)
    if value != round(value, DECIMALS_MAX):
        raise CellError("import.too_many_decimals", value=text, limit=DECIMALS_MAX)
    if abs(value) >= VALUE_BELOW:
        raise CellError("import.number_too_large", value=text)
    return value


def as_positive(text: str) -> Decimal:
    """Take an exact number above zero."""
    value = as_number(text)
    if value <= 0:
        raise CellError("import.not_above_zero", value=text)
    return value


def as_amount(text: str) -> Decimal:
    """Take an exact number, zero or above."""
    value = as_number(text)
    if value < 0:
        raise CellError("import.below_zero", value=text)
    return value


def as_days(text: str) -> int:
    """Take a whole number of days, minutes or pieces, zero or above."""
    value = as_amount(text)
    if value != value.to_integral_value():
        raise CellError("import.not_whole", value=text)
    return int(value)


def as_whole(text: str) -> int:
    """Take a whole number from 1."""
    value = as_number(text)
    if value != value.to_integral_value() or value < 1:
        raise CellError("import.not_a_line_number", value=text)
    return int(value)


def as_day(text: str) -> str:
    """Take a date, year first, and return it as ISO 8601."""
    found = _DATE.match(unicodedata.normalize("NFKC", as_text(text)))
    if found is None:
        raise CellError("import.not_a_date", value=text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError as error:
        raise CellError("import.not_a_date", value=text) from error


def as_time(text: str) -> str:
    """Take a time of day and return it as 07:30."""
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", as_text(text)))
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - the clock's own
        raise CellError("import.not_a_time", value=text)
    return f"{int(found[1]):02}:{found[2]}"


def as_document_types(text: str) -> tuple[str, ...]:
    """Take the codes of document types."""
    types = tuple(word.upper() for word in as_list(text))
    unknown = next((one for one in types if one not in document_types()), None)
    if unknown:
        raise CellError("import.unknown_document_type", value=unknown, known=", ".join(document_types()))
    return types


def as_unit(text: str) -> str:
    """Take a unit by its code, symbol or word in either language ("KGM", "kg", "千克", "公斤")."""
    word = unicodedata.normalize("NFKC", as_text(text)).casefold()
    names = {
        name.casefold(): unit.code for unit in UNITS.values() for name in (unit.symbol, unit.zh, unit.en)
    }
    names |= {"公斤": "KGM", "个": "C62", "匹": "XRO", "只": "C62", "pc": "C62", "kgs": "KGM"}
    code = word.upper() if find_unit(word.upper()) else names.get(word)
    if code is None:
        raise CellError("import.unknown_unit", value=text, known=", ".join(UNITS))
    return code


def as_list(text: str, limit: int = LIST_ITEMS_MAX) -> tuple[str, ...]:
    """Take several codes, at most `limit`, separated by commas, semicolons, bars or blanks of either language."""
    parts = tuple(dict.fromkeys(as_code(part) for part in _LIST_SEPARATORS.split(text) if part))
    if len(parts) > limit:
        raise CellError("import.list_too_long", limit=limit)
    return parts


def one_of(**words: tuple[str, ...]) -> Read:
    """Return the reader of a closed vocabulary: value = the words it is known by, the value itself included."""
    table = {word.casefold(): value for value, names in words.items() for word in (value, *names)}

    def read(text: str) -> str:
        word = unicodedata.normalize("NFKC", as_text(text)).casefold()
        if word in table:
            return table[word]
        known = ", ".join(f"{names[0]} {value}" if names else value for value, names in words.items())
        alike = get_close_matches(word, table, n=1)
        if alike:
            raise CellError("import.unknown_word_meant", value=text, meant=alike[0], known=known)
        raise CellError("import.unknown_word", value=text, known=known)

    return read


def shown(value: Value) -> str:
    """Write a value as the reader of its column takes it: what is exported comes in again as the same."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case tuple():
            return ", ".join(value)
        case Decimal():
            return f"{value:f}"
        case int() | str():
            return str(value)
