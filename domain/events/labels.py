"""What happens to labels: asked for, printed, reprinted, or unknown after a power cut."""

from typing import Literal

from domain.event import Event

LabelState = Literal["sent", "printed", "unknown", "failed", "cancelled", "expired"]


class LabelRequested(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A label was asked for. `serial` is the handling unit or place it names; `reason` is set on a reprint."""

    job: str
    template: str
    data: dict[str, str]
    copies: int = 1
    printer: str = ""
    serial: str = ""
    document: str = ""
    reason: str = ""


class LabelReported(Event, frozen=True, kw_only=True, omit_defaults=True):
    """What the printer said became of a job."""

    job: str
    state: LabelState
    detail: str = ""


class PrinterHeld(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody holds the labels of one printer: other media go in, or its place is needed. Nothing is lost by it."""

    printer: str


class PrinterReleased(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody lets the labels of a held printer go out again."""

    printer: str
