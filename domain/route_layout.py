"""How a route is drawn: operations in columns from left to right, in rows with few lines that cross. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from domain.route import OperationCode, Route

_SWEEPS = 4
"""So often the rows are put in order by their neighbours; more changes nothing in routes of this size."""


class Spot(Struct, frozen=True, kw_only=True):
    """Where an operation stands: column and row, counted from 0. Rows may lie between two others."""

    operation: OperationCode
    column: int
    row: float


class Layout(Struct, frozen=True, kw_only=True):
    """A route as it is drawn. `edges` lead from an operation to one that takes over from it."""

    spots: tuple[Spot, ...]
    edges: tuple[tuple[OperationCode, OperationCode], ...]
    columns: int
    rows: int


def layout(route: Route) -> Layout:
    """Return where each operation of a sound route stands: every one to the right of all that come before it.

    An operation stands as late as it can, next to what it leads to: a collar is drawn beside the body it waits for.
    """
    columns = _columns(route)
    rows = _rows(route, columns)
    tallest = max((len(one) for one in rows), default=0)
    spots = [
        Spot(operation=code, column=column, row=(tallest - len(codes)) / 2 + row)
        for column, codes in enumerate(rows)
        for row, code in enumerate(codes)
    ]
    edges = [(before, step.operation) for step in route.steps for before in step.after]
    return Layout(spots=tuple(spots), edges=tuple(edges), columns=len(rows), rows=tallest)


def _columns(route: Route) -> Mapping[OperationCode, int]:
    """Return the column of each operation: as late as what follows allows, the last ones all at the right edge."""
    longest = {step.operation: len(_longest(route, step.operation, {})) for step in route.steps}
    width = max(longest.values(), default=0)
    return {code: width - length for code, length in longest.items()}


def _longest(
    route: Route, code: OperationCode, known: dict[OperationCode, tuple[OperationCode, ...]]
) -> tuple[OperationCode, ...]:
    """Return the longest way from an operation to the end of the route, itself included."""
    if code not in known:
        onward = [_longest(route, step.operation, known) for step in route.next_of(code)]
        known[code] = (code, *max(onward, key=len, default=()))
    return known[code]


def _rows(route: Route, columns: Mapping[OperationCode, int]) -> Sequence[Sequence[OperationCode]]:
    """Return the operations of each column from top to bottom: near what they come from and lead to."""
    width = max(columns.values(), default=-1) + 1
    rows: list[list[OperationCode]] = [
        [step.operation for step in route.steps if columns[step.operation] == column]
        for column in range(width)
    ]
    before = {step.operation: step.after for step in route.steps}
    after = {
        step.operation: tuple(one.operation for one in route.next_of(step.operation)) for step in route.steps
    }
    for sweep in range(_SWEEPS):
        neighbours = (before, after)[sweep % 2]
        for codes in rows if sweep % 2 == 0 else rows[::-1]:
            at = {code: row - len(found) / 2 for found in rows for row, code in enumerate(found)}
            middle = {
                code: sum(at[one] for one in neighbours[code]) / len(neighbours[code])
                if neighbours[code]
                else at[code]
                for code in codes
            }
            codes.sort(key=lambda code, middle=middle: middle[code])
    return rows
