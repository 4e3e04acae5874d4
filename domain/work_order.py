"""Work orders 生产任务单: how many pieces of a style to make, in which colours and sizes, by when, by which route."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class OrderState(StrEnum):
    """How far a work order is."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


STOPPED = frozenset({OrderState.PAUSED, OrderState.FINISHED, OrderState.CANCELLED})
"""No work is begun on these."""


class OrderLine(Struct, frozen=True, kw_only=True):
    """How many pieces of one colour and size."""

    colour: str
    size: str
    pieces: int


class WorkOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order for the floor.

    `route`, `route_version`: the way its bundles go. `is_kitted` 齐套: all its material is there. `owner`: whose
    material it is made of, for an outside order 外单加工; ours where empty.
    """

    number: str
    style: str
    lines: tuple[OrderLine, ...]
    route: str
    route_version: int
    due: date | None = None
    state: OrderState = OrderState.NOT_STARTED
    is_kitted: bool = False
    owner: str = ""

    @property
    def pieces(self) -> int:
        """Return how many pieces are ordered altogether."""
        return sum(line.pieces for line in self.lines)

    def ordered(self, colour: str, size: str) -> int:
        """Return how many pieces of a colour and size are ordered."""
        return sum(line.pieces for line in self.lines if (line.colour, line.size) == (colour, size))
