"""What waits for whoever stands at this station: approvals, colleagues' documents, orders, labels to be printed.

Each opens in one touch, or by a scan of its number.
"""

from collections.abc import Iterator, Sequence

from domain.document import Document, DocumentType
from domain.facts import OpenDocument
from domain.place import PlaceRole
from domain.plan import Plan, PlanRef
from kiosk.activities import document
from kiosk.activity import Desk
from kiosk.screen import Choice, Words
from kiosk.state import State

SHARED_SHOWN_MAX = 12
PLANS_ASKED_MAX = 50
PLANS_SHOWN_MAX = 12
REASON_SHOWN_CHARS = 60
"""As much of a reason as fits beside a number; opened, the document says all of it."""
LABELS_SHOWN_MAX = 12
PLAN_LINES_MAX = 30
"""Lines of an order that are looked at for whether anything is left to do."""

OPEN_PLAN, GO_TO_DOCUMENT, PRINT_ORDER = "open_plan", "go_to_document", "print_order"
_STORES = (PlaceRole.STORAGE, PlaceRole.RECEIVING)


def what_waits(state: State, desk: Desk) -> tuple[Choice, ...]:
    """Return it in the order of urgency: approvals, what colleagues began, orders by the day they are due, labels."""
    return (*_colleagues(state, desk), *_plans(desk), *_labels(desk))


def still_ours(state: State, desk: Desk) -> Sequence[Document]:
    """Return the documents in hand here, but for those that a colleague finished or submitted meanwhile."""
    status = desk.knowledge.document_status
    return [one for one in state.documents if status(one.number) in ("", one.status)]


def _colleagues(state: State, desk: Desk) -> list[Choice]:
    in_hand = {one.number for one in still_ours(state, desk)}
    operator, knowledge = desk.operator, desk.knowledge
    found: list[Choice] = []
    for status, act in (("submitted", "approve"), ("open", "add")):
        for one in knowledge.open_documents(status, SHARED_SHOWN_MAX + len(in_hand)):
            is_here = one.number not in in_hand and one.type in desk.document_types
            if is_here and operator and operator.may(one.type, act):
                found.append(_document_row(one, act, desk))
    return found[:SHARED_SHOWN_MAX]


def _labels(desk: Desk) -> list[Choice]:
    if not desk.printers:
        return []
    today = desk.now.astimezone().date()
    return [
        Choice(
            value=one.number,
            title=one.about or one.number,
            detail=Words(
                key="home.labels_ordered",
                parameters={"label": f"label.template.{one.template}", "number": one.number},
            ),
            badge=f"{one.copies} ×",
            action=PRINT_ORDER,
            icon="printer",
        )
        for one in desk.labels.orders(today, LABELS_SHOWN_MAX)
    ]


def _document_row(shared: OpenDocument, act: str, desk: Desk) -> Choice:
    back = shared.sent_back
    number = back.person if back else shared.operator
    person = desk.knowledge.person(number)
    told = {
        "document": f"document.{shared.type}",
        "name": person.names.of(desk.language) if person else number,
    }
    if back:
        is_long = len(back.reason) > REASON_SHOWN_CHARS
        told["reason"] = f"{back.reason[: REASON_SHOWN_CHARS - 1]}…" if is_long else back.reason
    return Choice(
        value=shared.number,
        title=shared.number,
        detail=Words(key="home.sent_back" if back else f"home.to_{act}", parameters=told),
        badge=str(desk.knowledge.lines_in_effect(shared.number)),
        action=GO_TO_DOCUMENT,
        icon="undo" if back else "done" if act == "approve" else "document",
    )


def _plans(desk: Desk) -> list[Choice]:
    known = desk.knowledge.document_types()
    left_by_documents = {kind.leaves for kind in known.values()}
    rows: list[tuple[str, str, Choice]] = []
    # Where several types work on orders of a kind, the first of the station's does, as with a scan of the order.
    for kind in {one.plan_kind: one for one in reversed(document.types_of(desk))}.values():
        # What a document left is work that waits only where somebody has to find what is missing: a return is not.
        if kind.plan_kind and (kind.plan_kind not in left_by_documents or kind.difference):
            rows += [(plan.due or "9999", plan.number, row) for plan, row in _to_do(kind, desk)]
    return [row for _, _, row in sorted(rows, key=lambda one: one[:2])[:PLANS_SHOWN_MAX]]


def _to_do(kind: DocumentType, desk: Desk) -> Iterator[tuple[Plan, Choice]]:
    for plan in desk.knowledge.open_plans(kind.plan_kind, PLANS_ASKED_MAX):
        partner = desk.knowledge.place(plan.partner)
        is_for_another = (
            partner is not None
            and partner.role in _STORES
            and partner.warehouse not in ("", desk.station.warehouse)
        )
        left = 0 if is_for_another or plan.closed else _lines_left(plan, desk)
        if left:
            who = partner.names.of(desk.language) if partner else str(plan.partner)
            key = "home.plan_due" if plan.due else "home.plan"
            told = {"document": f"document.{kind.code}", "partner": who, "due": plan.due}
            yield (
                plan,
                Choice(
                    value=f"{kind.code} {plan.number}",
                    title=plan.number,
                    detail=Words(key=key, parameters=told),
                    badge=str(left),
                    action=OPEN_PLAN,
                    icon=kind.code.lower(),
                ),
            )


def _lines_left(plan: Plan, desk: Desk) -> int:
    """Return how many lines of an order less was done of than they name."""
    return sum(
        desk.knowledge.plan_done(PlanRef(number=plan.number, line=one.line), one.quantity.unit).value
        < one.quantity.value
        for one in plan.lines[:PLAN_LINES_MAX]
    )
