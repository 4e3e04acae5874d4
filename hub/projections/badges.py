"""Badges: one that worked at two far kiosks at one time was copied, or somebody worked on under another's name.

A stay is from showing the badge to the last thing its owner did there; that a screen was left open afterwards counts
for nothing. Stays are compared once they have ended, whatever kiosk sends its log first: the same two are found. Only
believable clocks are compared, and only kiosks of different warehouses: between two doors of one hall a person walks
to and fro while both screens are open.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from domain.event import Event
from domain.events.terminal import SignedOff, SignedOn
from hub.discrepancies import KEY_CHARS_MAX
from hub.projection import Fact, Handler, Projection
from hub.store.tables import badge_days, badge_doors

APART = timedelta(minutes=2)
"""So long two stays must lie over each other: clocks of kiosks that were away for long differ a little."""
STAY_DAYS_MAX = 3
STAYS_A_DAY_MAX = 500
"""Stays of one person on one day that are compared; nobody shows a badge more often."""


class BadgeDoorRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `badge_doors`: who is at a kiosk since when (empty: by a clock nobody believes)."""

    plant: str
    device: str
    person: str
    since: str
    position: int


class BadgeDayRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `badge_days`."""

    plant: str
    person: str
    day: str
    stays_json: str
    position: int


class Stay(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """When somebody worked at a kiosk."""

    device: str
    warehouse: str
    begin: datetime
    end: datetime

    def overlap(self, other: "Stay") -> timedelta:
        """Return how long this one and another lie over each other."""
        return min(self.end, other.end) - max(self.begin, other.begin)

    def is_far_from(self, other: "Stay") -> bool:
        """Tell whether the other one is where nobody walks to and fro: in another warehouse, both being known."""
        return "" not in (self.warehouse, other.warehouse) and self.warehouse != other.warehouse


class Badges(Projection):
    """Opens a discrepancy for each two stays of one badge that cannot both be its owner's."""

    name = "badges"

    def handlers(self) -> Mapping[type[Event], Handler]:
        self._doors = self.desk.rows(badge_doors, BadgeDoorRow)
        self._days = self.desk.rows(badge_days, BadgeDayRow)
        return {SignedOn: self._signed_on, SignedOff: self._signed_off}

    def _signed_on(self, fact: Fact, event: SignedOn) -> None:
        since = fact.envelope.event_time.isoformat() if fact.envelope.clock == "synced" else ""
        self._doors.save(BadgeDoorRow(fact.plant, fact.envelope.device, event.person, since, fact.position))

    def _signed_off(self, fact: Fact, event: SignedOff) -> None:
        device = fact.envelope.device
        door = self._doors.get((fact.plant, device))
        if door is None or door.person != event.person or not door.since:
            return
        self._doors.save(msgspec.structs.replace(door, since="", position=fact.position))
        begin = datetime.fromisoformat(door.since)
        end = fact.envelope.event_time - timedelta(seconds=event.idle_s)
        # A kiosk of an older version does not say how long nobody had been there.
        is_told = event.reason in ("asked", "other_badge") or event.idle_s > 0
        if fact.envelope.clock != "synced" or not is_told or end <= begin:
            return
        warehouse = self.desk.known.warehouse(device, fact.position)
        self._compare(fact, event.person, Stay(device=device, warehouse=warehouse, begin=begin, end=end))

    def _compare(self, fact: Fact, person: str, stay: Stay) -> None:
        for day in _days(stay):
            row = self._days.get((fact.plant, person, day))
            others = _read(row.stays_json) if row else ()
            for other in others:
                if stay.is_far_from(other) and stay.overlap(other) > APART:
                    self._open(fact, person, *sorted((stay, other), key=lambda one: (one.begin, one.device)))
            if len(others) < STAYS_A_DAY_MAX:
                stays = msgspec.json.encode(sorted((*others, stay), key=lambda one: (one.begin, one.device)))
                self._days.save(BadgeDayRow(fact.plant, person, day, stays.decode(), fact.position))

    def _open(self, fact: Fact, person: str, one: Stay, other: Stay) -> None:
        zone = ZoneInfo(self.desk.known.zone(fact.position))
        since = max(one.begin, other.begin).astimezone(zone)
        key = f"{one.device} {other.device} {since.astimezone(UTC):%Y-%m-%dT%H:%M:%S} {person}"[
            :KEY_CHARS_MAX
        ]
        about = {
            "person": person,
            "one": one.device,
            "other": other.device,
            "since": f"{since:%Y-%m-%d %H:%M}",
            "minutes": str(int(one.overlap(other).total_seconds() // 60)),
        }
        self.desk.discrepancies.open(fact, "badge_twice", key, detail=about)


def _days(stay: Stay) -> Iterator[str]:
    """Name the days (UTC) a stay touches; one that lasts for ever only the first few."""
    day: date = stay.begin.astimezone(UTC).date()
    for _ in range(STAY_DAYS_MAX):
        if day > stay.end.astimezone(UTC).date():
            return
        yield day.isoformat()
        day += timedelta(days=1)


def _read(text: str) -> Sequence[Stay]:
    return msgspec.json.decode(text, type=tuple[Stay, ...])


PROJECTION = Badges
