"""The factory at work: goods go from station to station, and things go wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from domain.bundle import Bundle, BundleSerial
from domain.events.production import BundlesCut, LaySpread, RollSpread
from domain.log import Recorded
from domain.names import Names
from domain.quantity import Quantity
from domain.route import OperationCode
from domain.staff import Person
from domain.work_order import WorkOrder
from tests.factory.goods import Goods, Truth
from tests.factory.judging import HELPED_SHARE, Judging, dishonest, unit_name
from tests.factory.line_records import DAY_MINUTES, LineDay, Lines
from tests.factory.sizes import Sizes
from tests.factory.stations import ALPHABET, Station
from tests.factory.styles import (
    COLOURS,
    FIRST_OF,
    HELPED,
    PACK,
    SECTION_OF,
    SIZES,
    Section,
    Style,
    draw,
    order_of,
)
from tests.factory.work import Hands

FIRST_DAY = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
"""A Monday, 8 o'clock in Shanghai."""
PIECES_MAX = 30
LAY_SETS = 30
STYLE_DAYS = 6
CLOSING_TICKS = 60
"""After the last day everybody is back in touch, and works a little on."""
LINE_OFFLINE, STATION_OFFLINE = 0.25, 0.0004
"""Each day a line loses its way to the hub with the one probability; each tick a station alone with the other."""
TWINNED = (OperationCode("SHOULDER"), OperationCode("HEM"))
"""Operations that two stations of a line do: where a bundle can be claimed at both."""


class Factory:
    """All of it. `arrived` yields what reaches the hub, in the order it does."""

    def __init__(self, sizes: Sizes, records: Sequence[LineDay] = ()) -> None:
        self.sizes, self.truth = sizes, Truth()
        self.some = Random(f"{sizes.seed}/factory")
        self._lines = Lines(sizes.seed, records)
        self.tick = 0
        self.ticks_a_day = sizes.sets + 12
        self.styles = [draw(number, self._lines, self.some) for number in range(1, 2 * sizes.lines + 1)]
        turns = 1 + (sizes.days - 1) // STYLE_DAYS
        drawn = [self.styles[number % len(self.styles)] for number in range(turns * sizes.lines)]
        self.orders = [order_of(number, style) for number, style in enumerate(drawn, 1)]
        self.style_of = {order.number: style for order, style in zip(self.orders, drawn, strict=True)}
        self.people: dict[str, Person] = {}
        self.stations: list[Station] = []
        self._named: dict[str, Station] = {}
        self._at: dict[tuple[int, OperationCode], list[Station]] = {}
        self._workers = {line: self._lines.workers() for line in range(1, sizes.lines + 1)}
        self._current: dict[int, tuple[WorkOrder, Style, int]] = {}
        self._set_up()
        self.judging = Judging(some=self.some, cheats=dishonest(sizes))
        self.hands = Hands(self)

    # the beginning

    def _set_up(self) -> None:
        self.cutting = self._station("CUT", "CUT", 0, None, 6)
        self.printing = self._station("TICKETS", "CUT", 0, None, 2)
        for line in range(1, self.sizes.lines + 1):
            for code, section in SECTION_OF.items():
                if section not in (Section.COLLAR, Section.FINISHING, Section.PACKING):
                    each = max(1, self._workers[line] // 16)
                    for twin in range(1 + (code in TWINNED)):
                        name = f"L{line:02d}-{code}" + ("-2" if twin else "")
                        self._at.setdefault((line, code), []).append(
                            self._station(name, unit_name(line, section), line, code, each)
                        )
        rooms = ((Section.COLLAR, self.sizes.collar_rooms), (Section.FINISHING, self.sizes.finishing_teams))
        for section, count in (*rooms, (Section.PACKING, 1)):
            for code in (one for one, own in SECTION_OF.items() if own is section):
                made = [
                    self._station(f"{section}-{n}-{code}", self._shop(section, n), 0, code, 4)
                    for n in range(1, count + 1)
                ]
                for one in made:
                    one.people_at_once = 1 + self.sizes.lines // count
                for line in range(1, self.sizes.lines + 1):
                    self._at[line, code] = [made[(line - 1) % count]]

    @staticmethod
    def _shop(section: Section, number: int) -> str:
        return str(section) if section is Section.PACKING else f"{section}-{number}"

    def _station(self, name: str, unit: str, line: int, code: OperationCode | None, crew: int) -> Station:
        number = len(self.stations)
        people = tuple(f"{2000 + len(self.people) + each}" for each in range(crew))
        for person in people:
            self.people[person] = Person(
                number=person, names=Names(zh=f"工人{person}", en=f"Worker {person}")
            )
        station = Station(
            name=name,
            code=ALPHABET[10 + number // 36] + ALPHABET[number % 36],
            unit=unit,
            line=line,
            operation=code,
            crew=people,
        )
        self.stations.append(station)
        self._named[name] = station
        return station

    # the days

    def now(self) -> datetime:
        """Return the time at a tick."""
        day, tick = divmod(self.tick, self.ticks_a_day)
        weeks, weekday = divmod(day, 6)
        at = FIRST_DAY + timedelta(days=7 * weeks + weekday)
        return at + timedelta(minutes=DAY_MINUTES) * tick / self.ticks_a_day

    def arrived(self) -> Iterator[Recorded]:
        """Work all days, and yield every entry when the hub gets it; in the end all stations come back."""
        for day in range(self.sizes.days):
            self._morning(day)
            for tick in range(self.ticks_a_day):
                if tick < self.sizes.sets:
                    self._feed(tick)
                self._work()
                yield from self._sent(self.tick)
                self.tick += 1
        for _ in range(CLOSING_TICKS):
            for station in self.stations:
                station.offline_until = 0
            yield from self._sent(self.tick)
            self._work()
            self.tick += 1
        for station in self.stations:
            station.offline_until = 0
        yield from self._sent(self.tick)

    def _morning(self, day: int) -> None:
        for line in range(1, self.sizes.lines + 1):
            order = self.orders[line - 1 + self.sizes.lines * (day // STYLE_DAYS)]
            style = self.style_of[order.number]
            made = self._lines.actual() * self._workers[line] * DAY_MINUTES / style.sewing_minutes
            pieces = min(max(round(made / self.sizes.sets), 2), PIECES_MAX)
            self._current[line] = (order, style, pieces)
            if self.some.random() < LINE_OFFLINE * min(self.sizes.mishaps, 2):
                first = self.tick + self.some.randrange(self.ticks_a_day // 2)
                last = first + self.some.randrange(self.ticks_a_day // 8, self.ticks_a_day // 2)
                for station in self.stations:
                    if station.line == line:
                        station.offline_since, station.offline_until = first, last
                self.truth.plants("line offline", f"L{line:02d}")

    def _feed(self, tick: int) -> None:
        """Cut a lay for every line each LAY_SETS sets, and carry the bundles to their first operations."""
        if tick % LAY_SETS:
            return
        for line, (order, style, pieces) in self._current.items():
            sets = min(LAY_SETS, self.sizes.sets - tick)
            colour, shade = self.some.choice(COLOURS), f"D-{self.some.randrange(100, 999)}"
            lay = self.cutting.next_name("L")
            roll = RollSpread(
                roll=f"R{lay}", shade=shade, plies=pieces, used=Quantity.of(sets * pieces, "MTR")
            )
            spread = LaySpread(lay=lay, order=order.number, style=style.code, colour=colour, rolls=(roll,))
            self.hands.says(self.cutting, spread)
            made = [
                Bundle(
                    serial=BundleSerial(self.cutting.next_name()),
                    order=order.number,
                    style=style.code,
                    colour=colour,
                    size=SIZES[number % len(SIZES)],
                    pieces=pieces,
                    component=component,
                    shade=shade,
                    lay=lay,
                )
                for number in range(sets)
                for component in FIRST_OF
            ]
            for first in range(0, len(made), 90):
                part = made[first : first + 90]
                goods = [self._goods(one, style, line) for one in part]
                self.hands.says(self.cutting, BundlesCut(lay=lay, bundles=tuple(part)), goods=goods)
                for one in goods:
                    self.truth.cut[one.cell] += one.pieces
                    self.carry(one, FIRST_OF[one.bundle.component])

    def _goods(self, bundle: Bundle, style: Style, line: int) -> Goods:
        return Goods(
            bundle=bundle,
            style=style,
            line=line,
            pieces=bundle.pieces,
            told=bundle.pieces,
            todo=bundle.pieces,
            born_at=self.cutting.name,
        )

    def station_for(self, goods: Goods, operation: OperationCode) -> Station:
        """Return where goods go for an operation: their own line's station, or for some the neighbour's."""
        line = goods.line
        if operation == HELPED and goods.is_helped:
            neighbour = line + 1 if line % 2 else line - 1
            line = neighbour if neighbour <= self.sizes.lines else line
        return self._at[line, operation][0]

    def workers_of(self, order: str) -> int:
        """Return how many people the line of an order has."""
        number = next(at for at, one in enumerate(self.orders) if one.number == order)
        return self._workers[1 + number % self.sizes.lines]

    def station_named(self, name: str) -> Station:
        """Return a station by its name."""
        return self._named[name]

    def unit_of(self, name: str) -> str:
        """Return the unit a station belongs to."""
        return self._named[name].unit

    def twin(self, station: Station) -> Station | None:
        """Return the other station of a line that does the same."""
        operation = station.operation
        if operation is None or operation not in TWINNED or not station.line:
            return None
        return next((one for one in self._at[station.line, operation] if one is not station), None)

    def carry(self, goods: Goods, operation: OperationCode) -> None:
        """Put goods where they wait for an operation."""
        if operation == HELPED and not goods.is_helped:
            goods.is_helped = self.some.random() < HELPED_SHARE
        goods.since = self.tick
        self.station_for(goods, operation).queue.append(goods)

    def next_operation(self, operation: OperationCode) -> OperationCode | None:
        """Return what comes after an operation."""
        if operation == PACK:
            return None
        [style] = self.styles[:1]
        return style.route.next_of(operation)[0].operation

    def _work(self) -> None:
        for station in self.stations:
            if station.operation is None:
                continue
            if self.some.random() < STATION_OFFLINE * self.sizes.mishaps and not station.is_offline(
                self.tick
            ):
                station.offline_since = self.tick
                station.offline_until = self.tick + self.some.randrange(10, 60)
            for _ in range(station.people_at_once):
                self.hands.works(station)

    def _sent(self, tick: int) -> Iterator[Recorded]:
        """Yield what stations in touch have not sent yet, and note what the hub knows by it."""
        waiting = [one for one in self.stations if one.pending and not one.is_offline(tick)]
        self.some.shuffle(waiting)
        # A ticket is printed before the lost one is found; panels are cut anew after somebody has told of the loss.
        waiting.sort(key=lambda one: (one is self.cutting) - (one is self.printing))
        for station in waiting:
            for entry, goods, finished in station.pending:
                for one in goods:
                    if finished is None:
                        one.known = tick if one.known is None else one.known
                    else:
                        one.heard[finished] = tick
                yield entry
            station.pending = []
