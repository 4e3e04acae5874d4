"""Goods as they really are, and what really happened to them: what no scan knows, and the books must come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from domain.bundle import Bundle
from domain.route import OperationCode
from tests.factory.styles import Style

Cell = tuple[str, str, str, str]
"""Order, colour, size, component."""


@dataclass(slots=True, kw_only=True, eq=False)
class Goods:
    """A bundle in somebody's hands. `pieces` are really there; `told` is how many its books say. `since`: lying here.

    `todo`: how many are to be done where it waits; `unseen`: how many fewer were told of last than stations out of
    touch know. `hidden`: pieces with a defect nobody saw, by the operation that made it. `known`, `changed`: since
    which tick the hub knows it, and its newest ticket or panels; `heard`: since which it knows an operation done.
    `copy`: the live ticket's number. `by`: where each operation was done; `born_at`: where it was made a bundle.
    `built_on`: whose finish cannot be taken back any more, because pieces went back or were cut anew.
    """

    bundle: Bundle
    style: Style
    line: int
    pieces: int
    told: int
    todo: int
    born_at: str
    since: int = -1
    unseen: int = 0
    hidden: Counter[OperationCode] = field(default_factory=Counter[OperationCode])
    known: int | None = None
    changed: int = -1
    heard: dict[OperationCode, int] = field(default_factory=dict[OperationCode, int])
    by: dict[OperationCode, str] = field(default_factory=dict[OperationCode, str])
    copy: int = 1
    is_helped: bool = False
    built_on: set[OperationCode] = field(default_factory=set[OperationCode])

    @property
    def cell(self) -> Cell:
        """Which order, colour, size and component it is of."""
        one = self.bundle
        return (one.order, one.colour, one.size, one.component)

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it is to be done, and as many pieces are there as the books say."""
        return self.pieces == self.told == self.todo


@dataclass(slots=True, kw_only=True)
class Truth:
    """What really happened, written down by the one who let it happen.

    `good`: pieces an operation really did well, those sent back taken off, by order and operation. The others are
    pieces by cell; `lost` counts a piece once somebody noticed, `joined` what a component went into. `planted`: every
    fraud and mistake, by kind.
    """

    good: Counter[tuple[str, OperationCode]] = field(default_factory=Counter[tuple[str, OperationCode]])
    cut: Counter[Cell] = field(default_factory=Counter[Cell])
    recut: Counter[Cell] = field(default_factory=Counter[Cell])
    seconds: Counter[Cell] = field(default_factory=Counter[Cell])
    scrap: Counter[Cell] = field(default_factory=Counter[Cell])
    lost: Counter[Cell] = field(default_factory=Counter[Cell])
    joined: Counter[Cell] = field(default_factory=Counter[Cell])
    packed: Counter[Cell] = field(default_factory=Counter[Cell])
    planted: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def plants(self, what: str, where: str) -> None:
        """Remember a fraud or mistake."""
        self.planted.setdefault(what, []).append(where)
