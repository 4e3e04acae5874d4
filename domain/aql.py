"""Acceptance sampling by attributes: ISO 2859-1:1999, single sampling, normal inspection, levels I and II.

Table 2-A is regular: along every row the numbers follow the same sequence, moved by one column for each letter. So it
is worked out here, and the tests compare it with the printed rows.
"""

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

AQLS = tuple(
    map(
        Decimal,
        (
            *(
                "0.010",
                "0.015",
                "0.025",
                "0.040",
                "0.065",
                "0.10",
                "0.15",
                "0.25",
                "0.40",
                "0.65",
                "1.0",
                "1.5",
                "2.5",
            ),
            *("4.0", "6.5", "10", "15", "25", "40", "65", "100", "150", "250", "400", "650", "1000"),
        ),
    )
)
"""The preferred acceptance quality limits: nonconforming items per 100, above 10 nonconformities per 100."""

LETTERS = "ABCDEFGHJKLMNPQR"
SAMPLE_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)

_LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000)
"""The largest lot of each row of Table 1; the last row has no end."""
_ROWS = {"I": "AABCCDEFGHJKLMN", "II": "ABCDEFGHJKLMNPQ"}

_ZERO = 14
"""Letter and limit, counted from 0, add up to this where the acceptance number is 0."""
_ONWARD = (1, 2, 3, 5, 7, 10, 14, 21)
"""Acceptance numbers from three columns further on."""
_FURTHER = (30, 44)
"""And behind those, as far as letter E."""
_LETTERS_FURTHER = 5


class Level(StrEnum):
    """The general inspection levels: how large a sample is for a lot. II unless agreed otherwise."""

    I = "I"  # noqa: E741 (what the standard calls it)
    II = "II"


class Plan(Struct, frozen=True, kw_only=True):
    """How many to look at, and with how many nonconforming the lot is still taken."""

    letter: str
    sample: int
    accept: int

    @property
    def reject(self) -> int:
        """Return with how many nonconforming the lot is rejected."""
        return self.accept + 1

    def passes(self, nonconforming: int) -> bool:
        """Tell whether the lot is taken."""
        return nonconforming <= self.accept


def plan(lot: int, aql: Decimal, level: Level = Level.II) -> Plan:
    """Return the plan for a lot of so many pieces; the sample is the whole lot where it would be larger.

    Raises ValueError for a lot below 2 and for a limit that is not one of AQLS.
    """
    if lot < 2:  # noqa: PLR2004 (Table 1 begins there)
        raise ValueError(f"a lot has 2 pieces or more, not {lot}")
    if aql not in AQLS:
        raise ValueError(f"{aql} is not one of the preferred limits {', '.join(map(str, AQLS))}")
    row = sum(lot > most for most in _LOTS)
    letter, column = LETTERS.index(_ROWS[level][row]), AQLS.index(aql)
    while isinstance(found := _cell(letter, column), Arrow):
        letter += 1 if found is Arrow.DOWN else -1
    return Plan(letter=LETTERS[letter], sample=min(SAMPLE_SIZES[letter], lot), accept=found)


class Arrow(StrEnum):
    """The first plan below, or above, is used instead."""

    DOWN = "down"
    UP = "up"


def _cell(letter: int, column: int) -> int | Arrow:
    """Return what Table 2-A says in a row and column: an acceptance number or an arrow."""
    along = letter + column - _ZERO
    numbers = (*_ONWARD, *(_FURTHER if letter < _LETTERS_FURTHER else ()))
    match along:
        case 0:
            return 0
        case 1:
            return Arrow.UP if letter else Arrow.DOWN
        case 2:
            return Arrow.DOWN if letter < len(LETTERS) - 1 else Arrow.UP
        case _ if along < 0:
            return Arrow.DOWN
        case _ if along - 3 < len(numbers):
            return numbers[along - 3]
        case _:
            return Arrow.UP
