"""Something is wrong with a bundle: a quality ticket, opened by the unit that found it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from domain.bundle import Bundle
from domain.check_in import route_of
from domain.document import Happened, document_number
from domain.events.quality import TicketOpened
from domain.handoff import Defect, Handoff, Liable, liable
from domain.problem import Problem, refusal
from domain.progress import Progress
from domain.quality_saying import TICKET_DAYS
from domain.route import OperationCode
from domain.words import has_words, speak
from kiosk.activity import Desk, Turn
from kiosk.answers import answered, refused
from kiosk.parts import Choice, Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.statement import Blank, Said, Statement, chosen, of_bundle
from kiosk.work.cards import defect_choices
from kiosk.work.operations import defect_title, operation_here, operation_name, reason_title
from kiosk.work.units import own_unit

_PREFIX = "QT"
_NOWHERE = OperationCode("")


def _blanks(state: State, desk: Desk) -> Sequence[Blank]:
    """Ask for the bundle, which operation it comes from, and what is wrong with how many pieces."""
    draft, operation = state.work.draft, operation_here(state, desk)
    progress = desk.floor.progress(draft.bundle) if draft.bundle else None
    origins = _origins(progress, operation, desk) if progress else ()
    reads = ", ".join(f"{defect_title(one.code, operation, desk)} {one.pieces}" for one in draft.defects)
    marks = defect_choices(operation, draft, desk)
    return (
        of_bundle(draft),
        chosen("origin", origins, draft, is_needed=bool(origins)),
        Blank(name="defects", code=reads, reads=reads, choices=marks, is_marks=True),
    )


def _origins(progress: Progress, found: OperationCode, desk: Desk) -> tuple[Choice, ...]:
    """Return the operations it may come from: those that did it, the nearest first, and our own at the end."""
    route = route_of(progress.bundle, desk.floor)
    if route is None:
        return ()
    is_here = found in route.by_operation
    before = route.all_before(found) if is_here else [one.operation for one in route.steps]
    done = [one for one in before if progress.at(one) or progress.had_behind(one)]
    asked = (*reversed(done), found) if is_here else tuple(reversed(done))
    return tuple(Choice(value=one, title=operation_name(one, desk)) for one in asked)


def _said(state: State, filled: Mapping[str, Blank], desk: Desk) -> Said | Problem:
    """Open the ticket."""
    draft, operation = state.work.draft, operation_here(state, desk)
    progress = desk.floor.progress(draft.bundle)
    if progress is None:
        return refusal("unknown_bundle", bundle=draft.bundle)
    if not operation:
        return refusal("operation_first")
    origin = OperationCode(filled["origin"].code)
    return _opened(state, progress.bundle, (operation, origin), draft.defects, desk, photos=draft.photos)


def opened_after(state: State, rejected: Handoff, desk: Desk) -> Turn:
    """Open the ticket of a verdict just said, with which all was told. What a carrier damaged is no operation's."""
    progress = desk.floor.progress(rejected.bundle)
    if progress is None:
        return refused(state, (refusal("unknown_bundle", bundle=rejected.bundle),))
    reason = reason_title(rejected.reason, desk, "reject") if rejected.reason else ""
    note = speak(desk.language, reason) if has_words(reason) else reason
    origin = _NOWHERE if liable(rejected) is Liable.CARRIER else rejected.before
    at = (rejected.operation, origin)
    told = _opened(state, progress.bundle, at, rejected.defects, desk, note, photos=rejected.photos)
    match told:
        case Problem() as problem:
            return refused(state, (problem,))
        case Said():
            left = replace(state.without_draft(), numbers=told.numbers)
            return Turn(state=answered(left, Tone.STORED, told.says), events=(Happened(event=told.event),))


def _opened(  # noqa: PLR0917 of what, where, what is wrong, and what was said of it
    state: State,
    bundle: Bundle,
    at: tuple[OperationCode, OperationCode],
    defects: tuple[Defect, ...],
    desk: Desk,
    note: str = "",
    *,
    photos: tuple[str, ...] = (),
) -> Said | Problem:
    """Return the ticket under a fresh number. `at`: the operation it was found at, and the one it comes from."""
    finder = own_unit(desk)
    if isinstance(finder, Problem):
        return finder
    numbers, day, serial = state.numbers.next_document(_PREFIX, desk.day)
    number = document_number(_PREFIX, day, desk.station.number_code, desk.epoch, serial)
    found, origin = at
    due = desk.now.astimezone().date() + timedelta(days=TICKET_DAYS)
    event = TicketOpened(
        ticket=number,
        finder=finder,
        due=due,
        operation=found,
        origin=origin,
        bundle=bundle.serial,
        order=bundle.order,
        defects=defects,
        note=note,
        photos=photos,
    )
    told = {"ticket": number, "due": f"{due:%m-%d}"}
    return Said(event=event, numbers=numbers, says=Words(key="said.ticket_opened", parameters=told))


STATEMENT = Statement(rank=1, icon="warn", blanks=_blanks, said=_said, has_photos=True)
