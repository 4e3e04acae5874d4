"""What truly happened: which rolls lie where, what people were told, and which copies of a fact were destroyed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from domain.log import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing a person did with goods, as their hands did it: so much of an item, from here to there."""

    item: str
    unit: str
    value: Decimal
    source: str
    target: str
    serial: str = ""
    takes_back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact somebody was told is stored."""

    device: str
    type: str
    fact: bytes


@dataclass(slots=True, kw_only=True)
class Roll:
    """A roll of cloth with our label on it, where it lies."""

    serial: str
    value: Decimal
    place: str


class Oracle:
    """Knows the floor. It hears of facts only from people and from the hands that destroy things."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.acts: dict[str, Act] = {}
        self.gone: set[str] = set()
        self.rolls: dict[str, Roll] = {}
        self.weights: dict[str, Decimal] = {}
        """What each lot weighs: every roll that comes has a lot of its own."""
        self.serials: Counter[str] = Counter()
        self.twins: set[str] = set()
        """Devices whose log existed twice for a while: their numbers may have been given twice."""

    def tell(self, envelope: Envelope) -> None:
        """Somebody saw and heard that this is stored."""
        known = self.told.get(envelope.event_id)
        fresh = Told(device=envelope.device, type=envelope.type, fact=bytes(envelope.fact))
        assert known in (None, fresh), f"one event id for two facts: {envelope.event_id}"
        self.told[envelope.event_id] = fresh
        self.gone.discard(envelope.event_id)

    def destroy(self, held: set[str], elsewhere: set[str]) -> None:
        """A copy of these facts is destroyed; those that are nowhere else are lost, and nobody can be blamed."""
        self.gone |= held - elsewhere

    def expected(self, booked: set[str]) -> dict[tuple[str, str, str], Decimal]:
        """Return what lies where by the hands' own account, for the acts among these facts: (place, item, unit)."""
        lies: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        taken_back: set[str] = set()
        for event_id, act in self.acts.items():
            if act.takes_back in taken_back:
                continue  # a line can be taken back once, however many say so
            if act.takes_back and act.takes_back not in booked:
                continue  # the line itself was destroyed: there is nothing to take back
            if event_id in booked:
                taken_back |= {act.takes_back} - {""}
                lies[act.source, act.item, act.unit] -= act.value
                lies[act.target, act.item, act.unit] += act.value
        return {key: value for key, value in lies.items() if value}
