"""Two scanners are two hands: each reads what it is for, and a place may hold for all that one of them reads."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from domain.barcode import PlaceCode, read
from domain.barcodes.house import HouseType, house_code
from domain.events.terminal import ScanRefused
from domain.field import FieldKind
from domain.log import RawScan
from domain.place import PlaceId
from domain.problem import Problem, refusal
from domain.scanner_duty import ScannerDuty, ScannerRole
from kiosk.activities.document import case_of
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import refused
from kiosk.form_view import Worked
from kiosk.screen import Words
from kiosk.state import State

Take = Callable[[State, Scanned, Desk], Turn]


def in_force(duties: Mapping[str, ScannerDuty], ready: Sequence[str]) -> dict[str, ScannerDuty]:
    """Return the duties that hold now: nobody is refused by one scanner what no other one that is there would read."""
    return {
        name: duty if _has_stand_in(name, duty.role, duties, ready) else replace(duty, role=ScannerRole.ANY)
        for name, duty in duties.items()
    }


def _has_stand_in(
    name: str, role: ScannerRole, duties: Mapping[str, ScannerDuty], ready: Sequence[str]
) -> bool:
    return role is ScannerRole.ANY or any(
        one != name and duties.get(one, ScannerDuty()).role is not role for one in ready
    )


def says(duty: ScannerDuty) -> Words | None:
    """Say what a scanner is for; None where it is for everything."""
    if duty.destination:
        return Words(key="device.scanner.to", parameters={"place": duty.destination})
    if duty.place:
        return Words(key="device.scanner.at", parameters={"place": duty.place})
    return None if duty.role is ScannerRole.ANY else Words(key=f"device.scanner.{duty.role}")


def by_duty(state: State, scan: Scanned, desk: Desk, take: Take) -> Turn:
    """Take a scan as the scanner's duty has it; `take` is how any scan is taken."""
    duty = desk.duties.get(scan.raw.device)
    if duty is None:
        return take(state, scan, desk)
    if problem := _against(duty, scan):
        return refused(state, (problem,), scan)
    if scan.badge is not None or scan.control is not None or _is_place(scan):
        return take(state, scan, desk)
    before = _at(duty.place, Turn(state=state), scan, desk, take)
    taken = _then(before, take(before.state, scan, desk))
    return taken if _is_refused(taken) else _at(duty.destination, taken, scan, desk, take)


def _against(duty: ScannerDuty, scan: Scanned) -> Problem | None:
    if scan.reading.problem:
        return None  # that it cannot be read says more
    if duty.role is ScannerRole.BADGES and scan.badge is None:
        return refusal("scanner_for_badges", device=scan.raw.device)
    if duty.role is ScannerRole.GOODS and scan.badge is not None:
        return refusal("scanner_for_goods", device=scan.raw.device)
    return None


def _at(code: PlaceId, turn: Turn, scan: Scanned, desk: Desk, take: Take) -> Turn:
    """Go on as if the place's own code had been scanned, where the document in hand has use for it."""
    place = desk.knowledge.place(code) if code else None
    state = turn.state
    if place is None or desk.operator is None or state.at != "document" or state.question:
        return turn
    if not _is_wanted(place.code, state, desk):
        return turn
    text = house_code(HouseType.PLACE, place.barcode)
    then = take(state, Scanned(reading=read(text), raw=RawScan(text=text, device=scan.raw.device)), desk)
    return turn if _is_refused(then) or then.state.question else _then(turn, then)


def _is_wanted(code: PlaceId, state: State, desk: Desk) -> bool:
    """Tell whether a field for a place of ours could hold this one, and none does yet."""
    document = state.document
    if document is None:
        return False
    worked = Worked(document, case_of(state, desk))
    fields = (*worked.kind.header, *worked.kind.line)
    places = [one.name for one in fields if one.kind is FieldKind.PLACE]
    return bool(places) and all(worked.value(name) != code for name in places)


def _then(before: Turn, after: Turn) -> Turn:
    strength = after.strength if after.strength != "none" else before.strength
    return Turn(state=after.state, events=(*before.events, *after.events), strength=strength)


def _is_refused(turn: Turn) -> bool:
    return any(isinstance(one.event, ScanRefused) for one in turn.events)


def _is_place(scan: Scanned) -> bool:
    return any(isinstance(one, PlaceCode) for one in scan.reading.elements)
