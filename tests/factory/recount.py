"""The same books kept a second time, by another hand: what each entry does is added and taken off at once.

It reads the entries as the hub gets them and nothing else the hub works with: no `domain.progress_fold`, no projection.
Where those ask what is left, this carries what is free from operation to operation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from domain.bundle import Bundle, Tally
from domain.event import Event
from domain.events.production import (
    BundlesCut,
    BundlesRemade,
    HandoffJudged,
    JobCrewChanged,
    JobFinished,
    JobStarted,
    JobUndone,
    PanelsReplaced,
    TicketRenewed,
)
from domain.handoff import Verdict
from domain.log import Recorded, event_of
from domain.route import OperationCode, Route
from tests.factory.goods import Cell

KINDS = ("seconds", "scrap", "missing")
Pairs = list[tuple[str, int]]


def divided(pieces: int, whose: Pairs) -> Pairs:
    """Divide whole pieces in proportion; who is left the largest rest gets one more, the first among equals."""
    whole = sum(count for _, count in whose)
    if pieces <= 0 or whole <= 0:
        return []
    exact = [Fraction(pieces * count, whole) for _, count in whose]
    floors = [share.numerator // share.denominator for share in exact]
    by_rest = sorted(range(len(whose)), key=lambda at: (floors[at] - exact[at], at))
    for at in by_rest[: pieces - sum(floors)]:
        floors[at] += 1
    return [(person, count) for (person, _), count in zip(whose, floors, strict=True) if count]


@dataclass(slots=True, kw_only=True)
class Line:
    """One check-in."""

    operation: OperationCode
    people: tuple[str, ...]
    claimed: int
    received: int
    good: int = 0
    seconds: int = 0
    scrap: int = 0
    missing: int = 0
    state: str = "at work"
    shares: Pairs = field(default_factory=Pairs)

    @property
    def lost(self) -> int:
        return self.seconds + self.scrap + self.missing

    @property
    def in_hand(self) -> int:
        return self.received - self.good - self.lost


@dataclass(slots=True, kw_only=True)
class Page:
    """One bundle. `free`: pieces an operation may still take up; `gone`: those an operation lost or that never came."""

    bundle: Bundle
    pieces: int
    free: dict[OperationCode, int]
    copy: int = 1
    is_closed: bool = False
    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    inherited: dict[OperationCode, Pairs] = field(default_factory=dict[OperationCode, Pairs])
    back: dict[OperationCode, Pairs] = field(default_factory=dict[OperationCode, Pairs])
    unsettled: Counter[OperationCode] = field(default_factory=Counter[OperationCode])
    missed: Counter[OperationCode] = field(default_factory=Counter[OperationCode])
    recut: int = 0

    def at(self, operation: OperationCode) -> Iterable[Line]:
        return (one for one in self.lines.values() if one.operation == operation and one.state != "gone")

    def live(self) -> int:
        lost = sum(one.lost for one in self.lines.values())
        return self.pieces - lost - self.missed.total() + self.recut

    def whose(self, operation: OperationCode) -> Pairs:
        counts: dict[str, int] = {}
        own = (share for line in self.at(operation) for share in line.shares)
        for person, pieces in (*self.inherited.get(operation, ()), *own):
            counts[person] = counts.get(person, 0) + pieces
        for person, pieces in self.back.get(operation, ()):
            counts[person] -= pieces
        return [(person, pieces) for person, pieces in counts.items() if pieces > 0]


class Recount:
    """All bundles. `pay`: pieces by person, order and operation; `clashes`: what could not be, by kind."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        """`routes`: of each order."""
        self._routes = routes
        self.pages: dict[str, Page] = {}
        self.pay: Counter[tuple[str, str, OperationCode]] = Counter()
        self.joined_out: Counter[Cell] = Counter()
        self.parts: Counter[Cell] = Counter()
        """Pieces that became bundles of a component, cut or joined."""

    def take(self, entry: Recorded) -> None:
        """Count one entry."""
        event = event_of(entry.envelope)
        match event:
            case BundlesCut(bundles=bundles):
                for bundle in bundles:
                    self._opens(bundle, bundle.pieces)
                    self.parts[cell_of(bundle)] += bundle.pieces
            case BundlesRemade():
                self._remakes(event)
            case HandoffJudged():
                self._judges(self.pages[event.handoff.bundle], event, entry.envelope.operator)
            case (
                JobStarted()
                | JobFinished()
                | JobUndone()
                | JobCrewChanged()
                | TicketRenewed()
                | PanelsReplaced()
            ):
                self._works(self.pages[event.bundle], event)
            case _:
                pass

    def _works(self, page: Page, event: Event) -> None:
        match event:
            case TicketRenewed(copy=copy):
                page.copy = max(page.copy, copy)
            case PanelsReplaced(operation=operation, pieces=pieces):
                page.recut += pieces
                page.free[operation] += pieces
                page.unsettled[operation] += pieces
                self._comes(page, operation, pieces)
            case JobStarted():
                self._starts(page, event)
            case JobCrewChanged(job=job, people=people):
                if page.lines[job].state == "at work":
                    page.lines[job].people = people
            case JobFinished(job=job, told=told, shares=shares):
                self._finishes(page, page.lines[job], told, [(one.person, one.pieces) for one in shares])
            case JobUndone(job=job, act=act):
                self._undoes(page, page.lines[job], act)
            case _:
                pass

    def _route(self, page: Page) -> Route:
        return self._routes[page.bundle.order]

    def _opens(self, bundle: Bundle, pieces: int) -> Page:
        free = {step.operation: pieces for step in self._routes[bundle.order].steps}
        page = self.pages[bundle.serial] = Page(bundle=bundle, pieces=pieces, free=free)
        return page

    def _starts(self, page: Page, event: JobStarted) -> None:
        counts = not page.is_closed and event.copy == page.copy
        received = max(0, min(event.pieces, page.free[event.operation])) if counts else 0
        page.free[event.operation] -= received
        page.lines[event.job] = Line(
            operation=event.operation, people=event.people, claimed=event.pieces, received=received
        )

    def _finishes(self, page: Page, line: Line, told: Tally, shares: Pairs) -> None:
        if line.state != "at work":
            return
        line.state = "finished"
        for kind in ("good", *KINDS):
            setattr(line, kind, getattr(told, kind))
        self._cuts_down(line)
        whose = shares or [(person, 1) for person in line.people]
        self._pays(page, line, divided(line.good, whose))
        self._comes(page, line.operation, -line.lost)

    @staticmethod
    def _cuts_down(line: Line) -> None:
        """What is too much never came: first what was told missing, then good ones."""
        for kind in ("missing", "good", "seconds", "scrap"):
            over = -line.in_hand
            if over > 0:
                setattr(line, kind, max(0, getattr(line, kind) - over))

    def _comes(self, page: Page, operation: OperationCode, pieces: int) -> None:
        """Let so many pieces more, or fewer, come to everything behind an operation; who took too many has fewer."""
        if not pieces:
            return
        for later in self._route(page).all_after(operation):
            page.free[later] += pieces
        for later in self._route(page).all_after(operation):
            for line in reversed(list(page.at(later))):
                less = min(-page.free[later], line.received)
                if less > 0:
                    self._has_fewer(page, line, less)

    def _has_fewer(self, page: Page, line: Line, less: int) -> None:
        lost = line.lost
        line.received -= less
        page.free[line.operation] += less
        self._cuts_down(line)
        self._pays(page, line, divided(line.good, line.shares))
        self._comes(page, line.operation, lost - line.lost)

    def _pays(self, page: Page, line: Line, shares: Pairs) -> None:
        order = page.bundle.order
        for person, pieces in line.shares:
            self.pay[person, order, line.operation] -= pieces
        for person, pieces in shares:
            self.pay[person, order, line.operation] += pieces
        line.shares = shares

    def _undoes(self, page: Page, line: Line, act: str) -> None:
        later = self._route(page).all_after(line.operation)
        settled = sum(one.received - one.in_hand for one in page.at(line.operation) if one is not line)
        settled += sum(count for _, count in page.inherited.get(line.operation, ()))
        is_built_on = page.unsettled[line.operation] > settled or any(list(page.at(one)) for one in later)
        if page.is_closed or is_built_on or line.state == "gone":
            return
        lost = line.lost
        self._pays(page, line, [])
        line.good = line.seconds = line.scrap = line.missing = 0
        line.state = "at work"
        self._comes(page, line.operation, lost)
        if act == "start":
            self._withdraws(page, line)

    @staticmethod
    def _withdraws(page: Page, line: Line) -> None:
        page.free[line.operation] += line.received
        line.received, line.state = 0, "gone"

    def _waiting(self, page: Page, before: OperationCode, operation: OperationCode) -> int:
        in_hand = sum(line.in_hand for line in page.at(before))
        return max(0, page.free[operation] - page.free[before] - in_hand)

    def _did(self, page: Page, operation: OperationCode) -> set[str]:
        own = {person for line in page.at(operation) for person in line.people}
        return own | {person for person, _ in page.inherited.get(operation, ())}

    def _judges(self, page: Page, event: HandoffJudged, operator: str) -> None:
        handoff, line = event.handoff, page.lines.get(event.job)
        people = set(event.people or (operator,))
        is_own = people <= self._did(page, handoff.before) and not handoff.is_silent
        if page.is_closed or is_own or (event.job and (line is None or line.state != "at work")):
            return
        known = line.received if line else self._waiting(page, handoff.before, handoff.operation)
        came = max(0, min(handoff.received, known))
        if line and handoff.verdict in (Verdict.REJECT, Verdict.PART):
            self._withdraws(page, line)
        elif line:
            fewer = line.received - max(0, min(handoff.accepted, came))
            line.received -= fewer
            page.free[line.operation] += fewer
        if handoff.short > 0 and known > came:
            page.missed[handoff.before] += known - came
            page.unsettled[handoff.before] += known - came
            self._comes(page, handoff.before, came - known)
        if handoff.verdict is Verdict.REJECT:
            self._sends_back(page, handoff.before, came)

    def _sends_back(self, page: Page, operation: OperationCode, pieces: int) -> None:
        if not pieces:
            return
        theirs = divided(pieces, page.whose(operation))
        page.free[operation] += pieces
        page.unsettled[operation] += pieces
        page.back.setdefault(operation, []).extend(theirs)
        for person, count in theirs:
            self.pay[person, page.bundle.order, operation] -= count

    # splitting and joining

    def _remakes(self, event: BundlesRemade) -> None:
        parents = [self.pages[serial] for serial in event.parents]
        givers = [one for one in parents if not one.is_closed]
        for page in givers:
            for line in page.lines.values():
                if line.state == "at work":
                    self._withdraws(page, line)
            page.is_closed = True
        has = Counter({one.bundle.component: 0 for one in parents})
        for page in givers:
            has[page.bundle.component] += page.live()
        most = min(has.values())
        done, owners = self._behind(givers)
        given = 0
        for bundle in event.bundles:
            pieces = max(0, min(bundle.pieces, most - given))
            page = self._opens(bundle, pieces)
            given += pieces
            for operation, through in done.items():
                part = min(pieces, through)
                page.free[operation] -= part
                done[operation] -= part
                page.inherited[operation] = divided(part, owners[operation])
                less = dict(page.inherited[operation])
                owners[operation] = [(one, count - less.get(one, 0)) for one, count in owners[operation]]
                if operation == bundle.sent_back_to:
                    self._sends_back(page, operation, part)
        self._leaves(event, givers, has, given)

    def _behind(self, givers: Sequence[Page]) -> tuple[dict[OperationCode, int], dict[OperationCode, Pairs]]:
        """Return how many pieces each operation had done of every component that goes there, and whose they are."""
        done: dict[OperationCode, int] = {}
        owners: dict[OperationCode, Pairs] = {}
        for operation in {one for page in givers for one in page.free}:
            by_component: Counter[str] = Counter()
            whose: dict[str, int] = {}
            for page in givers:
                component = page.bundle.component
                if self._route(page).takes_part(operation, component):
                    in_hand = sum(line.in_hand for line in page.at(operation))
                    by_component[component] += max(0, page.live() - page.free[operation] - in_hand)
                    for person, pieces in page.whose(operation):
                        whose[person] = whose.get(person, 0) + pieces
            inherited = [page for page in givers if operation in page.inherited]
            if not by_component and not inherited:
                continue
            done[operation] = min(by_component.values(), default=0)
            owners[operation] = list(whose.items())
        return done, owners

    def _leaves(self, event: BundlesRemade, givers: Sequence[Page], has: Counter[str], given: int) -> None:
        for page in reversed(givers):
            component, live = page.bundle.component, page.live()
            over = min(has[component] - given, live)
            if over > 0:
                has[component] -= over
                page.missed[event.operation] += over
            if event.act == "joined":
                self.joined_out[cell_of(page.bundle)] += live - max(0, over)
        if event.act == "joined":
            for bundle in event.bundles:
                self.parts[cell_of(bundle)] += self.pages[bundle.serial].pieces


def cell_of(bundle: Bundle) -> Cell:
    """Return which order, colour, size and component a bundle is of."""
    return (bundle.order, bundle.colour, bundle.size, bundle.component)
