"""What the kiosk expects of whatever shows its screen: take a screen, hand back touches."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from kiosk.screen import Screen

TOUCH_VALUE_CHARS_MAX = 200


class Touch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finger on the screen. `action` and `value` are those of the button, row or key touched.

    `turn` is the turn of the screen the finger saw: a touch on a screen that has changed since is not taken.
    """

    action: str
    value: str = ""
    turn: int


class PagePort(Protocol):
    """A page that shows the newest screen and reports touches from a thread of its own."""

    @property
    def address(self) -> str:
        """Where it is served; empty before `start`, and for a page nobody can open."""
        ...

    def show(self, screen: Screen) -> None:
        """Show this screen now, and to whoever connects later. Called from the loop; returns at once."""
        ...

    def start(self, host: str, port: int, on_touch: Callable[[Touch], None]) -> None:
        """Serve the page; returns when the port is open. Raises OSError where it cannot be opened."""
        ...

    def stop(self) -> None:
        """Stop serving; no touch is reported after this returns."""
        ...


class NoPage:
    """A kiosk without a screen: for benches, and while a page is mended."""

    address = ""

    def show(self, screen: Screen) -> None:
        """Show it to nobody."""

    def start(self, host: str, port: int, on_touch: Callable[[Touch], None]) -> None:
        """Open nothing."""

    def stop(self) -> None:
        """Nothing is open."""


TOUCH_ACTIONS = (
    "acknowledge",
    "home",
    "open_document",
    "paper",
    "go_to_document",
    "open_plan",
    "print_order",
    "field",
    "pad_key",
    "text_key",
    "pad_mode",
    "overlay_done",
    "overlay_close",
    "take_weight",
    "pick",
    "yes",
    "no",
    "pin",
    "done",
    "undo",
    "clear_line",
    "void_document",
    "help",
    "volume",
    "lock",
    "look_up",
    "reprint",
    "select_job",
    "reprint_reason",
    "cancel_job",
    "cancel_batch",
    "label_came_out",
    "label_number",
    "media_loaded",
    "first_label",
    "first_again",
    "release_batch",
    "release_reason",
    "label_to_end",
    "hold_printer",
    "release_printer",
    "command_sheet",
    "tick",
    "approve",
    "take_back",
    "retry",
    "operation",
    "other_operation",
    "select_work",
    "finish",
    "count",
    "verdict",
    "pause",
    "resume",
    "join",
    "leave",
    "take_over",
    "tickets",
    "calls",
    "resume_station",
    "station",
    "tile",
    "defect",
    "clear_draft",
    "leave_draft",
    "before",
    "rate",
    "reason",
    "damaged",
    "carrier",
    "judge",
    "conceded",
    "renew",
    "split",
    "put_together",
    "call",
    "came",
    "break",
    "stoppage",
    "shift_slip",
    "lay",
    "lay_order",
    "lay_colour",
    "lay_roll",
    "lay_cut",
    "say",
    "statement",
    "blank",
    "told",
    "type_blank",
    "drop_ticket",
    "say_it",
    "open_ticket",
    "inspection",
    "inspection_kind",
    "inspection_order",
    "inspection_operation",
    "other_kind",
    "option",
    "record",
    "pay",
    "pay_line",
    "contest",
    "print_pay",
    "scanner_doctor",
    "doctor_sheet",
    "doctor_setup",
    "doctor_adapt",
    "doctor_take_back",
    "doctor_again",
    "doctor_leave",
    "photo",
    "photo_refused",
    "drop_photo",
)
"""The actions the kiosk understands, as they stand in `Touch.action`.

`field` (value: field name) opens the pad, list or text entry of that field. `pad_key` and `text_key` (value: one
character, "back" or "clear") type into it; `pad_mode` switches between replace and add; `overlay_done` takes what was
typed. `label_number` (value: what is typed) opens the pad for labels, `label_to_end` takes all to the last of a batch;
`take_weight` (value: weight and scale as shown) takes what lies on a scale; `pick` (value: the choice) takes a
row of a list. `pin` (value: all its digits) is the PIN asked for. `tick` (value: index) switches one difference of an
approval. `photo` (value: digest) adds a photo the kiosk has on its disk by now, `photo_refused` (value: a code) says
that there is none.
"""
