"""What kiosks would have sent: chained logs of receipts at a busy goods-in, drawn from a seed, ready to be uploaded."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct

from bench import site_data
from domain.event import Event
from domain.events.documents import DocumentCompleted, DocumentOpened, LineRecorded, Value
from domain.events.terminal import KioskStarted, SignedOn
from domain.item import ItemId
from domain.log import Envelope, Head, RawScan, encode_fact, seal
from domain.place import PlaceId
from domain.plan import PlanRef
from domain.quantity import Quantity
from domain.stock import Goods, Movement
from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    UploadHeader,
    encode_upload,
    request_mac,
    take_batch,
)

LINES_PER_DOCUMENT = 48
ORDER_LINES = 100
TARGET = "/sync/v1/upload"
_BEGIN = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


class Batch(Struct, frozen=True, kw_only=True):
    """One upload, whole as it goes over the wire, and the sequence it must be acknowledged through."""

    request: bytes
    events: int
    through: int


class Sender(Struct, frozen=True, kw_only=True):
    """An enrolled kiosk, as far as its log and its uploads need it."""

    device: str
    number_code: str
    key: bytes


Entry = tuple[bytes, Head]
"""An entry's bytes, and where the log ends with it."""


class KioskLog:
    """One kiosk's log, written as the kiosk would."""

    def __init__(self, sender: Sender, item_count: int, seed: int) -> None:
        self._sender, self._item_count = sender, item_count
        self._random = Random(f"{seed}/{sender.device}")
        self._head = Head()
        self._document = ""
        self._documents = 0

    def entries(self, count: int) -> Iterator[Entry]:
        """Yield the first `count` entries: their bytes, and where the log ends with them."""
        for event in self.events(count):
            event_time = _BEGIN + timedelta(seconds=self._head.sequence)
            envelope = Envelope(
                plant=site_data.PLANT,
                device=self._sender.device,
                epoch=1,
                sequence=self._head.sequence + 1,
                event_id=self._new_id(event_time),
                previous_digest=self._head.digest,
                type=type(event).__name__,
                schema=type(event).schema,
                fact=encode_fact(event),
                event_time=event_time,
                monotonic_ms=1000 * self._head.sequence,
                boot_id="7d0f2a6c-2f0e-4f6e-9f4b-2f6d7c1d9a01",
                clock="synced",
                operator=site_data.keeper().number,
                session="01936c3b5ea074c2a9d1f1b7c9d1e001",
                strength="badge",
                read_point="RCV",
                biz_step="receiving",
                document=self._document,
                raw=RawScan(text="06900000000012", device="gun"),
                software="noac bench",
            )
            entry = seal(envelope)
            self._head = entry.head
            yield entry.body, entry.head

    def _new_id(self, moment: datetime) -> str:
        """Make a UUIDv7 as kiosks do (RFC 9562, section 5.7): they grow with time, which databases feel."""
        high, low = self._random.getrandbits(12), self._random.getrandbits(62)
        return f"{int(moment.timestamp() * 1000):012x}7{high:03x}{0b10 << 62 | low:016x}"

    def events(self, count: int) -> Iterator[Event]:
        """Yield the first `count` events."""
        begun: tuple[Event, ...] = (KioskStarted(software="noac bench"), SignedOn(person="9001"))
        yield from begun[:count]
        left = count - len(begun)
        while left > 0:
            for event in self._receipt():
                if left <= 0:
                    return
                left -= 1
                yield event

    def _receipt(self) -> Iterator[Event]:
        self._documents += 1
        number = f"CS20261122-{self._sender.number_code}-{self._documents:04d}"
        self._document = number
        yield DocumentOpened(
            document=number, document_type="CS", header={"partner": "SUP", "plan": site_data.ORDER}
        )
        for line in range(1, LINES_PER_DOCUMENT + 1):
            yield self._line(number, line)
        yield DocumentCompleted(
            document=number, document_type="CS", outcome="closed", lines=LINES_PER_DOCUMENT
        )

    def _line(self, number: str, line: int) -> LineRecorded:
        """Make every second line pieces of the order, and the others weighed goods with a lot."""
        random = self._random
        ordered = random.randrange(min(ORDER_LINES, self._item_count // 2))
        is_ordered = line % 2 == 1
        index = 2 * ordered if is_ordered else 2 * random.randrange(self._item_count // 2) + 1
        item = ItemId(site_data.item_number(index))
        goods = Goods(item=item, lot="" if is_ordered else f"L{random.randrange(50_000):06d}")
        quantity = (
            Quantity(Decimal(random.randint(1, 50)), "C62")
            if is_ordered
            else Quantity(Decimal(random.randint(1, 9999)).scaleb(-1), "KGM")
        )
        target = PlaceId(f"BIN-{random.randrange(site_data.BINS):04d}")
        lot: dict[str, Value] = {"lot": goods.lot} if goods.lot else {}
        return LineRecorded(
            document=number,
            document_type="CS",
            line=line,
            values={"item": item, **lot, "place": target, "quantity": quantity},
            movements=(
                Movement(goods=goods, quantity=quantity, source=PlaceId("SUP"), target=PlaceId("RCV")),
                Movement(goods=goods, quantity=quantity, source=PlaceId("RCV"), target=target),
            ),
            plan=PlanRef(number=site_data.ORDER, line=ordered + 1) if is_ordered else None,
        )


def batches(sender: Sender, item_count: int, event_count: int, seed: int, host: str) -> list[Batch]:
    """Return a kiosk's uploads as they go over the wire, each as large as the protocol lets it be."""
    return batches_of(KioskLog(sender, item_count, seed), event_count, sender, host)


def batches_of(log: KioskLog, event_count: int, sender: Sender, host: str) -> list[Batch]:
    """Return the uploads of a log, as `batches` does."""
    entries = list(log.entries(event_count))
    bodies = [body for body, _ in entries]
    sizes: list[int] = []
    while sum(sizes) < len(entries):
        sizes.append(take_batch(bodies[sum(sizes) : sum(sizes) + 200]))
    return batches_of_sizes(entries, sizes, sender, host)


def batches_of_sizes(
    entries: Sequence[Entry], sizes: Sequence[int], sender: Sender, host: str
) -> list[Batch]:
    """Return the uploads of entries, so many in each as `sizes` says."""
    bodies = [body for body, _ in entries]
    found: list[Batch] = []
    start = 0
    for size in sizes:
        before = entries[start - 1][1] if start else Head()
        upload = _upload(sender, before, bodies[start : start + size], entries[-1][1], len(entries) - start)
        request = _request(sender, upload, host)
        found.append(Batch(request=request, events=size, through=before.sequence + size))
        start += size
    return found


def _upload(sender: Sender, before: Head, bodies: Sequence[bytes], head: Head, pending: int) -> bytes:
    header = UploadHeader(
        device=sender.device,
        epoch=1,
        first_sequence=before.sequence + 1,
        previous_digest=before.digest,
        events=len(bodies),
        head=head,
        clock="synced",
        clock_time=datetime.now(UTC),
        oldest_event_time=_BEGIN,
        pending=pending,
    )
    return encode_upload(header, bodies)


def _request(sender: Sender, body: bytes, host: str) -> bytes:
    lines = (
        f"POST {TARGET} HTTP/1.1",
        f"Host: {host}",
        f"{DEVICE_HEADER}: {site_data.PLANT}/{sender.device}",
        f"{MAC_HEADER}: {request_mac(sender.key, 'POST', TARGET, body)}",
        "Content-Type: application/x-ndjson",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
