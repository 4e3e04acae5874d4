"""What lies over a station's screen: the number pad and the lists of reasons; and what was given there."""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from msgspec.structs import replace

from domain.code_list import ReasonUse
from kiosk.activity import Desk
from kiosk.overlay import type_key
from kiosk.page import Touch
from kiosk.parts import Words
from kiosk.screen import Pad, Picker, TextEntry
from kiosk.state import Overlay, State
from kiosk.work.inspection import entry_of
from kiosk.work.operations import reason_choices
from kiosk.work.state import COUNT_MAX

LISTS: dict[str, ReasonUse] = {
    "pause_reason": "pause",
    "stop_reason": "stoppage",
    "concession_reason": "concession",
    "reject_reason": "reject",
    "reprint_reason": "reprint",
    "contest_reason": "contest",
}
"""Lists of reasons: the field each fills, and what the reasons are for."""
TYPED = ".text"
"""Ends the field of a blank that is typed in letters; before it stands the blank's name."""
TEXT_CHARS_MAX = 40


class Given(NamedTuple):
    """What was typed or picked, and the field it is for."""

    field: str
    value: str

    @property
    def pieces(self) -> int:
        """Return what was typed as a number of pieces."""
        return min(int(self.value), COUNT_MAX) if self.value.isascii() and self.value.isdecimal() else 0

    @property
    def number(self) -> Decimal | None:
        """Return what was typed as a number; None where it is none."""
        return _number(self.value)


def opened(state: State, field: str) -> State:
    """Return the state with the pad or list of a field over it."""
    is_text = field.startswith("leg.") or field.endswith(TYPED)
    kind = "list" if field in LISTS else "text" if is_text else "pad"
    return replace(state, overlay=Overlay(kind=kind, field=field), answer=None)


def on_overlay(state: State, touch: Touch) -> State | Given | None:
    """Take a touch on what lies over the screen; None where it is none of its business."""
    overlay = state.overlay
    match touch.action:
        case "pad_key" | "text_key" | "pad_mode" if overlay:
            return type_key(state, touch)
        case "overlay_close":
            return replace(state, overlay=None)
        case "overlay_done" if overlay and overlay.typed:
            return Given(overlay.field, _total(state, overlay))
        case "pick" if overlay and overlay.kind == "list":
            return Given(overlay.field, touch.value)
        case _:
            return None


def _current(state: State, field: str) -> Decimal:
    look = state.work.look if state.at == "inspection" else None
    return look.numbers.get(field, Decimal(0)) if look else Decimal(state.work.draft.counts.get(field, 0))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _total(state: State, overlay: Overlay) -> str:
    typed = _number(overlay.typed)
    if overlay.kind == "text" or typed is None:
        return overlay.typed[:TEXT_CHARS_MAX]
    added = _current(state, overlay.field) if overlay.mode == "add" else Decimal(0)
    return f"{min(added + typed, Decimal(COUNT_MAX)):f}"


def overlays_of(state: State, desk: Desk) -> tuple[Pad | None, TextEntry | None, Picker | None]:
    """Return the pad or the list that is open."""
    overlay = state.overlay
    if overlay is None:
        return None, None, None
    label = Words(key=f"field.{overlay.field.partition('.')[0]}")
    if overlay.kind == "list":
        choices = reason_choices(LISTS.get(overlay.field, "pause"), desk)
        return None, None, Picker(field=overlay.field, label=label, choices=choices)
    if overlay.kind == "text":
        return None, TextEntry(field=overlay.field, label=label, typed=overlay.typed), None
    current, entry = _current(state, overlay.field), entry_of(state, overlay.field)
    pad = Pad(
        field=overlay.field,
        label=label,
        unit=entry.unit,
        decimals=entry.decimals,
        typed=overlay.typed,
        mode=overlay.mode,
        current=f"{current:f}" if current else "",
        total=_total(state, overlay) if overlay.typed else "",
    )
    return pad, None, None
