"""How an inspection is shown: what is looked at, its numbers and defects, and what it comes to so far."""

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from domain.inspection import (
    Entry,
    Findings,
    InspectionType,
    Judged,
    Marking,
    Options,
    Seen,
    Subject,
    findings,
    is_named,
    judged,
)
from domain.words import has_words
from kiosk.activity import Desk
from kiosk.parts import Button, Choice, Words
from kiosk.state import State
from kiosk.work.cards import bundle_card
from kiosk.work.inspection import in_hand, kinds_here
from kiosk.work.operations import defect_title, operation_name, people_names
from kiosk.work.views import InspectionView, NumberTile, OptionRow

POINTS = ("1", "2", "3", "4")
"""What a defect of cloth may cost."""
ORDERS_SHOWN_MAX = 50
OPERATIONS_SHOWN_MAX = 100
_ICONS = {
    "patrol": "look_up",
    "end_line": "list",
    "first_piece": "item",
    "final": "shield",
    "fabric": "label",
    "needle": "warn",
}


def inspection_asks(state: State) -> str:
    """Return the one next step."""
    hand = in_hand(state)
    if hand is None:
        return "ask.inspection_kind"
    kind, look = hand
    if not is_named(kind, look):
        return f"ask.inspection.{kind.kind}"
    if not look.operation:
        return "ask.inspection_operation"
    if kind.marking is Marking.NONE:
        return "ask.inspection_say"
    return "ask.inspection_next" if kind.goes_on else "ask.inspection_record"


def marks_of(kind: InspectionType, look: Seen, desk: Desk) -> Sequence[str]:
    """Return what can be touched: the kinds of defect at the operation, or the points a defect costs."""
    match kind.marking:
        case Marking.NONE:
            return ()
        case Marking.POINTS:
            return POINTS
        case Marking.DEFECTS:
            known = (one.code for one in desk.floor.defects(look.operation))
            return list(dict.fromkeys((*known, *(one.code for one in look.marks))))


def inspection_view(state: State, desk: Desk) -> InspectionView:
    """Show the kinds to choose from, or the inspection in hand."""
    hand, asks = in_hand(state), Words(key=inspection_asks(state))
    if hand is None:
        back = _button("leave_draft", "back", "close")
        return InspectionView(asks=asks, kinds=_kinds(desk), buttons=(back,))
    kind, look = hand
    shown = InspectionView(
        asks=asks,
        kind=Words(key=f"quality.inspection.{kind.kind}"),
        name=look.name,
        today=_today(state, kind, desk),
        buttons=_buttons(kind, look),
    )
    if not is_named(kind, look) or not look.operation:
        return replace(shown, choices=_choices(kind, look, desk))
    return _filled(shown, kind, look, desk)


def _filled(shown: InspectionView, kind: InspectionType, look: Seen, desk: Desk) -> InspectionView:
    """Show what was told, and what it comes to as it stands."""
    found, judgement = findings(kind, look), judged(kind, look)
    progress = desk.floor.progress(look.bundle) if look.bundle else None
    result = judgement.result if isinstance(judgement, Judged) else ""
    return replace(
        shown,
        facts=_facts(look, desk),
        card=bundle_card(progress, desk) if progress else None,
        tiles=tuple(_tile(one, found) for one in kind.entries),
        figures=tuple(
            NumberTile(label=Words(key=f"field.{one.name}"), value=one.value) for one in kind.figures(found)
        ),
        options=tuple(_row(one, found.chosen.get(one.name, "")) for one in kind.options),
        is_by_points=kind.marking is Marking.POINTS,
        marks=_marks(kind, look, desk),
        result=result,
        says=Words(key=f"quality.result.{result}") if result else None,
    )


def _kinds(desk: Desk) -> tuple[Button, ...]:
    return tuple(
        Button(
            action="inspection_kind",
            value=one,
            label=Words(key=f"quality.inspection.{one}"),
            icon=_ICONS[one],
            style="primary",
        )
        for one in kinds_here(desk)
    )


def _button(action: str, label: str, icon: str, value: str = "") -> Button:
    return Button(action=action, value=value, label=Words(key=f"button.{label}"), icon=icon)


def _buttons(kind: InspectionType, look: Seen) -> tuple[Button, ...]:
    is_typed = Subject.NAMED in kind.subjects
    is_ready = is_named(kind, look) and bool(look.operation)
    done = replace(_button("record", "record", "done"), style="primary")
    return (
        *((done, _button("undo", "undo", "undo")) if is_ready else ()),
        *((_button("tile", "type_subject", "text", "subject.text"),) if is_typed else ()),
        *((_button("other_operation", "other_operation", "list"),) if is_ready and kind.is_of_maker else ()),
        _button("other_kind", "other_inspection", "shield"),
        _button("leave_draft", "back", "close"),
    )


def _choices(kind: InspectionType, look: Seen, desk: Desk) -> tuple[Choice, ...]:
    """Return what can be chosen by touch: an order to look at, or the operation it is about."""
    if is_named(kind, look):
        return tuple(
            Choice(value=one.code, title=one.names.of(desk.language), action="inspection_operation")
            for one in desk.floor.operations(OPERATIONS_SHOWN_MAX)
        )
    if Subject.ORDER not in kind.subjects:
        return ()
    return tuple(
        Choice(value=one.number, title=one.number, badge=one.style, action="inspection_order")
        for one in desk.floor.orders_open(ORDERS_SHOWN_MAX)
    )


def _facts(look: Seen, desk: Desk) -> tuple[Words, ...]:
    told = {
        "inspection.operation": operation_name(look.operation, desk),
        "inspection.people": people_names(look.people, desk),
        "inspection.order": look.order if not look.bundle else "",
        "inspection.subject": look.subject,
    }
    return tuple(Words(key=key, parameters={"name": name}) for key, name in told.items() if name)


def _tile(entry: Entry, found: Findings) -> NumberTile:
    number = found.numbers.get(entry.name)
    return NumberTile(
        label=Words(key=f"field.{entry.name}"),
        value="" if number is None else f"{number.normalize():f}",
        field=entry.name,
        is_missing=number is None and not entry.is_of_mark,
    )


def _row(options: Options, chosen: str) -> OptionRow:
    """Return the values to choose from: words where the catalogue has some, else as they are."""

    def label(value: str) -> Words:
        words = f"choice.{options.name}.{value}"
        return Words(key=words) if has_words(words) else Words(key="station.name", parameters={"name": value})

    buttons = (
        Button(action="option", value=f"{options.name}:{one}", label=label(one)) for one in options.values
    )
    return OptionRow(
        label=Words(key=f"field.{options.name}"),
        buttons=tuple(buttons),
        chosen=f"{options.name}:{chosen}" if chosen else "",
    )


def _marks(kind: InspectionType, look: Seen, desk: Desk) -> tuple[Choice, ...]:
    counts = Counter(one.code for one in look.marks)
    by_points = kind.marking is Marking.POINTS
    return tuple(
        Choice(
            value=code,
            title=f"inspection.points.{code}" if by_points else defect_title(code, look.operation, desk),
            badge=str(counts[code]) if code in counts else "",
            action="defect",
        )
        for code in marks_of(kind, look, desk)
    )


def _today(state: State, kind: InspectionType, desk: Desk) -> tuple[NumberTile, ...]:
    """Return what the inspections of this kind came to here today."""
    looked = state.work.looked_on(kind.kind, desk.day)
    figures = {"looks": str(looked.looks)}
    if looked.checked:
        figures |= {"checked": str(looked.checked), "dhu": str(looked.dhu), "rft": f"{looked.rft} %"}
    return tuple(NumberTile(label=Words(key=f"field.{one}"), value=value) for one, value in figures.items())
