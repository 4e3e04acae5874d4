"""Years of a plant's stock documents, drawn from a seed, month after month: goods come, change bins, are shipped.

A month has as many movements whatever came before, and as much lies in the bins at its end: a plant that grows older
does not grow. A few items move often, most hardly ever.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct

from bench import site_data
from domain.event import Event
from domain.events.documents import DocumentCompleted, DocumentOpened, LineRecorded, Value
from domain.item import ItemId
from domain.log import Envelope, Head, encode_fact, seal
from domain.month import month_after
from domain.place import PlaceId
from domain.quantity import Quantity
from domain.stock import Goods, Movement
from hub.store.event_log import Arrival

SUPPLIER, RECEIVING, CUSTOMER = PlaceId("SUP"), PlaceId("RCV"), PlaceId("CUST")
LINES_MAX = 40
KIOSKS = 6
PEOPLE = 12
LAST_MONTH = "2026-10"
MOVED_SHARE, WHOLE_SHARE = 0.2, 0.7
PARCELS = 4
"""Lines of a receipt that bring the same item, of one lot."""


class Line(Struct, frozen=True, gc=False):
    """One line: so much of some goods from a place to another."""

    goods: Goods
    quantity: Quantity
    source: PlaceId
    target: PlaceId


class Drawn(Struct, frozen=True, gc=False):
    """One document as it happened, begun and ended without a break."""

    type: str
    number: str
    device: str
    operator: str
    moment: datetime
    lines: tuple[Line, ...]

    @property
    def header(self) -> Mapping[str, Value]:
        """Return its header's values."""
        match self.type:
            case "CS":
                return {"partner": SUPPLIER}
            case "CC":
                return {"partner": CUSTOMER}
            case _:
                return {}

    def values(self, line: Line) -> dict[str, Value]:
        """Return a line's values."""
        values: dict[str, Value] = {"item": line.goods.item, "quantity": line.quantity}
        if line.goods.lot:
            values["lot"] = line.goods.lot
        match self.type:
            case "CS":
                values["place"] = line.target
            case "CC":
                values["source"] = line.source
            case _:
                values |= {"source": line.source, "target": line.target}
        return values

    def movements(self, line: Line) -> tuple[Movement, ...]:
        """Return what moves with a line, or, of a shipment, with the whole load."""
        if self.type != "CS":
            return (_moved(line, line.source, line.target),)
        return (_moved(line, SUPPLIER, RECEIVING), _moved(line, RECEIVING, line.target))

    @property
    def moves_at_end(self) -> bool:
        """Tell whether goods move when it is finished, and not with each line."""
        return self.type == "CC"

    def events(self) -> Iterator[Event]:
        """Yield what the kiosk records of it."""
        yield DocumentOpened(document=self.number, document_type=self.type, header=self.header)
        for number, line in enumerate(self.lines, 1):
            yield LineRecorded(
                document=self.number,
                document_type=self.type,
                line=number,
                values=self.values(line),
                movements=() if self.moves_at_end else self.movements(line),
            )
        moved = tuple(one for line in self.lines for one in self.movements(line)) if self.moves_at_end else ()
        yield DocumentCompleted(
            document=self.number,
            document_type=self.type,
            outcome="closed",
            lines=len(self.lines),
            movements=moved,
        )


def _moved(line: Line, source: PlaceId, target: PlaceId) -> Movement:
    return Movement(goods=line.goods, quantity=line.quantity, source=source, target=target)


class _Cell(Struct, gc=False):
    """What is left of some goods in a bin."""

    goods: Goods
    quantity: Quantity
    place: PlaceId


class LongHistory:
    """Draws one month after the other. `items` move, about `cells` kinds of goods lie in the bins."""

    def __init__(self, *, items: int, cells: int, months: int, seed: int) -> None:
        """`months`: how many there will be in all; the last is LAST_MONTH."""
        self.items = items
        self._cells_wanted = cells
        self._random = Random(seed)
        self._cells: list[_Cell] = []
        self._numbers: Counter[tuple[str, str, str]] = Counter()
        self._lots = 0
        self._heads = [Head()] * KIOSKS
        self.month = month_after(LAST_MONTH, 1 - months)

    def draw_item(self) -> int:
        """Draw an item: a few are asked for often."""
        return min(int(self.items * self._random.random() ** 3), self.items - 1)

    def documents(self, movements: int) -> Iterator[Drawn]:
        """Yield the documents of the next month, with at least so many movements."""
        begin = datetime.fromisoformat(f"{self.month}-01T00:00:00+00:00")
        span_s = 27 * 86_400
        moved = 0
        while moved < movements:
            moment = begin + timedelta(seconds=int(span_s * moved / movements))
            drawn = self._document(moment)
            moved += len(drawn.lines) * (2 if drawn.type == "CS" else 1)
            yield drawn
        self._numbers.clear()  # they begin anew with each day
        self.month = month_after(self.month)

    def _document(self, moment: datetime) -> Drawn:
        kind = self._kind()
        count = self._random.randint(1, LINES_MAX)
        lines = tuple(self._received(count) if kind == "CS" else self._taken(kind, count))
        kiosk, day = self._random.randrange(KIOSKS), f"{moment:%Y%m%d}"
        self._numbers[kind, day, str(kiosk)] += 1
        number = f"{kind}{day}-A{kiosk}-{self._numbers[kind, day, str(kiosk)]:04d}"
        operator = f"9{self._random.randrange(PEOPLE):03d}"
        return Drawn(kind, number, f"K{kiosk}", operator, moment, lines)

    def _kind(self) -> str:
        """Goods come while there is room, and go out while there are too many."""
        if len(self._cells) > LINES_MAX and self._random.random() < MOVED_SHARE:
            return "YW"
        return "CS" if len(self._cells) < self._cells_wanted else "CC"

    def _received(self, count: int) -> Iterator[Line]:
        goods = self._arriving()
        for number in range(count):
            if number and number % PARCELS == 0:
                goods = self._arriving()
            value = Decimal(self._random.randint(1, 9_999))
            quantity = Quantity(value.scaleb(-1), "KGM") if goods.lot else Quantity(value, "C62")
            line = Line(goods, quantity, SUPPLIER, self._bin())
            self._cells.append(_Cell(goods, quantity, line.target))
            yield line

    def _arriving(self) -> Goods:
        """Draw what comes; every second item is weighed, and comes in a lot of its own."""
        item = self.draw_item()
        number = ItemId(site_data.item_number(item))
        if item % 2 == 0:
            return Goods(item=number)
        self._lots += 1
        return Goods(item=number, lot=f"L{self._lots:07d}")

    def _taken(self, kind: str, count: int) -> Iterator[Line]:
        """Take from the bins, to another bin or to the customer: mostly all that lies there."""
        for _ in range(min(count, len(self._cells))):
            place = self._random.randrange(len(self._cells))
            cell = self._cells[place]
            whole = kind == "YW" or cell.quantity.value < 1 or self._random.random() < WHOLE_SHARE
            quantity = (
                cell.quantity
                if whole
                else Quantity(Decimal(int(cell.quantity.value / 2) or 1), cell.quantity.unit)
            )
            source = cell.place
            target = CUSTOMER if kind == "CC" else self._bin()
            if source == target:
                continue
            yield Line(cell.goods, quantity, source, target)
            if kind == "YW":
                cell.place = target
            elif quantity == cell.quantity:
                self._cells[place] = self._cells[-1]
                self._cells.pop()
            else:
                cell.quantity -= quantity

    def _bin(self) -> PlaceId:
        return PlaceId(f"BIN-{self._random.randrange(site_data.BINS):04d}")

    def arrivals(self, drawn: Drawn) -> Iterator[Arrival]:
        """Yield a document's entries as its kiosk seals them into its log."""
        kiosk = int(drawn.device[1:])
        for event in drawn.events():
            head = self._heads[kiosk]
            envelope = Envelope(
                plant=site_data.PLANT,
                device=drawn.device,
                epoch=1,
                sequence=head.sequence + 1,
                event_id=self._new_id(drawn.moment),
                previous_digest=head.digest,
                type=type(event).__name__,
                schema=type(event).schema,
                fact=encode_fact(event),
                event_time=drawn.moment,
                clock="synced",
                operator=drawn.operator,
                strength="badge",
                read_point=RECEIVING,
                document=drawn.number,
                software="noac bench",
            )
            entry = seal(envelope)
            self._heads[kiosk] = entry.head
            yield Arrival(drawn.device, 1, entry.head.sequence, entry.digest, entry.body, "", envelope)

    def _new_id(self, moment: datetime) -> str:
        """Make a UUIDv7 as kiosks do (RFC 9562, section 5.7): they grow with time, which databases feel."""
        high, low = self._random.getrandbits(12), self._random.getrandbits(62)
        return f"{int(moment.timestamp() * 1000):012x}7{high:03x}{0b10 << 62 | low:016x}"


def month_ends(month: str) -> datetime:
    """Return when all of a month has arrived at the hub: before the next one begins."""
    return datetime.fromisoformat(f"{month}-28T12:00:00").replace(tzinfo=UTC)
