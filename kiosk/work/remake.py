"""Bundles become others at a station: split, put together, joined; and a ticket is printed anew. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from domain.bundle import COPIES_MAX, Bundle, BundleSerial, join, merge, split
from domain.check_in import MayStart, route_of, start
from domain.document import Happened
from domain.events.production import BundlesRemade, TicketRenewed
from domain.problem import Problem, refusal
from domain.progress import Progress
from domain.progress_fold import Told
from domain.remade import remade
from domain.route import Operation, OperationCode, Route
from domain.shop import Hold, Shop
from domain.staff import Person
from domain.work_order import WorkOrder
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import Numbers, State
from kiosk.work.jobs import begun_job, operator_of, resumed
from kiosk.work.operations import at_desk, operation_here, people_names
from kiosk.work.tickets import print_tickets

Act = Literal["split", "merged", "joined"]


def fresh_serials(state: State, count: int, desk: Desk) -> tuple[Numbers, list[BundleSerial]]:
    """Return so many new serials, and the numbers with these used."""
    numbers = state.numbers
    serials: list[BundleSerial] = []
    for _ in range(count):
        numbers, name = numbers.next_name("bundle", desk.station, desk.epoch)
        serials.append(BundleSerial(name))
    return numbers, serials


def why_not_remade(progress: Progress, route: Route | None, desk: Desk) -> Problem | None:
    """Say why a bundle cannot become others now: somebody is at work on it, or an operation did only a part of it."""
    serial = progress.bundle.serial
    if progress.became:
        return refusal("bundle_closed", bundle=serial, became=", ".join(progress.became))
    at_work = next((one for one in progress.jobs if one.is_at_work), None)
    if at_work:
        return refusal("others_at_work", bundle=serial, name=people_names(at_work.people, desk))
    done = {one.operation for one in progress.jobs if progress.at(one.operation)}
    if any(not progress.has_passed(one, route) for one in done):
        return refusal("half_done", bundle=serial)
    return None


def renew_ticket(state: State, progress: Progress, reason: str, desk: Desk) -> Turn:
    """Print a bundle's ticket anew: every older one is void from now on."""
    bundle = progress.bundle
    closed = replace(state, overlay=None)
    if bundle.copy >= COPIES_MAX:
        return refused(closed, (refusal("too_many_copies", bundle=bundle.serial, most=COPIES_MAX),))
    renewed = replace(bundle, copy=bundle.copy + 1)
    event = TicketRenewed(bundle=bundle.serial, copy=renewed.copy, reason=reason)
    printed, labels = print_tickets(_back(closed), (renewed,), desk, reason)
    words = Words(key="said.ticket_renewed", parameters={"bundle": bundle.serial, "copy": str(renewed.copy)})
    return Turn(state=answered(printed, Tone.STORED, words), events=(Happened(event=event), *labels))


def split_off(state: State, progress: Progress, pieces: int, desk: Desk) -> Turn:
    """Make two bundles of one: so many pieces, and the rest."""
    route = route_of(progress.bundle, desk.floor)
    closed = replace(state, overlay=None)
    if problem := why_not_remade(progress, route, desk):
        return refused(closed, (problem,))
    live = progress.live()
    numbers, serials = fresh_serials(state, 2, desk)
    parts = list(zip(serials, (pieces, live - pieces), strict=True))
    made = split(progress.now(), parts)
    if isinstance(made, Problem):
        return refused(closed, (made,))
    return _remade(replace(closed, numbers=numbers), "split", (progress,), made, desk)


def put_together(state: State, parents: Sequence[Progress], desk: Desk, scan: Scanned | None = None) -> Turn:
    """Make one bundle of several: of the same component, or, at an operation that joins them, of several."""
    operation = operation_here(state, desk)
    route = route_of(parents[0].bundle, desk.floor)
    for one in parents:
        if problem := why_not_remade(one, route, desk):
            return refused(state, (problem,), scan)
    numbers, (serial,) = fresh_serials(state, 1, desk)
    bundles = [one.now() for one in parents]
    step = route.by_operation.get(operation) if route else None
    is_join = step is not None and step.is_join and len({one.component for one in bundles}) > 1
    if not is_join and route and len({one.awaits(route) for one in parents}) > 1:
        return refused(
            state, (refusal("not_as_far", first=bundles[0].serial, other=bundles[1].serial),), scan
        )
    made = join(bundles, step.comes_out, serial) if is_join and step else merge(bundles, serial)
    if isinstance(made, Problem):
        return refused(state, (made,), scan)
    act: Act = "joined" if is_join else "merged"
    return _remade(replace(state, numbers=numbers), act, parents, (made,), desk, scan=scan)


def _remade(
    state: State,
    act: Act,
    parents: Sequence[Progress],
    made: tuple[Bundle, ...],
    desk: Desk,
    *,
    scan: Scanned | None = None,
) -> Turn:
    event = BundlesRemade(
        act=act,
        parents=tuple(one.bundle.serial for one in parents),
        bundles=made,
        operation=operation_here(state, desk),
    )
    counts = " + ".join(str(one.pieces) for one in made)
    words = Words(key=f"said.bundles.{act}", parameters={"pieces": counts, "bundle": made[0].serial})
    events = [*resumed(state), Happened(event=event)]
    shown = _back(state)
    if act == "joined":
        may = _may_start(state, event, parents, desk)
        if isinstance(may, Problem):
            return refused(state, (may,), scan)
        shown, started = begun_job(shown, may, made[0].copy, desk)
        events.append(Happened(event=started))
    printed, labels = print_tickets(shown, made, desk)
    said = answered(printed, Tone.STORED, words, scan, way_out=Words(key="said.new_tickets"))
    return Turn(state=said, events=(*events, *labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithMade:
    """The shop as it is once a bundle is made that nobody has recorded yet."""

    shop: Shop
    made: Progress

    def progress(self, serial: BundleSerial) -> Progress | None:
        return self.made if serial == self.made.bundle.serial else self.shop.progress(serial)

    def order(self, number: str) -> WorkOrder | None:
        return self.shop.order(number)

    def route(self, code: str, version: int) -> Route | None:
        return self.shop.route(code, version)

    def operation(self, code: OperationCode) -> Operation | None:
        return self.shop.operation(code)

    def hold(self, bundle: Bundle, operation: OperationCode) -> Hold | None:
        return self.shop.hold(bundle, operation)

    def person(self, number: str) -> Person | None:
        return self.shop.person(number)

    def locked_period(self) -> str:
        return self.shop.locked_period()


def _may_start(
    state: State, event: BundlesRemade, parents: Sequence[Progress], desk: Desk
) -> MayStart | Problem:
    """Say whether work may begin on what components are about to become: joining them is the check-in."""
    told = Told(event_id="", at=desk.now, operator=state.operator, station=desk.station.place)
    (whole,) = remade(parents, event, told, route_of(event.bundles[0], desk.floor)).bundles
    at = at_desk(operation_here(state, desk), operator_of(desk), desk)
    return start(whole.bundle.serial, whole.bundle.copy, at, _WithMade(shop=desk.floor, made=whole))


def _back(state: State) -> State:
    return replace(state.without_draft(), at="station", overlay=None)
