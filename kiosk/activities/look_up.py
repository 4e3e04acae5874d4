"""Look-up: scan anything, see what it is and where it is. An order scanned twice begins its document.

Looking moves nothing. A document that this kiosk finished may be taken back from here, by whoever has that right.
"""

from msgspec.structs import replace

from domain import life
from domain.barcode import Element, Gtin, ItemNumber, PlaceCode, PlainText, read
from domain.decide import no_use_for
from domain.document import Accepted, Document, DocumentType
from domain.facts import HandlingUnit
from domain.field import Clue, Input
from domain.fields.handling_unit import serial_of
from domain.item import Item
from domain.log import RawScan
from domain.place import Place
from domain.plan import Plan
from domain.problem import Problem, question, refusal
from kiosk.activities import document
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, asked, refused
from kiosk.document_switch import number_named, type_card, type_for_order
from kiosk.document_view import plan_views
from kiosk.line_view import clock_time, quantity_shown, stock_row
from kiosk.page import Touch
from kiosk.proof import ask_pin, needs_pin
from kiosk.screen import Button, LookUpView, Tone, Words
from kiosk.state import Question, State

STOCK_ROWS_MAX = 12
Found = Item | Place | HandlingUnit | Plan | Document


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Show what a code is; an unknown one is refused. An order scanned again, or a document's card, begins it."""
    if scan.control is not None or scan.badge is not None:
        return None
    card = type_card(scan, desk)
    if card is not None:
        return document.start(state, card.code, desk)
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    if state.at == "look_up" and state.looked_up == given and (ordered := type_for_order(scan, desk)):
        return document.start_with(state, ordered[0].code, given, scan, desk)
    found = _find(scan, desk)
    if found is None:
        return refused(state, (_not_found(scan, given),), scan)
    looking = replace(state, at="look_up", looked_up=given, current="")
    words = Words(key="said.found", parameters={"what": _kind_key(found), "code": _title(found)})
    return Turn(state=answered(looking, Tone.NEUTRAL, words, scan))


def _not_found(scan: Scanned, given: Input) -> Problem:
    problem = no_use_for(given)
    if problem.code != "wrong_here":
        return problem
    gtin = next((one.value for one in scan.reading.elements if isinstance(one, Gtin)), None)
    place = next((one.value for one in scan.reading.elements if isinstance(one, PlaceCode)), None)
    serial = _serial(scan)
    if place:
        return refusal("unknown_place", place=place)
    if gtin:
        # As it is printed: a GTIN is kept with 14 digits, an EAN has 13.
        return refusal("unknown_item", code=scan.text if scan.text.isdecimal() else gtin)
    return refusal("unknown_unit", unit=serial) if serial else problem


def _serial(scan: Scanned) -> str:
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    return serial_of(Clue(index=0, given=given, reading=scan.reading))


def _find(scan: Scanned, desk: Desk) -> Found | None:
    """Return the most particular thing a code names: the unit before its item."""
    serial = _serial(scan)
    unit = desk.knowledge.handling_unit(serial) if serial else None
    if unit is not None:
        return unit
    for element in scan.reading.elements:
        found = _by_element(element, desk)
        if found is not None:
            return found
    ordered = type_for_order(scan, desk)
    plan = desk.knowledge.plan(ordered[0].plan_kind, ordered[1]) if ordered else None
    return plan or _finished(scan, desk)


def _finished(scan: Scanned, desk: Desk) -> Document | None:
    """Return the document a code names, where this kiosk finished it."""
    number = number_named(scan)
    return desk.knowledge.finished_document(number) if number else None


def _by_element(element: Element, desk: Desk) -> Found | None:
    match element:
        case PlaceCode(value=value):
            return desk.knowledge.place(value)
        case Gtin(value=value) | ItemNumber(value=value):
            return next((one.item for one in desk.knowledge.items_by_code(value)), None)
        case PlainText(value=value):
            found = next((one.item for one in desk.knowledge.items_by_code(value)), None)
            return found or desk.knowledge.place(value)
        case _:
            return None


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Begin the document for the order on screen, or take the document on screen back."""
    if touch.action == "take_back":
        return _ask_to_take_back(state, desk)
    ordered = _order_shown(state, desk) if touch.action == "open_document" else None
    if ordered is None or state.looked_up is None:
        return None
    return document.start_with(state, ordered[0].code, state.looked_up, None, desk)


def _order_shown(state: State, desk: Desk) -> tuple[DocumentType, str] | None:
    """Return the document type that works on the order looked up last, and the order's number."""
    scan = _looked_up(state)
    return type_for_order(scan, desk) if scan else None


def _looked_up(state: State) -> Scanned | None:
    given = state.looked_up
    if given is None:
        return None
    raw = RawScan(text=given.text, device="", symbology=given.symbology)
    return Scanned(reading=read(given.text, given.symbology), raw=raw)


def _ask_to_take_back(state: State, desk: Desk) -> Turn:
    scan = _looked_up(state)
    finished = _finished(scan, desk) if scan else None
    if finished is None:
        return refused(state, (refusal("nothing_asked"),))
    if desk.is_lease_over:
        return refused(state, (refusal("lease_over_approval"),))
    asking = question("take_back", document=finished.number, lines=finished.lines)
    return Turn(state=asked(state, "take_back", (asking,), target=finished.number))


def on_yes(state: State, asking: Question, desk: Desk) -> Turn:
    """Take the document back that was asked about."""
    finished = desk.knowledge.finished_document(asking.target) if asking.ask == "take_back" else None
    if finished is None or desk.operator is None:
        return refused(state, (refusal("nothing_asked"),))
    decision = life.unapprove(finished, "", desk.operator, document.case_of(state, desk))
    if not isinstance(decision, Accepted):
        return refused(state, decision.problems)
    if not asking.proves and needs_pin(finished, desk.operator, desk):
        return ask_pin(state, asking, desk.operator, desk)
    words = Words(key="said.document_unapproved", parameters={"document": finished.number})
    done = replace(state, at="home", looked_up=None)
    return Turn(state=answered(done, Tone.STORED, words), events=decision.events)


def asks(state: State, desk: Desk) -> str:
    """Return the one next step."""
    return "ask.anything"


def view(state: State, desk: Desk) -> LookUpView:
    """Show what was scanned last."""
    scan = _looked_up(state)
    if scan is None:
        return LookUpView(asks=Words(key="ask.anything"))
    found = _find(scan, desk)
    if found is None:
        return LookUpView(asks=Words(key="ask.anything"), title=scan.text[:40])
    shown = _show(found, desk)
    ordered = _order_shown(state, desk) if isinstance(found, Plan) else None
    offered = _offering(shown, *ordered) if ordered else shown
    finished = _finished(scan, desk) if isinstance(found, Plan | Document) else None
    if finished and desk.operator and desk.operator.may(finished.type, "unapprove"):
        back = Button(action="take_back", label=Words(key="button.take_back"), icon="undo", style="danger")
        return replace(offered, buttons=(*offered.buttons, back))
    return offered


def _offering(shown: LookUpView, kind: DocumentType, order: str) -> LookUpView:
    """Add the way on from an order: scan it again, or touch."""
    document_key = f"document.{kind.code}"
    asks = Words(key="ask.begin_order", parameters={"order": order, "document": document_key})
    begin = Words(key="button.begin", parameters={"document": document_key})
    button = Button(action="open_document", label=begin, icon=kind.code.lower(), style="primary")
    return replace(shown, asks=asks, buttons=(button,))


def _kind_key(found: Found) -> str:
    match found:
        case Item():
            return "element.item"
        case Place():
            return "element.place"
        case HandlingUnit():
            return "element.handling_unit"
        case Plan():
            return "element.plan"
        case Document():
            return f"document.{found.type}"


def _title(found: Found) -> str:
    match found:
        case Item() | Plan() | Document():
            return found.number
        case Place():
            return found.code
        case HandlingUnit():
            return found.serial


def _show(found: Found, desk: Desk) -> LookUpView:
    match found:
        case Item():
            return _show_item(found, desk)
        case Place():
            return _show_place(found, desk)
        case HandlingUnit():
            return _show_unit(found, desk)
        case Plan():
            return _show_plan(found, desk)
        case Document():
            return _show_document(found, desk)


def _show_item(item: Item, desk: Desk) -> LookUpView:
    stock = desk.knowledge.where_is(item.id, STOCK_ROWS_MAX + 1)
    facts = [(Words(key="fact.unit"), f"unit.{item.unit}")]
    if item.specification:
        facts.insert(0, (Words(key="fact.specification"), item.specification))
    return LookUpView(
        asks=Words(key="ask.anything"),
        title=item.number,
        kind=Words(key="element.item"),
        names=item.names,
        facts=tuple(facts),
        stock=tuple(stock_row(one, desk) for one in stock[:STOCK_ROWS_MAX]),
        more=max(0, len(stock) - STOCK_ROWS_MAX),
    )


def _show_place(place: Place, desk: Desk) -> LookUpView:
    stock = [one for one in desk.knowledge.balances(place.code) if one.quantity.value > 0]
    return LookUpView(
        asks=Words(key="ask.anything"),
        title=place.code,
        kind=Words(key="element.place"),
        names=place.names,
        facts=((Words(key="fact.role"), f"role.{place.role}"),),
        stock=tuple(stock_row(one, desk) for one in stock[:STOCK_ROWS_MAX]),
        more=max(0, len(stock) - STOCK_ROWS_MAX),
    )


def _show_unit(unit: HandlingUnit, desk: Desk) -> LookUpView:
    """Show what a unit is; a carton with several kinds of goods as what lies in it."""
    held = unit.contents[0]
    item = desk.knowledge.item(held.goods.item)
    place = desk.knowledge.place(unit.place)
    where = f"{unit.place} {place.names.of(desk.language)}" if place else unit.place
    quantities = " · ".join(quantity_shown(one, desk) for one in (held.quantity, held.second) if one)
    of_goods = [
        (Words(key="field.item"), item.number if item else held.goods.item),
        (Words(key="field.lot"), held.goods.lot),
        (Words(key="field.grade"), f"choice.grade.{held.goods.grade}" if held.goods.grade else ""),
        (Words(key="field.owner"), held.goods.owner),
        (Words(key="field.quantity"), quantities),
    ]
    facts = [
        *([] if unit.is_mixed else of_goods),
        (Words(key="field.place"), where),
        (Words(key="fact.document"), unit.document),
        (Words(key="fact.time"), clock_time(unit.event_time) if unit.event_time else ""),
    ]
    return LookUpView(
        asks=Words(key="ask.anything"),
        title=unit.serial,
        kind=Words(key="element.handling_unit"),
        names=item.names if item and not unit.is_mixed else None,
        facts=tuple((name, text) for name, text in facts if text),
        stock=tuple(stock_row(one, desk) for one in unit.contents[:STOCK_ROWS_MAX]) if unit.is_mixed else (),
        more=max(0, len(unit.contents) - STOCK_ROWS_MAX) if unit.is_mixed else 0,
        shows_stock=unit.is_mixed,
    )


def _show_plan(plan: Plan, desk: Desk) -> LookUpView:
    partner = desk.knowledge.place(plan.partner)
    facts: list[tuple[Words, str]] = [
        (Words(key="field.partner"), partner.names.of(desk.language) if partner else plan.partner)
    ]
    if plan.due:
        facts.append((Words(key="fact.due"), plan.due))
    return LookUpView(
        asks=Words(key="ask.anything"),
        title=plan.number,
        kind=Words(key="element.plan"),
        facts=tuple(facts),
        plan=plan_views(plan, desk),
        shows_stock=False,
    )


def _show_document(finished: Document, desk: Desk) -> LookUpView:
    totals = " · ".join(quantity_shown(one, desk) for one in desk.knowledge.totals(finished.number))
    facts = [
        (Words(key="fact.status"), f"document.status.{finished.status}"),
        (Words(key="field.quantity"), totals),
    ]
    return LookUpView(
        asks=Words(key="ask.anything"),
        title=finished.number,
        kind=Words(key=f"document.{finished.type}"),
        facts=tuple((name, text) for name, text in facts if text),
        shows_stock=False,
    )
