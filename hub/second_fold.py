"""Every movement added up a second time, by the database itself, to be compared with the balances the projector made.

It shares nothing with the first fold but the journal: no code, no cache, no arithmetic in Python.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

Account = tuple[str, ...]
"""Place, item, lot, handling unit, grade, owner, unit, second unit: the key of `balances` after the plant."""

_NAMES = ("place", "item", "lot", "handling_unit", "grade", "owner", "unit", "second_unit")
_KEY = ", ".join(_NAMES)
_GOODS = ", ".join(_NAMES[1:])


def _both_sides(values: str = "") -> str:
    """Return the two sides of the movements in a range of positions, as SQL."""
    gets = values and f", value, {values}"
    gives = values and f", -value, -{values}"
    where = "FROM movements WHERE plant = :plant AND position > :after AND position <= :through"
    return f"SELECT target AS place, {_GOODS}{gets} {where} UNION ALL SELECT source AS place, {_GOODS}{gives} {where}"


def _same(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} = {right}.{name}" for name in _NAMES)


_DIFFERS = "(coalesce(a.value, 0) <> coalesce(b.value, 0) OR coalesce(a.second, 0) <> coalesce(b.second, 0))"
_SETTLED = "coalesce(b.position, 0) <= :through"
"""A balance that moved on since says nothing about the position that is compared."""
_BOTH = "coalesce(b.value, 0) AS book, coalesce(a.value, 0) AS folded"

_FOLD = text(
    f"INSERT INTO audit_balances (plant, {_KEY}, value, second) "  # noqa: S608 (our own words)
    f"SELECT :plant, {_KEY}, CAST(sum(value) AS BIGINT), CAST(sum(second) AS BIGINT) "
    f"FROM ({_both_sides('second')}) AS moved WHERE true GROUP BY {_KEY} "
    f"ON CONFLICT (plant, {_KEY}) DO UPDATE SET "
    "value = audit_balances.value + excluded.value, second = audit_balances.second + excluded.second"
)
_TOUCHED = text(
    f"SELECT {', '.join(f't.{name}' for name in _NAMES)}, {_BOTH} "  # noqa: S608 (our own words)
    f"FROM (SELECT DISTINCT {_KEY} FROM ({_both_sides()}) AS moved) AS t "
    f"LEFT JOIN audit_balances a ON a.plant = :plant AND {_same('a', 't')} "
    f"LEFT JOIN balances b ON b.plant = :plant AND {_same('b', 't')} "
    f"WHERE {_DIFFERS} AND {_SETTLED} LIMIT :most"
)
_ONE = text(
    f"SELECT {_BOTH} FROM (SELECT 1 AS one) AS here "  # noqa: S608 (our own words)
    f"LEFT JOIN audit_balances a ON a.plant = :plant AND {' AND '.join(f'a.{one} = :{one}' for one in _NAMES)} "
    f"LEFT JOIN balances b ON b.plant = :plant AND {' AND '.join(f'b.{one} = :{one}' for one in _NAMES)} "
    f"WHERE {_DIFFERS} AND {_SETTLED}"
)


def _rolling(walked: str, first: str, other: str, *, is_from_start: bool) -> Any:
    """Return the question for the next rows of a table, each with its counterpart."""
    names = ", ".join(f"{first}.{name}" for name in _NAMES)
    after = "" if is_from_start else f" AND ({names}) > ({', '.join(f':{name}' for name in _NAMES)})"
    joined = "audit_balances" if walked == "balances" else "balances"
    return text(
        f"SELECT {names}, {_BOTH}, ({_DIFFERS} AND {_SETTLED}) AS differs FROM {walked} {first} "  # noqa: S608 (our own words)
        f"LEFT JOIN {joined} {other} ON {other}.plant = :plant AND {_same(other, first)} "
        f"WHERE {first}.plant = :plant{after} ORDER BY {names} LIMIT :most"
    )


_WALKS = {
    (walked, is_from_start): _rolling(walked, first, other, is_from_start=is_from_start)
    for walked, first, other in (("balances", "b", "a"), ("audit_balances", "a", "b"))
    for is_from_start in (True, False)
}

Differing = tuple[Account, int, int]
"""An account, what the balance says, and what the second fold says; millionths."""


class Rolled(NamedTuple):
    """What a rolling look found, and where the next one begins (empty: from the start)."""

    differing: Sequence[Differing]
    balance: Account
    folded: Account


def fold(connection: Connection, plant: str, after: int, through: int) -> None:
    """Add the movements of a range of positions to the second fold."""
    if through > after:
        connection.execute(_FOLD, {"plant": plant, "after": after, "through": through})


def compare_touched(
    connection: Connection, plant: str, after: int, through: int, most: int
) -> Sequence[Differing]:
    """Return where the two folds differ among the accounts that a range of positions touched."""
    if through <= after:
        return ()
    given = {"plant": plant, "after": after, "through": through, "most": most}
    return [_differing(row) for row in connection.execute(_TOUCHED, given)]


def compare_account(connection: Connection, plant: str, account: Account, through: int) -> Differing | None:
    """Return how the two folds differ in one account; None where they agree."""
    given = {"plant": plant, "through": through, **dict(zip(_NAMES, account, strict=True))}
    row = connection.execute(_ONE, given).first()
    return (account, int(row.book), int(row.folded)) if row else None


def roll(  # noqa: PLR0917 (two walks' places)
    connection: Connection, plant: str, through: int, balance: Account, folded: Account, most: int
) -> Rolled:
    """Compare the next accounts of both tables, whichever of the two has a row."""
    in_balances, next_balance = _walk(connection, "balances", plant, through, balance, most)
    in_folded, next_folded = _walk(connection, "audit_balances", plant, through, folded, most)
    return Rolled([*in_balances, *in_folded], next_balance, next_folded)


def _walk(  # noqa: PLR0917 (as above)
    connection: Connection, walked: str, plant: str, through: int, after: Account, most: int
) -> tuple[Sequence[Differing], Account]:
    given: dict[str, Any] = {"plant": plant, "through": through, "most": most}
    given |= dict(zip(_NAMES, after, strict=False))
    rows = connection.execute(_WALKS[walked, not after], given).all()
    at = tuple(getattr(rows[-1], name) for name in _NAMES) if len(rows) == most else ()
    return [_differing(row) for row in rows if row.differs], at


def _differing(row: Row[Any]) -> Differing:
    return tuple(getattr(row, name) for name in _NAMES), int(row.book), int(row.folded)
