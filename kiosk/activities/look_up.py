"""Look-up: scan anything, see what it is and where it is. Moves nothing; an order scanned twice begins its document."""

from msgspec.structs import replace

from domain.barcode import Element, Gtin, ItemNumber, PlaceCode, PlainText, read
from domain.decide import no_use_for
from domain.document import DocumentType
from domain.facts import HandlingUnit
from domain.field import Clue, Input
from domain.fields.handling_unit import serial_of
from domain.item import Item
from domain.log import RawScan
from domain.place import Place
from domain.plan import Plan
from domain.problem import Problem, refusal
from kiosk.activities import document
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import answered, refused
from kiosk.document_switch import type_card, type_for_order
from kiosk.document_view import plan_views
from kiosk.line_view import clock_time, quantity_shown, stock_row
from kiosk.page import Touch
from kiosk.screen import Button, LookUpView, Tone, Words
from kiosk.state import Question, State

STOCK_ROWS_MAX = 12
Found = Item | Place | HandlingUnit | Plan


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
    return desk.knowledge.plan(ordered[0].plan_kind, ordered[1]) if ordered else None


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
    """Begin the document for the order on screen; nothing else here is touched besides home."""
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


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return refused(state, (refusal("nothing_asked"),))


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
    return _offering(shown, *ordered) if ordered else shown


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


def _title(found: Found) -> str:
    match found:
        case Item() | Plan():
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
