"""Cutting at a station: the lay as far as it was told of, and what cutting it records."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, repeat

from msgspec.structs import replace

from domain.bundle import Bundle, BundleSerial
from domain.cutting import Lay, MarkerSize, bundles
from domain.document import Happened
from domain.events.production import BUNDLES_CUT_MAX, BundlesCut, LaySpread, RollSpread
from domain.quantity import Quantity
from domain.work_order import WorkOrder
from kiosk.activity import Desk, Turn
from kiosk.answers import answered
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.state import Draft, LayDraft
from kiosk.work.tickets import print_tickets

SIZE = "size."
"""How the count of a size's places in the marker is named in the draft, before the size."""
LENGTH, PIECES_MAX, PLIES = "lay_length", "bundle_pieces", "plies"
"""Other counts of the draft: the lay's length in centimetres, pieces in a bundle, plies of the roll in hand."""
_CENTIMETRES = 100
SPREAD_HERE = "…"
"""The lay's name until it is cut and gets its own."""


def order_of(draft: LayDraft, desk: Desk) -> WorkOrder | None:
    """Return the order that is cut; nothing where none is chosen yet."""
    return desk.floor.order(draft.order) if draft.order else None


def sizes_of(order: WorkOrder, colour: str) -> Sequence[str]:
    """Return the sizes an order has in a colour, in its own order."""
    return list(dict.fromkeys(line.size for line in order.lines if line.colour == colour))


def components_of(order: WorkOrder, desk: Desk) -> tuple[str, ...]:
    """Return what is cut for a garment: every part that comes into the route with nothing before it."""
    route = desk.floor.route(order.route, order.route_version)
    first = (step for step in (route.steps if route else ()) if not step.after)
    return tuple(dict.fromkeys(part for step in first for part in (step.takes or ("",)))) or ("",)


def lay_of(draft: Draft, order: WorkOrder, desk: Desk, name: str = SPREAD_HERE) -> Lay:
    """Return the lay as it stands."""
    told = draft.lay
    marker = (
        MarkerSize(size=size, times=times)
        for size in sizes_of(order, told.colour)
        if (times := draft.counts.get(f"{SIZE}{size}", 0))
    )
    return Lay(
        lay=name,
        order=order.number,
        style=order.style,
        colour=told.colour,
        rolls=told.rolls,
        marker=tuple(marker),
        components=components_of(order, desk),
        pieces_max=draft.counts.get(PIECES_MAX, 0),
    )


def with_roll(draft: Draft, plies: int) -> Draft:
    """Return the draft with the roll in hand spread over so many plies; it took their length of it."""
    lay = draft.lay
    metres = Decimal(draft.counts.get(LENGTH, 0) * plies) / _CENTIMETRES
    spread = RollSpread(roll=lay.roll, shade=lay.shade, plies=plies, used=Quantity(metres, "MTR"))
    kept = tuple(one for one in lay.rolls if one.roll != lay.roll)
    return replace(draft, lay=replace(lay, rolls=(*kept, spread), roll="", shade=""))


def cut_lay(state: State, order: WorkOrder, desk: Desk) -> Turn:
    """Record the lay and its bundles, and ask for every ticket."""
    numbers, name = state.numbers.next_name("lay", desk.station, desk.epoch)
    lay = lay_of(state.work.draft, order, desk, name)
    serials: list[BundleSerial] = []
    for _ in bundles(lay, repeat(BundleSerial(""))):  # as many as there will be
        numbers, serial = numbers.next_name("bundle", desk.station, desk.epoch)
        serials.append(BundleSerial(serial))
    made = bundles(lay, serials)
    spread = LaySpread(
        lay=name, order=lay.order, style=lay.style, colour=lay.colour, rolls=lay.rolls, marker=_marker(lay)
    )
    used, tickets = print_tickets(replace(state, numbers=numbers), made, desk)
    words = Words(key="said.lay_cut", parameters={"lay": name, "bundles": str(len(made))})
    done = replace(used.without_draft(), at="station", overlay=None)
    events = (spread, *_told(name, made))
    return Turn(
        state=answered(done, Tone.STORED, words),
        events=(*(Happened(event=one) for one in events), *tickets),
    )


def _told(lay: str, made: Sequence[Bundle]) -> list[BundlesCut]:
    rest, told = iter(made), list[BundlesCut]()
    while part := tuple(islice(rest, BUNDLES_CUT_MAX)):
        told.append(BundlesCut(lay=lay, bundles=part))
    return told


def _marker(lay: Lay) -> str:
    return " ".join(f"{one.size}×{one.times}" for one in lay.marker)
