"""The records the hub lets the kiosk know: the shape of each kind, and the codes it is found by."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from domain.barcodes.house import house_body
from domain.code_list import DefectCode, ReasonCode
from domain.facts import OpenDocument, RecordedLine
from domain.handoff import RequirementList
from domain.item import Item, Lot
from domain.label_order import LabelOrder
from domain.label_template import LabelTemplate
from domain.override import TypeOverride
from domain.place import Place, Station
from domain.plan import Plan
from domain.progress import Progress
from domain.quantity import Quantity
from domain.questionnaire import SurveyQuestion
from domain.route import Operation, Route
from domain.shift_slip import Shift
from domain.shop import Hold, Voice
from domain.staff import Person
from domain.stock import Balance
from domain.work_order import WorkOrder
from domain.work_unit import UnitRecord

GTIN_DIGITS = 14
_SHORT_GTINS = (8, 12, 13)

Lookups = list[tuple[str, str]]
"""(name of the look-up, code) pairs a record is found by."""


class PlanDone(Struct, frozen=True, kw_only=True):
    """How much of an order's line the whole plant has done, as the hub says."""

    number: str
    line: int
    done: Quantity


class ReadTemplate(LabelTemplate, frozen=True, kw_only=True, omit_defaults=True):
    """A label template that this version can read; ValueError for one it cannot, which is then kept apart."""

    def __post_init__(self) -> None:
        # Drawing is imported only where a plant has templates of its own: a kiosk is ready sooner without it.
        from labels.own_template import own_template  # noqa: PLC0415

        own_template(self.code, self.text)


class Disposition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the hub made of one of our events."""

    sequence: int
    epoch: int
    event_id: str
    state: str
    code: str = ""
    detail: str = ""


def _item_lookups(item: Item) -> Lookups:
    found = [("item_id", item.id), ("item", item.number)]
    for one in item.codes:
        found.append(("item", one.code))
        if one.code.isdecimal() and len(one.code) in _SHORT_GTINS:
            found.append(("item", one.code.zfill(GTIN_DIGITS)))
    return found


def _place_lookups(place: Place) -> Lookups:
    body = place.barcode or house_body(place.code)
    return [("place", place.code), ("place_body", body), ("role", place.role)]


def _person_lookups(person: Person) -> Lookups:
    badge = [("badge", person.badge), ("badge", house_body(person.badge))] if person.badge else []
    return [("person", person.number), *badge]


def plan_lookups(plan: Plan) -> Lookups:
    """Return what an order is found by, and whether it is offered."""
    still_open = [] if plan.closed or plan.pending else [(f"open_plan.{plan.kind}", plan.number)]
    made_for = dict.fromkeys((plan.work_order, house_body(plan.work_order))) if plan.work_order else ()
    return [
        (f"plan.{plan.kind}", plan.number),
        (f"plan_body.{plan.kind}", house_body(plan.number)),
        *((f"plan_body.{plan.kind}", one) for one in made_for),
        *still_open,
    ]


class Period(Struct, frozen=True, kw_only=True):
    """A month that is closed; its key is the month itself (2026-10)."""

    period: str


def _lot_lookups(lot: Lot) -> Lookups:
    return [(f"lot.{lot.item}", lot.number)]


def _document_lookups(document: OpenDocument) -> Lookups:
    return [("document", house_body(document.number)), ("shared", document.status)]


def _document_line_lookups(line: RecordedLine) -> Lookups:
    return [("line_of", line.document)]


def hold_lookups(hold: Hold) -> Lookups:
    """Return what a hold is found by: whatever it holds."""
    return [(f"hold.{hold.scope}", hold.key)]


def _requirement_lookups(asked: RequirementList) -> Lookups:
    return [("requirements_of", asked.operation), ("requirements_after", asked.before)]


def _found_by_key(_record: object) -> Lookups:
    return []


RECORDS: Mapping[str, tuple[Any, Callable[[Any], Lookups]]] = {
    "item": (Item, _item_lookups),
    "place": (Place, _place_lookups),
    "person": (Person, _person_lookups),
    "plan": (Plan, plan_lookups),
    "lot": (Lot, _lot_lookups),
    "document": (OpenDocument, _document_lookups),
    "document_line": (RecordedLine, _document_line_lookups),
    "station": (Station, _found_by_key),
    "period": (Period, _found_by_key),
    "document_type": (TypeOverride, _found_by_key),
    "bundle": (Progress, _found_by_key),
    "hold": (Hold, hold_lookups),
    "route": (Route, _found_by_key),
    "operation": (Operation, _found_by_key),
    "work_order": (WorkOrder, _found_by_key),
    "requirement_list": (RequirementList, _requirement_lookups),
    "defect_code": (DefectCode, _found_by_key),
    "reason_code": (ReasonCode, _found_by_key),
    "workshop": (UnitRecord, _found_by_key),
    "line": (UnitRecord, _found_by_key),
    "voice": (Voice, _found_by_key),
    "survey_question": (SurveyQuestion, _found_by_key),
    "shift": (Shift, _found_by_key),
    "label_template": (ReadTemplate, _found_by_key),
    "label_order": (LabelOrder, _found_by_key),
}
LOOKED_INTO = ("label_template",)
"""Kinds of which a record may have the right shape and yet be of no use to a version."""
SHAPES: Mapping[str, Any] = {
    "balance": Balance,
    "plan_done": PlanDone,
    "disposition": Disposition,
    **{kind: record_type for kind, (record_type, _) in RECORDS.items()},
}
KNOWN_KINDS = frozenset(SHAPES)
