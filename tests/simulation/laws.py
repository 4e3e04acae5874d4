"""The laws, one function each, checked after every step as far as it costs little, and altogether at the end.

Not yet: L6 to L9 (bundles, orders of production, piece rates: not built), L16 (no escrow), L18 (boards are drawn by a
thread of their own; tests/hub/test_board.py). L1 to L3, L5, L10 to L12 are held row by row in `mirror.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from domain.place import PHYSICAL_ROLES
from domain.wire import Acknowledgement
from tests.simulation.mirror import law
from tests.world import PLACES

if TYPE_CHECKING:
    from tests.simulation.network import Answer, Request
    from tests.simulation.plant import Plant
    from tests.simulation.station import Station

PHYSICAL = {str(place.code) for place in PLACES if place.role in PHYSICAL_ROLES}
EXPLAINED = {"known"}
_acknowledgements = msgspec.json.Decoder(Acknowledgement)


def l17_an_answer_stands_on_a_commit(plant: Plant, request: Request, answer: Answer) -> None:
    """L17: what the hub says it holds lies in its file when it says so."""
    if answer.status_code != 200 or request.method != "POST":
        return
    said = _acknowledgements.decode(answer.content)
    header = json.loads(request.body.split(b"\n", 1)[0])
    device, epoch, head = header["device"], header["epoch"], said.accepted
    is_held = plant.mirror.holds(device, epoch, head.sequence, head.digest)
    law("L17", is_held, f"the hub acknowledges {device}/{epoch}/{head.sequence}, and does not hold it")
    known = plant.acknowledged.get((device, epoch, head.sequence, head.digest), 0)
    plant.acknowledged[device, epoch, head.sequence, head.digest] = max(known, said.generation)


def l17_a_cursor_moves_by_content(plant: Plant, station: Station) -> None:
    """L17: a kiosk counts as sent only what some answer named by number and digest."""
    log = station.store.log
    at = (station.boots, log.epoch, log.acknowledged)
    if plant.cursors.get(station.name) == at:
        return
    plant.cursors[station.name] = at
    head = log.head_at(log.acknowledged)
    law("L17", log.acknowledged <= log.head.sequence, f"{station.name}: the cursor lies beyond the log")
    named = (station.identity.device, log.epoch, head.sequence, head.digest)
    law(
        "L17",
        log.acknowledged == log.base.sequence or named in plant.acknowledged,
        f"{station.name}: nobody ever acknowledged {named[1]}/{named[2]} with this digest",
    )


def r8_only_what_is_proven_is_forgotten(plant: Plant, station: Station) -> None:
    """R8: a kiosk forgets only what the newest proven backup holds."""
    base = (station.store.log.epoch, station.store.log.base.sequence)
    if plant.bases.get(station.name) == base:
        return
    plant.bases[station.name] = base
    proven, _ = plant.proven.get((station.identity.device, base[0]), (0, ""))
    law("R8", base[1] <= proven, f"{station.name} forgot through {base}, proven is {proven}")


def l13_every_station_equals_the_hub(plant: Plant, station: Station) -> None:
    """L13, L17: nothing waits, the heads are the same, and the station sees the stock the hub sees."""
    log, mirror = station.store.log, plant.mirror
    law("L17", log.pending == 0, f"{station.name}: {log.pending} wait")
    held = mirror.heads.get((station.identity.device, log.epoch), (0, "0" * 64))
    law("L17", held == (log.head.sequence, log.head.digest), f"{station.name}: hub {held}, kiosk {log.head}")
    seen: Counter[tuple[str, ...]] = Counter()
    for table in ("hub_balance", "own_stock"):
        for *key, value in station.store.connection.rows(
            f"SELECT place, item, lot, handling_unit, unit, value FROM {table}"  # noqa: S608 our own names
        ):
            seen[tuple(key)] += value
    hub: Counter[tuple[str, ...]] = Counter()
    for (place, item, lot, unit_serial, _grade, _owner, unit, _second), (value, _) in mirror.balances.items():
        hub[place, item, lot, unit_serial, unit] += value
    seen = Counter({key: value for key, value in seen.items() if value})
    hub = Counter({key: value for key, value in hub.items() if value})
    law(
        "L13", seen == hub, f"{station.name} sees {_difference(seen, hub)} the hub does not, or the other way"
    )


def l19_every_exception_is_visible(plant: Plant) -> None:
    """L19: every parked event has one open discrepancy or one that was closed; none is open twice."""
    rows = plant.mirror.rows("SELECT kind, key, closed_at, owner FROM discrepancies WHERE plant = 'P1'")
    opened = Counter((kind, key) for kind, key, closed, _ in rows if closed is None)
    law("L19", all(count == 1 for count in opened.values()), f"open twice: {opened.most_common(1)}")
    law("L19", all(owner for *_, owner in rows), "an exception without an owner")
    shown = {key for kind, key, _, _ in rows if kind == "parked"}
    for position, (state, code) in plant.mirror.states.items():
        law(
            "L19",
            state != "parked" or str(position) in shown,
            f"{position} is parked ({code}), and nobody sees it",
        )


def l20_what_was_told_is_there_once(plant: Plant) -> None:
    """L20: every fact somebody was told is stored is in the ledger, and has its effect once."""
    mirror = plant.mirror
    for event_id, told in plant.oracle.told.items():
        if event_id in plant.oracle.gone:
            continue
        positions = mirror.ids.get(event_id, [])
        law("L20", positions, f"{told.type} {event_id} of {told.device} was confirmed and is lost")
        states = [mirror.states.get(position, ("waiting", "")) for position in positions]
        booked = sum(state.startswith("booked") for state, _ in states)
        law("L20", booked == 1, f"{told.type} {event_id} of {told.device} is {states}")
        first = mirror.events[mirror.booked[event_id]][3]
        law("L20", first["type"] == told.type, f"{event_id} is another fact")


def l20_the_ledger_explains_the_floor(plant: Plant) -> None:
    """L20: what lies where by the hands' account is what the hub says; each roll came in once."""
    booked = set(plant.mirror.booked)
    expected = plant.oracle.expected(booked)
    told: Counter[tuple[str, str, str]] = Counter()
    lots: Counter[str] = Counter()
    for (place, item, lot, _serial, _grade, _owner, unit, _second), (
        value,
        _,
    ) in plant.mirror.balances.items():
        told[place, item, unit] += value
        if place == "S-HENGLI" and value:
            lots[lot] += 1
    hub = {key: Decimal(value) / 10**6 for key, value in told.items() if value}
    law("L20", hub == expected, f"hub {hub}, hands {expected}")
    received: Counter[str] = Counter()
    for event_id, position in plant.mirror.booked.items():
        said: Any = plant.mirror.events[position][3]
        if said["type"] != "LineRecorded" or event_id in plant.mirror.reversals:
            continue
        if said["fact"]["document_type"] == "CS":
            received[said["fact"]["values"]["lot"]] += 1
    twice = [lot for lot, count in received.items() if count > 1]
    law("L20", not twice, f"rolls that came in twice: {twice}")


def l3_a_rebuild_gives_the_same_rows(before: dict[str, Any], after: dict[str, Any]) -> None:
    """L3: the projections folded anew are the same rows."""
    for table, rows in before.items():
        law("L3", rows == after[table], f"{table} folded anew differs: {_first_other(rows, after[table])}")


def l15_no_serial_is_given_twice(plant: Plant) -> None:
    """L15: a label's serial names one thing, unless a log existed twice: then a fork says so."""
    twice = [serial for serial, count in plant.oracle.serials.items() if count > 1]
    law("L15", not twice or plant.oracle.twins, f"serials given twice: {twice}")


def _difference(one: Counter[Any], other: Counter[Any]) -> list[Any]:
    keys = [key for key in one.keys() | other.keys() if one[key] != other[key]]
    return [(key, one[key], other[key]) for key in sorted(keys)[:3]]


def _first_other(one: list[Any], other: list[Any]) -> Any:
    for left, right in zip(one, other, strict=False):
        if left != right:
            return left, right
    return len(one), len(other)
