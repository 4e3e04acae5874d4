"""What lies over a document while something is given by hand: the pad, the keyboard, the list."""

from msgspec.structs import replace

from kiosk.form_view import Worked, entry_of
from kiosk.page import Touch
from kiosk.state import Overlay, State

TYPED_CHARS_MAX = 40


def open_overlay(state: State, worked: Worked, name: str) -> State:
    """Open the pad, keyboard or list of a field; a field that is only scanned opens nothing."""
    field = worked.field(name)
    match entry_of(field) if field else "scan":
        case "number":
            overlay = Overlay(kind="pad", field=name)
        case "list":
            overlay = Overlay(kind="list", field=name)
        case "text":
            overlay = Overlay(kind="text", field=name)
        case _:
            overlay = None
    return replace(state, overlay=overlay, answer=None)


def type_key(state: State, touch: Touch) -> State:
    """Take one key of the pad or keyboard."""
    overlay = state.overlay
    if overlay is None:
        return state
    if touch.action == "pad_mode":
        mode = "add" if touch.value == "add" else "replace"
        return replace(state, overlay=replace(overlay, mode=mode))
    match touch.value:
        case "back":
            typed = overlay.typed[:-1]
        case "clear":
            typed = ""
        case "space":
            typed = f"{overlay.typed} "
        case key if len(key) == 1 and (overlay.kind == "text" or _may_follow(overlay.typed, key)):
            typed = f"{overlay.typed}{key}"
        case _:
            typed = overlay.typed
    return replace(state, overlay=replace(overlay, typed=typed[:TYPED_CHARS_MAX]))


def _may_follow(typed: str, key: str) -> bool:
    """Tell whether a key makes sense on the number pad: digits, and one decimal point."""
    return (key.isascii() and key.isdecimal()) or (key == "." and "." not in typed)
