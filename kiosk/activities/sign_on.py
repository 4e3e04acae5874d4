"""Nobody is signed on: the screen asks for a badge and shows what was recorded last."""

from kiosk.activities import scanner_doctor
from kiosk.activity import Desk, Scanned, Turn
from kiosk.line_view import line_view
from kiosk.page import Touch
from kiosk.screen import SignOnView
from kiosk.state import Question, State


def on_scan(state: State, scan: Scanned, desk: Desk) -> Turn | None:
    """Leave everything to the session: a badge is its business."""
    return None


def on_touch(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Nothing can be touched before a badge is shown, but what helps where the badge is not read."""
    return Turn(state=scanner_doctor.opened(state)) if touch.action == scanner_doctor.OPEN else None


def on_yes(state: State, question: Question, desk: Desk) -> Turn:
    """Nothing is ever asked here."""
    return Turn(state=state)


def asks(state: State, desk: Desk) -> str:
    """Ask for the badge."""
    return "ask.badge"


def view(state: State, desk: Desk) -> SignOnView:
    """Ask for the badge."""
    last = desk.knowledge.last_line()
    return SignOnView(last=line_view(last, desk, is_last=True) if last else None)
