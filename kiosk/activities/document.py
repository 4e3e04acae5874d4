"""A document in hand: scans and entries fill its form, in any order; the engine decides, this file asks and answers."""

from collections.abc import Sequence

from msgspec.structs import replace

from domain import decide, life
from domain.barcode import ControlCommand, ReadingKind
from domain.decide import Case
from domain.document import (
    PAPER_HEADER,
    Accepted,
    Decision,
    Document,
    DocumentType,
    Input,
    NeedsConfirmation,
    Refused,
    document_number,
    header_fields,
    line_fields,
)
from domain.events.documents import DocumentCompleted, DocumentOpened, LineRecorded, LineReversed
from domain.field import Field, FieldKind
from domain.place import PlaceRole
from domain.problem import Problem, question, refusal
from domain.quantity import Quantity
from domain.staff import Person
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, asked, refused
from kiosk.document_switch import other_document, why_sent_back, without_ended
from kiosk.document_view import document_view
from kiosk.form_view import Worked, pad_total
from kiosk.line_view import item_names
from kiosk.overlay import TYPED_CHARS_MAX, open_overlay, type_key
from kiosk.page import Touch
from kiosk.proof import ask_pin, needs_pin
from kiosk.screen import DocumentView, Tone, Words
from kiosk.state import DOCUMENTS_OPEN_MAX, Overlay, Question, State
from kiosk.weighing import loads, typed, weigh

_TEXT_KINDS = (FieldKind.LOT, FieldKind.TEXT)


def case_of(state: State, desk: Desk, confirmed: tuple[str, ...] = ()) -> Case:
    """Return what the engine needs to decide."""
    return Case(
        facts=desk.knowledge,
        operator=desk.operator or Person(number="", names=desk.station.names),
        fresh=state.numbers.fresh(desk.station, desk.epoch),
        now=desk.now,
        confirmed=frozenset(confirmed),
    )


def start(state: State, code: str, desk: Desk, *, paper: bool = False) -> Turn:
    """Take a new, empty document in hand; it becomes a fact with its first complete header.

    `paper`: it is entered from slips, by somebody who may; the day is today's until another is told.
    """
    kind = desk.knowledge.document_types().get(code)
    operator = desk.operator
    if kind is None or operator is None or code not in desk.document_types:
        return refused(state, (refusal("not_at_this_station", document=f"document.{code}"),))
    if not operator.may(code, "add"):
        return refused(
            state, (refusal("no_right", name=operator.names.of(desk.language), right="right.add"),)
        )
    if paper and not operator.may(code, "paper"):
        return refused(
            state, (refusal("no_right", name=operator.names.of(desk.language), right="right.paper"),)
        )
    if problem := decide.lacks_account(kind, desk.knowledge):
        return refused(state, (problem,))
    state = without_ended(state, desk)
    if len(state.documents) >= DOCUMENTS_OPEN_MAX:
        return refused(state, (refusal("too_many_open", most=DOCUMENTS_OPEN_MAX),))
    numbers, day, serial = state.numbers.next_document(kind.prefix, desk.day)
    number = document_number(kind.prefix, day, desk.station.number_code, desk.epoch, serial)
    begun = replace(state.without_empty_drafts(), at="document", numbers=numbers, answer=None, overlay=None)
    if not paper:
        return Turn(state=begun.holding(Document(type=code, number=number)))
    today = Input(text=f"{desk.now.astimezone():%Y-%m-%d}", field=PAPER_HEADER[0].name)
    given = Document(type=code, number=number, header_inputs=(today,), paper=True)
    return Turn(state=begun.holding(given))


def start_with(state: State, code: str, given: Input, scan: Scanned | None, desk: Desk) -> Turn:
    """Take a new document in hand and give it its first input, for example the order scanned at home."""
    begun = start(state, code, desk)
    if begun.state.document is None or begun.state.document.type != code:
        return begun
    return give(begun.state, given, desk, scan)


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Take a scan for the document in hand."""
    document = state.document
    if document is None:
        return Turn(state=replace(state, at="home"))
    if scan.control is not None:
        return _command(state, document, scan, desk)
    if scan.badge is not None:
        return _badge(state, document, scan, desk)
    if other := other_document(state, document, scan, desk):
        return other
    return give(state, _input(state, document, scan, desk), desk, scan)


def _input(state: State, document: Document, scan: Scanned, desk: Desk) -> Input:
    """Return the scan as an input; with the keyboard open a foreign text goes into the field it is open for."""
    overlay = state.overlay
    field = (
        Worked(document, case_of(state, desk)).field(overlay.field)
        if overlay and overlay.kind == "text"
        else None
    )
    if field and field.kind in _TEXT_KINDS and scan.reading.kind is ReadingKind.foreign:
        return Input(text=scan.text.strip(), field=field.name)
    return Input(text=scan.text, symbology=scan.raw.symbology)


def _badge(state: State, document: Document, scan: Scanned, desk: Desk) -> Turn | None:
    """Offer a badge to the document first (a countersignature); None lets the session change the operator."""
    wanted = [
        field
        for field in desk.knowledge.document_types()[document.type].header
        if field.kind is FieldKind.PERSON
    ]
    if document.status != "draft" or not wanted:
        return None
    person = desk.knowledge.person_by_badge(scan.badge or "")
    if person is None or person.number == state.operator:
        return None
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    decision = decide.offer(document, given, case_of(state, desk))
    if isinstance(decision, Refused):
        name = person.names.of(desk.language)
        asking = question("change_operator", name=name, field=f"field.{wanted[0].name}")
        return Turn(state=asked(state, "change_operator", (asking,), scan.text, target=scan.badge or ""))
    if needs_pin(document, person, desk):
        asking = Question(ask="countersign", problems=(), target=document.number, given=given)
        return ask_pin(state, asking, person, desk, scan)
    return give(state, given, desk, scan)


def _command(state: State, document: Document, scan: Scanned, desk: Desk) -> Turn | None:
    control = scan.control
    match control.command if control else None:
        case ControlCommand.DONE:
            return finish(state, desk, scan)
        case ControlCommand.UNDO:
            return _undo(state, document, desk, scan)
        case ControlCommand.QUANTITY if control and control.argument:
            return _enter_quantity(state, document, control.argument, desk, scan)
        case ControlCommand.REJECT:
            return _enter_place(state, document, PlaceRole.QUARANTINE, desk, scan)
        case ControlCommand.ACCEPT:
            return _enter_place(state, document, PlaceRole.RECEIVING, desk, scan)
        case _ if control and _has_card(document, control.command, desk):
            return give(state, Input(text=scan.text, symbology=scan.raw.symbology), desk, scan)
        case _:
            return None


def _has_card(document: Document, command: ControlCommand, desk: Desk) -> bool:
    kind = desk.knowledge.document_types()[document.type]
    return any(command in field.choices.values() for field in (*kind.header, *kind.line))


def _enter_quantity(state: State, document: Document, text: str, desk: Desk, scan: Scanned) -> Turn:
    line = desk.knowledge.document_types()[document.type].line
    field = next((one for one in line if one.kind is FieldKind.QUANTITY), None)
    if field is None:
        return refused(state, (refusal("command_not_here", command="command.QUANTITY"),), scan)
    return give(state, typed(Input(text=text, field=field.name), field, desk), desk, scan)


def _enter_place(state: State, document: Document, role: PlaceRole, desk: Desk, scan: Scanned) -> Turn:
    """Give the station's own place of a role to the line's place field: accept here, reject there."""
    fields = [
        one
        for one in desk.knowledge.document_types()[document.type].line
        if one.kind is FieldKind.PLACE and role in one.roles
    ]
    station = desk.station
    place = station.quarantine if role is PlaceRole.QUARANTINE else station.receiving
    if not fields or not place:
        command = "command.REJECT" if role is PlaceRole.QUARANTINE else "command.ACCEPT"
        return refused(state, (refusal("command_not_here", command=command),), scan)
    return give(state, Input(text=place, field=fields[-1].name), desk, scan)


def give(
    state: State, given: Input, desk: Desk, scan: Scanned | None, confirmed: tuple[str, ...] = ()
) -> Turn:
    """Offer one input to the document in hand and answer with what came of it."""
    document = state.document
    if document is None:
        return Turn(state=replace(state, at="home"))
    decision = decide.offer(document, given, case_of(state, desk, confirmed))
    match decision:
        case Refused(problems=problems):
            return refused(put_away(replace(state, overlay=None), problems), problems, scan)
        case NeedsConfirmation(problems=problems):
            scanned = scan.text if scan else ""
            return Turn(state=asked(state, "offer", problems, scanned, given=given, confirmed=confirmed))
        case Accepted():
            return _accepted(state, decision, given, desk, scan)


def _accepted(state: State, decision: Accepted, given: Input, desk: Desk, scan: Scanned | None) -> Turn:
    held = replace(state.holding(decision.document), overlay=None)
    recorded = [one.event for one in decision.events if isinstance(one.event, LineRecorded)]
    if recorded:
        said = answered(held, Tone.STORED, _recorded_words(recorded, desk), scan)
        numbers = state.numbers.used().with_slip(
            str(recorded[0].values.get("slip", "")), desk.station.number_code
        )
        return Turn(state=replace(said, numbers=numbers), events=decision.events)
    worked = Worked(decision.document, case_of(held, desk))
    opened = any(isinstance(one.event, DocumentOpened) for one in decision.events)
    if opened and not any(not one.sticky for one in decision.document.line_inputs):
        words = Words(key="said.document_opened", parameters={"document": decision.document.number})
        tone = Tone.STORED
    else:
        words, tone = _taken_words(state, worked, given, desk), Tone.NEUTRAL
    return Turn(
        state=_open_list(answered(held, tone, words, scan), worked.next_field), events=decision.events
    )


def _open_list(state: State, field: Field | None) -> State:
    """Show the list at once where the next field is a choice: it can only be touched."""
    if field is None or field.kind is not FieldKind.CHOICE:
        return state
    return replace(state, overlay=Overlay(kind="list", field=field.name))


def _taken_words(state: State, after: Worked, given: Input, desk: Desk) -> Words:
    """Say which field the input filled, by comparing the form before and after."""
    before = Worked(state.document, case_of(state, desk)) if state.document else None
    for field in (
        *header_fields(after.kind, after.document, desk.operator),
        *line_fields(after.kind, after.document, desk.operator),
    ):
        value = after.value(field.name)
        if value is not None and (before is None or before.value(field.name) != value):
            shown = str(value)
            if field.kind is FieldKind.ITEM and (item := after.item(desk)):
                shown = item.number
            elif field.kind is FieldKind.CHOICE:
                shown = f"choice.{field.name}.{value}"
            return Words(key="said.taken", parameters={"field": f"field.{field.name}", "value": shown})
    return Words(key="said.again", parameters={"code": given.text[:TYPED_CHARS_MAX]})


def _recorded_words(recorded: Sequence[LineRecorded], desk: Desk) -> Words:
    """Say what one scan recorded: a line, or a carton with a line for each kind of goods in it."""
    if len(recorded) == 1:
        return _line_words("said.line_recorded", recorded[0], desk)
    unit = str(recorded[0].values.get("handling_unit", ""))
    return Words(key="said.unit_recorded", parameters={"unit": unit, "count": str(len(recorded))})


def _line_words(key: str, event: LineRecorded, desk: Desk) -> Words:
    item_id, quantity = event.values.get("item"), event.values.get("quantity")
    number = item_names(str(item_id), desk)[0] if item_id else ""
    place = event.values.get("place") or event.values.get("target")
    parameters = {
        "item": number,
        "quantity": str(quantity) if isinstance(quantity, Quantity) else "",
        "line": str(event.line),
    }
    if isinstance(place, str):
        return Words(key=f"{key}_at", parameters={**parameters, "place": place})
    return Words(key=key, parameters=parameters)


def finish(state: State, desk: Desk, scan: Scanned | None, confirmed: tuple[str, ...] = ()) -> Turn:
    """Finish the document in hand, after a yes where something speaks against it."""
    document = state.document
    if document is None:
        return Turn(state=replace(state, at="home"))
    decision = life.complete(document, case_of(state, desk, confirmed))
    match decision:
        case Refused(problems=problems):
            return refused(put_away(state, problems), problems, scan)
        case NeedsConfirmation(problems=problems):
            scanned = scan.text if scan else ""
            return Turn(state=asked(state, "complete", problems, scanned, confirmed=confirmed))
        case Accepted(document=finished, events=events):
            held = replace(state.holding(finished), overlay=None, unticked=())
            if finished.status == "submitted":
                words = Words(key="said.document_submitted", parameters={"document": finished.number})
                return Turn(
                    state=answered(replace(held, at="approval"), Tone.STORED, words, scan), events=events
                )
            lines = next(one.event.lines for one in events if isinstance(one.event, DocumentCompleted))
            words = Words(
                key="said.document_done", parameters={"document": finished.number, "lines": str(lines)}
            )
            return Turn(
                state=answered(replace(held, at="home", current=""), Tone.STORED, words, scan), events=events
            )


def _undo(state: State, document: Document, desk: Desk, scan: Scanned | None) -> Turn:
    """Forget the unfinished line if there is one, else take back the last line."""
    if any(not one.sticky for one in document.line_inputs):
        return Turn(state=_cleared(state, document, scan))
    decision: Decision = life.undo(document, case_of(state, desk))
    if not isinstance(decision, Accepted):
        return refused(put_away(state, decision.problems), decision.problems, scan)
    reversed_lines = [one.event for one in decision.events if isinstance(one.event, LineReversed)]
    undone = reversed_lines[0]
    line = next(
        one for one in desk.knowledge.lines(document.number) if one.line == undone.line and not one.device
    )
    unit = str(line.values.get("handling_unit", ""))
    words = Words(
        key="said.undone",
        parameters={
            "line": str(undone.line),
            "item": item_names(str(line.values.get("item", "")), desk)[0],
            "quantity": str(line.values.get("quantity", "")),
        },
    )
    if len(reversed_lines) > 1:
        words = Words(key="said.unit_undone", parameters={"unit": unit, "count": str(len(reversed_lines))})
    held = replace(state.holding(decision.document), overlay=None, taken={})
    return Turn(state=answered(held, Tone.STORED, words, scan), events=decision.events)


def _cleared(state: State, document: Document, scan: Scanned | None) -> State:
    held = replace(state.holding(decide.clear_line(document)), overlay=None, taken={})
    return answered(held, Tone.NEUTRAL, Words(key="said.cleared"), scan)


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Go on with what was asked about, its warnings confirmed."""
    codes = (*question.confirmed, *(problem.code for problem in question.problems))
    match question.ask:
        case "offer" if question.given:
            return give(state, question.given, desk, None, codes)
        case "countersign" if question.given:
            return give(state, replace(question.given, proven=True), desk, None)
        case "complete":
            return finish(state, desk, None, codes)
        case "switch":
            return go_to(state, question.target, desk)
        case "open_plan" if question.given:
            return start_with(state, question.target, question.given, None, desk)
        case _:
            return Turn(state=state)


def put_away(state: State, problems: Sequence[Problem]) -> State:
    """Let go of the document in hand where a colleague finished it at another kiosk meanwhile."""
    document = state.document
    if document is None or all(one.code != "document_finished_elsewhere" for one in problems):
        return state
    kept = tuple(one for one in state.documents if one.number != document.number)
    return replace(state, documents=kept, at="home", current="", unticked=())


def take_over(state: State, number: str, desk: Desk) -> Turn:
    """Go on with a document that a colleague opened, or look at what he submitted; it becomes a fact at once."""
    shared = desk.knowledge.open_document(number)
    if shared is None or shared.type not in desk.document_types:
        return refused(state, (refusal("document_not_open", document=number),))
    state = without_ended(state, desk)
    if len(state.documents) >= DOCUMENTS_OPEN_MAX:
        return refused(state, (refusal("too_many_open", most=DOCUMENTS_OPEN_MAX),))
    decision = life.join(shared, case_of(state, desk))
    if not isinstance(decision, Accepted):
        return refused(state, decision.problems)
    left = replace(state, current="").without_empty_drafts().holding(decision.document)
    at = "approval" if decision.document.status == "submitted" else "document"
    colleague = desk.knowledge.person(shared.operator)
    name = colleague.names.of(desk.language) if colleague else shared.operator
    joined = Words(key="said.document_joined", parameters={"document": shared.number, "name": name})
    words = why_sent_back(number, desk) or joined
    said = answered(replace(left, at=at, overlay=None, unticked=()), Tone.STORED, words)
    return Turn(state=said, events=decision.events)


def go_to(state: State, number: str, desk: Desk) -> Turn:
    """Take another open document in hand, our own or a colleague's; the one before stays open."""
    held = next((one for one in state.documents if one.number == number), None)
    target = life.mended(held, desk.knowledge) if held else None
    if target is None or decide.finished_elsewhere(target, desk.knowledge):
        return take_over(state, number, desk)
    at = "approval" if target.status == "submitted" else "document"
    words = why_sent_back(number, desk) or Words(key="said.switched", parameters={"document": number})
    left = state if state.current == number else replace(state, current="").without_empty_drafts()
    left = left.holding(target)
    return Turn(
        state=answered(replace(left, at=at, current=number, overlay=None, unticked=()), Tone.NEUTRAL, words)
    )


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Take a touch: fields and keys of the form, and the buttons below it."""
    document = state.document
    if document is None:
        return Turn(state=replace(state, at="home"))
    return _touch_form(state, document, touch, desk) or _touch_button(state, document, touch, desk)


def _touch_form(state: State, document: Document, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "field":
            return Turn(state=open_overlay(state, Worked(document, case_of(state, desk)), touch.value))
        case "pad_key" | "text_key" | "pad_mode":
            return Turn(state=type_key(state, touch))
        case "overlay_close":
            return Turn(state=replace(state, overlay=None))
        case "overlay_done":
            return _take_typed(state, document, desk)
        case "take_weight":
            return _take_weight(state, document, touch.value, desk)
        case "pick" if state.overlay:
            return give(state, Input(text=touch.value, field=state.overlay.field), desk, None)
        case _:
            return None


def _touch_button(state: State, document: Document, touch: Touch, desk: Desk) -> Turn | None:
    match touch.action:
        case "done":
            return finish(state, desk, None)
        case "undo":
            return _undo(state, document, desk, None)
        case "clear_line":
            return Turn(state=_cleared(state, document, None))
        case "void_document":
            return _void(state, document, desk)
        case _:
            return None


def _void(state: State, document: Document, desk: Desk) -> Turn:
    decision = life.void(document, "", case_of(state, desk))
    if not isinstance(decision, Accepted):
        return refused(state, decision.problems)
    key = "said.document_left" if document.opened_on else "said.document_voided"
    words = Words(key=key, parameters={"document": document.number})
    left = replace(state.holding(decision.document), at="home", current="", overlay=None)
    return Turn(state=answered(left, Tone.NEUTRAL, words), events=decision.events)


def _take_typed(state: State, document: Document, desk: Desk) -> Turn:
    overlay = state.overlay
    if overlay is None or not overlay.typed.strip():
        return Turn(state=replace(state, overlay=None))
    text = overlay.typed.strip()
    if overlay.kind == "pad":
        text = pad_total(Worked(document, case_of(state, desk)), overlay) or text
    field = Worked(document, case_of(state, desk)).field(overlay.field)
    return give(state, typed(Input(text=text, field=overlay.field), field, desk), desk, None)


def _take_weight(state: State, document: Document, seen: str, desk: Desk) -> Turn:
    """Take what lies on a scale. What was refused may be taken again; what was taken must first be taken off."""
    weighed = weigh(Worked(document, case_of(state, desk)), state.overlay, seen, state.taken, desk)
    if isinstance(weighed, Problem):
        return refused(state, (weighed,))
    turn = give(state, weighed, desk, None)
    if weighed.measured is None or (turn.state.answer and turn.state.answer.tone is Tone.REFUSED):
        return turn
    taken = loads(desk.scales, weighed.measured.scale, state.taken)
    return Turn(state=replace(turn.state, taken=taken), events=turn.events)


def types_of(desk: Desk, *, paper: bool = False) -> tuple[DocumentType, ...]:
    """Return the documents the operator may begin at this station, or enter from paper here."""
    operator = desk.operator
    known = desk.knowledge.document_types()
    wanted = [known[code] for code in desk.document_types if code in known]
    return tuple(kind for kind in wanted if operator and _may_begin(operator, kind, paper=paper))


def _may_begin(operator: Person, kind: DocumentType, *, paper: bool) -> bool:
    return operator.may(kind.code, "add") and (not paper or operator.may(kind.code, "paper"))


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    document = state.document
    return Worked(document, case_of(state, desk)).asks if document else "ask.home"


def view(state: State, desk: Desk) -> DocumentView:
    """Show the document in hand."""
    document = state.document
    if document is None:
        message = "a document screen without a document in hand"
        raise LookupError(message)
    return document_view(Worked(document, case_of(state, desk)), desk)
