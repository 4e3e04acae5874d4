"""What hypothesis draws for the domain: quantities, movements, events and envelopes of every shape they may have."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from domain.event import Event, event_types
from domain.item import ItemId
from domain.log import Envelope, Head, RawScan, Seen, encode_fact
from domain.place import PlaceId
from domain.plan import PlanRef
from domain.quantity import Quantity
from domain.stock import Balance, Goods, Movement

UNITS = ("KGM", "MTR", "C62")
PLACES = tuple(map(PlaceId, ("S", "RCV", "A1", "A2", "Q", "LOST")))
hexadecimal = st.sampled_from("0123456789abcdef")
digests = st.text(hexadecimal, min_size=64, max_size=64)
event_ids = st.text(hexadecimal, min_size=32, max_size=32)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)
amounts = st.decimals(Decimal("0.000001"), Decimal(10) ** 6, places=6)


def quantities(*units: str) -> st.SearchStrategy[Quantity]:
    """Any quantity above zero, in one of these units."""
    return st.builds(Quantity, amounts, st.sampled_from(units or UNITS))


goods = st.builds(
    Goods,
    item=st.sampled_from(("i-1", "i-2")).map(ItemId),
    lot=st.sampled_from(("", "L1", "染2")),
    handling_unit=st.sampled_from(("", "H1")),
    grade=st.sampled_from(("", "A")),
    owner=st.sampled_from(("", "C-9")),
)


@st.composite
def movements(draw: st.DrawFn) -> Movement:
    """Any movement between two of a few places, so that they meet."""
    source, target = draw(st.permutations(PLACES))[:2]
    return Movement(
        goods=draw(goods),
        quantity=draw(quantities()),
        second=draw(st.none() | quantities("XRO")),
        source=source,
        target=target,
    )


for kind, strategy in (
    (Decimal, amounts),
    (Quantity, quantities()),
    (Goods, goods),
    (Movement, movements()),
    (
        Balance,
        st.builds(
            Balance,
            place=st.sampled_from(PLACES),
            goods=goods,
            quantity=quantities(),
            second=st.none() | quantities(),
        ),
    ),
    (PlanRef, st.builds(PlanRef, number=st.text(max_size=20), line=st.integers(1, 999))),
):
    st.register_type_strategy(kind, strategy)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event of any class, each field drawn from its own type."""
    kind = event_types()[draw(st.sampled_from(sorted(event_types())))]
    return kind(**{field.name: draw(_field(field.type)) for field in msgspec.structs.fields(kind)})


def _field(kind: object) -> st.SearchStrategy[object]:
    if typing.get_origin(kind) is Mapping:
        keys, values = typing.get_args(kind)
        return st.dictionaries(st.from_type(keys), st.from_type(values), max_size=5)
    return st.from_type(kind)  # pyright: ignore[reportArgumentType] (whatever the field was declared as)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Any envelope around any event."""
    event, text = draw(events()), st.text(max_size=30)
    return Envelope(
        plant=draw(text),
        device=draw(text),
        epoch=draw(st.integers(1, 99)),
        sequence=draw(st.integers(1, 2**53)),
        event_id=draw(event_ids),
        previous_digest=draw(digests),
        type=type(event).__name__,
        schema=event.schema,
        fact=encode_fact(event),
        event_time=draw(instants),
        monotonic_ms=draw(st.integers(0, 2**53)),
        boot_id=draw(text),
        clock=draw(st.sampled_from(("synced", "unsure"))),
        operator=draw(text),
        session=draw(text),
        strength=draw(st.sampled_from(("none", "badge", "pin", "four_eyes"))),
        read_point=draw(text),
        biz_step=draw(text),
        document=draw(text),
        raw=draw(st.none() | st.builds(RawScan, text=text, device=text, symbology=st.none() | text)),
        seen=draw(st.none() | st.builds(Seen, cursor=text, generation=st.integers(0, 99))),
        corrects=draw(st.just("") | event_ids),
        software=draw(text),
    )


heads = st.builds(Head, sequence=st.integers(0, 2**53), digest=digests)
