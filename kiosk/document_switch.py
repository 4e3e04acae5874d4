"""Another document scanned while one is open: offer to switch, never drop the first."""

from msgspec.structs import replace

from domain.barcode import DocumentCode, OrderNumber, PlainText
from domain.barcodes.house import house_body
from domain.document import Document, DocumentType
from domain.field import Input
from domain.problem import info, question
from kiosk.activity import Desk, Scanned, Turn
from kiosk.answers import asked, problem_answer
from kiosk.screen import Words
from kiosk.state import State

_NOT_ENDED = ("", "open", "submitted")


def number_named(scan: Scanned) -> str:
    """Return the document or order number a code may be, or nothing."""
    for element in scan.reading.elements:
        if isinstance(element, DocumentCode | OrderNumber | PlainText):
            return element.value
    return ""


def open_document_named(state: State, scan: Scanned, desk: Desk) -> str | None:
    """Return the number of the open document that a code names, one of ours or of a colleague's.

    By its number, or by the body of its house code.
    """
    number = number_named(scan)
    if not number:
        return None
    same = (one.number for one in state.documents if house_body(one.number) == house_body(number))
    shared = desk.knowledge.open_document(number)
    return next(same, shared.number if shared and shared.type in desk.document_types else None)


def without_ended(state: State, desk: Desk) -> State:
    """Return the state without documents that colleagues or the office brought to their end: they take up no room."""
    status = desk.knowledge.document_status
    kept = tuple(one for one in state.documents if status(one.number) in _NOT_ENDED)
    return replace(state, documents=kept)


def why_sent_back(number: str, desk: Desk) -> Words | None:
    """Return what whoever goes on with a document must know that was not approved: by whom, and why."""
    shared = desk.knowledge.open_document(number)
    if shared is None or shared.sent_back is None:
        return None
    back = shared.sent_back
    person = desk.knowledge.person(back.person)
    name = person.names.of(desk.language) if person else back.person
    told = {"document": shared.number, "name": name, "reason": back.reason}
    return Words(key="said.sent_back", parameters=told)


def type_card(scan: Scanned, desk: Desk) -> DocumentType | None:
    """Return the document type whose card was scanned: a document code that holds just the type's code."""
    for element in scan.reading.elements:
        if isinstance(element, DocumentCode) and element.value in desk.document_types:
            return desk.knowledge.document_types().get(element.value)
    return None


def type_for_order(scan: Scanned, desk: Desk) -> tuple[DocumentType, str] | None:
    """Return the document type that works on the order a code names, and the order's number."""
    number = number_named(scan)
    if not number:
        return None
    known = desk.knowledge.document_types()
    for code in desk.document_types:
        kind = known.get(code)
        plan = desk.knowledge.plan(kind.plan_kind, number) if kind and kind.plan_kind else None
        if kind and plan:
            return kind, plan.number
    return None


def other_document(state: State, document: Document, scan: Scanned, desk: Desk) -> Turn | None:
    """Offer to switch to another document or order; None if the code is for the document in hand."""
    named = open_document_named(state, scan, desk)
    if named is not None:
        if named == document.number:
            same = problem_answer(info("already_at_document", document=named), scan.text)
            return Turn(state=replace(state, answer=same))
        asking = question("switch_document", document=named, current=document.number)
        return Turn(state=asked(state, "switch", (asking,), scan.text, target=named))
    ordered = type_for_order(scan, desk)
    if ordered is None or document.status == "draft":
        return None
    kind, order = ordered
    if document.header.get(kind.plan_field) == order and document.type == kind.code:
        same = problem_answer(info("already_at_document", document=order), scan.text)
        return Turn(state=replace(state, answer=same))
    asking = question("open_other_order", order=order, current=document.number)
    given = Input(text=scan.text, symbology=scan.raw.symbology)
    return Turn(state=asked(state, "open_plan", (asking,), scan.text, target=kind.code, given=given))
