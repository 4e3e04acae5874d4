"""A document's form on the screen: its fields with their values, the one next step, and what lies over it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal

from domain.decide import Case, work_out_header, work_out_line
from domain.document import Document, header_fields, line_fields
from domain.events.documents import Value
from domain.field import Field, FieldKind, Form, Resolved
from domain.fields.owner import OURS
from domain.item import Item, ItemId
from domain.place import PlaceRole
from domain.quantity import Quantity
from domain.units import find_unit
from kiosk.activity import Desk
from kiosk.screen import Choice, FieldView, Pad, Picker, TextEntry, Words
from kiosk.state import Overlay

CHOICES_MAX = 40
Entry = Literal["scan", "number", "list", "text"]

_ENTRIES: Mapping[FieldKind, Entry] = {
    FieldKind.SIDE: "list",
    FieldKind.PLAN: "list",
    FieldKind.PARTNER: "list",
    FieldKind.PERSON: "scan",
    FieldKind.HANDLING_UNIT: "scan",
    FieldKind.ITEM: "text",
    FieldKind.LOT: "text",
    FieldKind.GRADE: "list",
    FieldKind.OWNER: "list",
    FieldKind.QUANTITY: "number",
    FieldKind.SECOND_QUANTITY: "number",
    FieldKind.PRICE: "number",
    FieldKind.PLACE: "text",
    FieldKind.CHOICE: "list",
    FieldKind.TEXT: "text",
    FieldKind.DAY: "text",
    FieldKind.DUE_DAY: "text",
    FieldKind.TIME: "text",
    FieldKind.SLIP: "text",
}
_CHOICES = frozenset({FieldKind.CHOICE, FieldKind.SIDE, FieldKind.GRADE})
_UNSAID: Mapping[FieldKind, str] = {
    FieldKind.GRADE: "choice.grade.first",
    FieldKind.OWNER: "choice.owner.own",
}
"""What goods are when nothing is said: first quality, and ours."""


class Worked:
    """A document's form worked out once for a whole turn: header, line, and what is asked for next."""

    def __init__(self, document: Document, case: Case) -> None:
        self.document = document
        self.kind = case.facts.document_types()[document.type]
        self.operator = case.operator
        self.header: Resolved = work_out_header(document, case)
        self.line: Resolved = work_out_line(document, case)

    @property
    def is_header_open(self) -> bool:
        """Tell whether the header is still being filled."""
        return self.document.status == "draft" and bool(self.header.missing)

    @property
    def is_paper_draft(self) -> bool:
        """Tell whether this is a document from paper into which nothing has gone yet."""
        return self.document.paper and self.document.status == "draft"

    @property
    def next_field(self) -> Field | None:
        """Return the field the screen asks for; None if everything needed is there."""
        missing = self.header.missing if self.is_header_open else self.line.missing
        return missing[0] if missing else None

    @property
    def asks(self) -> str:
        """Return the catalogue key of the one next step."""
        field = self.next_field
        return f"ask.{field.name}" if field else "ask.next_line"

    def field(self, name: str) -> Field | None:
        """Return a field that can be given now: of the header while it is open, else of the line."""
        header = header_fields(self.kind, self.document, self.operator)
        line = line_fields(self.kind, self.document, self.operator)
        # The day of the slips is given beforehand, and may be changed as long as the document is a draft.
        fields = header if self.is_header_open else (*header, *line) if self.is_paper_draft else line
        return next((one for one in fields if one.name == name), None)

    def value(self, name: str) -> Value | None:
        """Return what a field holds."""
        return self.line.values.get(name, self.header.values.get(name, self.document.header.get(name)))

    def item(self, desk: Desk) -> Item | None:
        """Return the line's item."""
        number = self.line.values.get("item")
        return desk.knowledge.item(ItemId(number)) if isinstance(number, str) else None

    def unit(self, field: Field, desk: Desk) -> str:
        """Return the unit a quantity field counts in; nothing before the item is known."""
        item = self.item(desk)
        if field.kind is FieldKind.PRICE:
            return desk.station.currency
        if item is None or field.kind not in (FieldKind.QUANTITY, FieldKind.SECOND_QUANTITY):
            return ""
        return item.unit if field.kind is FieldKind.QUANTITY else item.second_unit


def entry_of(field: Field) -> Entry:
    """Return how a field can be given by hand."""
    return _ENTRIES[field.kind]


def label_of(field: Field) -> Words:
    """Return a field's title: an order's is its kind, a partner's what it is to us."""
    if field.kind is FieldKind.PLAN:
        return Words(key=f"plan.{field.plan_kind}")
    if field.kind is FieldKind.PARTNER and len(field.roles) == 1:
        return Words(key=f"party.{next(iter(field.roles))}")
    return Words(key=f"field.{field.name}")


def header_views(worked: Worked, desk: Desk) -> tuple[FieldView, ...]:
    """Show the header's fields."""
    document = worked.document
    values = worked.header.values if document.status == "draft" else document.header
    return _field_views(
        worked,
        header_fields(worked.kind, document, worked.operator),
        values,
        desk,
        is_open=worked.is_header_open or worked.is_paper_draft,
    )


def line_views(worked: Worked, desk: Desk) -> tuple[FieldView, ...]:
    """Show the unfinished line; fields that cannot apply to these goods are left out."""
    item = worked.item(desk)
    form = Form(
        clues=(),
        values=worked.line.values,
        taken=frozenset(),
        facts=desk.knowledge,
        operator=worked.operator.number,
    )
    fields = tuple(
        one
        for one in line_fields(worked.kind, worked.document, worked.operator)
        if not (one.kind is FieldKind.SECOND_QUANTITY and item and not item.second_unit)
        and not (one.kind is FieldKind.LOT and item and not item.lot_managed)
        and not (one.kind is FieldKind.HANDLING_UNIT and one.is_new(form))
    )
    return _field_views(worked, fields, worked.line.values, desk, is_open=not worked.is_header_open)


def _field_views(
    worked: Worked, fields: Sequence[Field], values: Mapping[str, Value], desk: Desk, *, is_open: bool
) -> tuple[FieldView, ...]:
    following = worked.next_field
    sticky = _sticky_values(worked)
    return tuple(
        FieldView(
            name=field.name,
            label=label_of(field),
            value=value_shown(field, values.get(field.name), desk),
            detail=value_detail(field, values.get(field.name), desk),
            is_next=is_open and following is not None and following.name == field.name,
            is_sticky=field.name in sticky and field.name in values,
            entry=entry_of(field) if is_open else "scan",
            unit=worked.unit(field, desk),
        )
        for field in fields
    )


def _sticky_values(worked: Worked) -> frozenset[str]:
    if not worked.document.line_inputs or any(not one.sticky for one in worked.document.line_inputs):
        return frozenset()
    return frozenset(worked.line.values)


def value_shown(field: Field, value: Value | None, desk: Desk) -> str:
    """Return a value as it is read; a choice as its catalogue key."""
    match value:
        case None | "":
            return _UNSAID.get(field.kind, "")
        case Quantity():
            return value.text
        case str() if field.kind in _CHOICES:
            return f"choice.{field.name}.{value}"
        case str() if field.kind is FieldKind.TIME:
            return value.rpartition("T")[2]
        case str() if field.kind is FieldKind.ITEM:
            item = desk.knowledge.item(ItemId(value))
            return item.number if item else value
        case str():
            return value


def value_detail(field: Field, value: Value | None, desk: Desk) -> str:
    """Return what a number or code stands for, in the operator's language."""
    if not isinstance(value, str) or not value:
        return ""
    match field.kind:
        case FieldKind.ITEM:
            item = desk.knowledge.item(ItemId(value))
            return f"{item.names.of(desk.language)} {item.specification}".strip() if item else ""
        case FieldKind.PLACE | FieldKind.PARTNER | FieldKind.OWNER:
            place = desk.knowledge.place(value)
            return place.names.of(desk.language) if place else ""
        case FieldKind.PERSON:
            person = desk.knowledge.person(value)
            return person.names.of(desk.language) if person else ""
        case _:
            return ""


def pad_of(worked: Worked, overlay: Overlay | None, desk: Desk) -> Pad | None:
    """Show the number pad, with what the total will be."""
    field = worked.field(overlay.field) if overlay and overlay.kind == "pad" else None
    if overlay is None or field is None:
        return None
    unit = worked.unit(field, desk)
    known, value = find_unit(unit) if unit else None, worked.value(field.name)
    return Pad(
        field=field.name,
        label=Words(key=f"field.{field.name}"),
        unit=unit,
        decimals=known.decimals if known else 3,
        typed=overlay.typed,
        mode=overlay.mode,
        current=str(value) if isinstance(value, Quantity) else "",
        total=f"{total} {unit}".rstrip() if (total := pad_total(worked, overlay)) else "",
    )


def pad_total(worked: Worked, overlay: Overlay) -> str:
    """Return what a typed number makes of the field: itself, or added to what is there. Nothing typed makes nothing."""
    value = worked.value(overlay.field)
    try:
        typed = Decimal(overlay.typed)
    except InvalidOperation:
        return ""
    if overlay.mode == "add" and isinstance(value, Quantity):
        return f"{typed + value.value:f}"
    return overlay.typed


def text_of(worked: Worked, overlay: Overlay | None) -> TextEntry | None:
    """Show the keyboard."""
    field = worked.field(overlay.field) if overlay and overlay.kind == "text" else None
    if overlay is None or field is None:
        return None
    return TextEntry(field=field.name, label=label_of(field), typed=overlay.typed)


def picker_of(worked: Worked, overlay: Overlay | None, desk: Desk) -> Picker | None:
    """Show the list to pick from."""
    field = worked.field(overlay.field) if overlay and overlay.kind == "list" else None
    if field is None:
        return None
    return Picker(field=field.name, label=label_of(field), choices=_choices(field, desk))


def _choices(field: Field, desk: Desk) -> tuple[Choice, ...]:
    match field.kind:
        case FieldKind.CHOICE | FieldKind.SIDE | FieldKind.GRADE:
            return tuple(Choice(value=one, title=f"choice.{field.name}.{one}") for one in field.choices)
        case FieldKind.PLAN:
            plans = desk.knowledge.open_plans(field.plan_kind, CHOICES_MAX)
            partners = {plan.number: desk.knowledge.place(plan.partner) for plan in plans}
            return tuple(
                Choice(
                    value=plan.number,
                    title=plan.number,
                    names=partner.names if (partner := partners[plan.number]) else None,
                    badge=plan.due,
                )
                for plan in plans
            )
        case FieldKind.PARTNER | FieldKind.OWNER:
            roles = sorted(field.roles or {PlaceRole.SUPPLIER})
            places = [place for role in roles for place in desk.knowledge.places(role, CHOICES_MAX)]
            parties = [Choice(value=one.code, title=one.code, names=one.names) for one in places]
            ours = [Choice(value=OURS, title="choice.owner.own")] if field.kind is FieldKind.OWNER else []
            return (*ours, *parties)[:CHOICES_MAX]
        case _:
            return ()
