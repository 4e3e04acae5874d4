"""Stations of the factory: each writes a log of its own, and what it wrote reaches the hub when it is in touch."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from domain.event import Event
from domain.log import Envelope, Head, Recorded, encode_fact, seal
from domain.route import OperationCode
from tests.factory.goods import Goods

PLANT = "P1"
SOFTWARE = "factory"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


Sending = tuple[Recorded, Sequence[Goods], OperationCode | None]
"""An entry to be sent; which goods the hub knows by it, or the operation of them it then knows to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What somebody does at a station just now. `pieces` is what they checked in on.

    `is_false`: the goods are elsewhere, or the ticket was void; `is_watched`: nothing goes wrong with it.
    """

    job: str
    goods: Goods
    pieces: int
    people: tuple[str, ...]
    is_false: bool = False
    is_watched: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Station:
    """One kiosk. `offline_until` and `offline_since` are ticks; `pending`: written and not sent yet."""

    name: str
    code: str
    unit: str
    line: int
    operation: OperationCode | None
    crew: tuple[str, ...] = ()
    people_at_once: int = 1
    queue: deque[Goods] = field(default_factory=deque[Goods])
    work: Work | None = None
    false_work: Work | None = None
    offline_since: int = 0
    offline_until: int = 0
    head: Head = field(default_factory=Head)
    pending: list[Sending] = field(default_factory=list[Sending])
    numbers: int = 0
    last_finish: tuple[str, Goods, str] | None = None

    def is_offline(self, tick: int) -> bool:
        """Tell whether the hub does not hear it."""
        return self.offline_since <= tick < self.offline_until

    def next_name(self, letter: str = "") -> str:
        """Return a name nothing else has: the station's code, its epoch, a letter for the kind, a number."""
        self.numbers += 1
        digits, number = "", self.numbers
        for _ in range(6 - len(letter)):
            number, digit = divmod(number, len(ALPHABET))
            digits = ALPHABET[digit] + digits
        return f"{self.code}01{letter}{digits}"

    def says(
        self,
        event: Event,
        at: datetime,
        operator: str,
        some: Random,
        *,
        goods: Sequence[Goods] = (),
        finished: OperationCode | None = None,
        corrects: str = "",
    ) -> Recorded:
        """Write an event down. `finished`: the hub knows of this operation of these goods once it is sent."""
        high, low = some.getrandbits(12), some.getrandbits(62)
        values: dict[str, Any] = {"corrects": corrects} if corrects else {}
        entry = seal(
            Envelope(
                plant=PLANT,
                device=self.name,
                epoch=1,
                sequence=self.head.sequence + 1,
                event_id=f"{int(at.timestamp() * 1000):012x}7{high:03x}{0b10 << 62 | low:016x}",
                previous_digest=self.head.digest,
                type=type(event).__name__,
                schema=type(event).schema,
                fact=encode_fact(event),
                event_time=at,
                clock="synced",
                operator=operator,
                strength="badge",
                read_point="station",
                software=SOFTWARE,
                **values,
            )
        )
        self.head = entry.head
        self.pending.append((entry, goods, finished))
        return entry
