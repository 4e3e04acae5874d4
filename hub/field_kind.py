"""What a field of master data can hold: how its text is read, how it is typed in, and what it is when empty."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from hub.cells import (
    Read,
    Value,
    as_amount,
    as_code,
    as_day,
    as_days,
    as_flag,
    as_list,
    as_number,
    as_positive,
    as_text,
    as_unit,
    as_whole,
    one_of,
)
from hub.spreadsheet import CELL_CHARS_MAX

Input = Literal["text", "area", "source", "number", "date", "flag", "choice", "unit", "rights"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """One kind of field. `read` makes a value of a text that is not empty, or raises CellError; `input` is its widget.

    `choices` are the values of a closed vocabulary; their words are `<choice_words>.<value>`. `refers_to` is the object
    whose records the value (or each value of a list) names, `unknown` the refusal of one that is not there.
    `chars_max`: the longest text its widget takes.
    """

    read: Read
    value: type | object
    input: Input = "text"
    empty: Value = ""
    choices: tuple[str, ...] = ()
    choice_words: str = ""
    refers_to: str = ""
    unknown: str = "import.unknown_reference"
    chars_max: int = CELL_CHARS_MAX

    @property
    def is_list(self) -> bool:
        """Tell whether it holds several values."""
        return self.empty == () and isinstance(self.empty, tuple)


TEXT = FieldKind(read=as_text, value=str)
LONG_TEXT = FieldKind(read=as_text, value=str, input="area")
CODE = FieldKind(read=as_code, value=str)
CODES = FieldKind(read=as_list, value=tuple[str, ...], empty=())
FLAG = FieldKind(read=as_flag, value=bool, input="flag", empty=False)
NUMBER = FieldKind(read=as_number, value=Decimal | None, input="number", empty=None)
AMOUNT = FieldKind(read=as_amount, value=Decimal | None, input="number", empty=None)
POSITIVE = FieldKind(read=as_positive, value=Decimal | None, input="number", empty=None)
DAYS = FieldKind(read=as_days, value=int | None, input="number", empty=None)
WHOLE = FieldKind(read=as_whole, value=int | None, input="number", empty=None)
DAY = FieldKind(read=as_day, value=str, input="date")
UNIT = FieldKind(read=as_unit, value=str, input="unit")


def choice(words: str, /, **values: tuple[str, ...]) -> FieldKind:
    """Return a closed vocabulary: value = further words it is known by in files. `words`: where its own words stand."""
    return FieldKind(
        read=one_of(**values), value=str, input="choice", choices=tuple(values), choice_words=words
    )


def reference(name: str, unknown: str = "import.unknown_reference") -> FieldKind:
    """Return the kind of a field that names a record of another object."""
    return FieldKind(read=as_code, value=str, refers_to=name, unknown=unknown)


def references(name: str) -> FieldKind:
    """Return the kind of a field that names several records of another object."""
    return FieldKind(read=as_list, value=tuple[str, ...], empty=(), refers_to=name)
