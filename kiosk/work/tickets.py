"""Bundle tickets: reading one, and asking for those to be printed."""

from collections.abc import Sequence

from msgspec.structs import replace

from domain.barcode import BundleCode
from domain.bundle import Bundle, BundleSerial, read_ticket
from domain.bundle_label import bundle_label
from domain.check_in import why_void
from domain.document import Happened
from domain.problem import Problem, refusal
from domain.progress import Progress
from kiosk.activity import Desk, Scanned
from kiosk.state import State


def ticket_of(scan: Scanned) -> tuple[BundleSerial, int] | Problem:
    """Return the bundle and the copy that a scanned ticket names; or why it is none."""
    if scan.reading.problem:
        return scan.reading.problem
    code = next((one for one in scan.reading.elements if isinstance(one, BundleCode)), None)
    read = read_ticket(code.value) if code else None
    return read or refusal("no_ticket", code=scan.text[:40])


def why_not_live(progress: Progress | None, serial: BundleSerial, copy: int) -> Problem | None:
    """Say why a scanned ticket is none of a bundle that lives; None where it is."""
    return refusal("unknown_bundle", bundle=serial) if progress is None else why_void(progress, copy)


def print_tickets(
    state: State, bundles: Sequence[Bundle], desk: Desk, reason: str = ""
) -> tuple[State, tuple[Happened, ...]]:
    """Return what asks for the tickets of bundles, and the state with that print job's number used."""
    job = state.numbers.fresh(desk.station, desk.epoch).job
    used = replace(state, numbers=replace(state.numbers, jobs=state.numbers.jobs + 1))
    labels = (bundle_label(bundle, f"{job}.{number}", reason) for number, bundle in enumerate(bundles, 1))
    return used, tuple(Happened(event=one) for one in labels)
