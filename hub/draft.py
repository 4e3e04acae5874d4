"""What somebody wants a record to say, every cell of it sound: from a form, a request or the rows of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hub.cells import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a record. `row` is where it stands in a file, counted from 1 in a form."""

    row: int
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """Return a text field's value."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> Decimal:
        """Return a number field's value; zero where it is empty."""
        value = self.values.get(name)
        return value if isinstance(value, Decimal) else Decimal(0)

    def codes(self, name: str) -> tuple[str, ...]:
        """Return a list field's values."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record as it should be. `row` is its first row in a file, 0 elsewhere."""

    values: Mapping[str, Value]
    lines: tuple[Line, ...] = field(default=())
    row: int = 0

    def text(self, name: str) -> str:
        """Return a text field's value."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """Tell whether a yes-or-no field says yes."""
        return self.values.get(name) is True

    def list(self, name: str) -> tuple[str, ...]:
        """Return a list field's values."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()
