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


class LabelBatchHeld(Event, frozen=True, kw_only=True):
    """The rest of a batch of labels waits until the first one, just asked for, was scanned back: it can be read."""

    batch: str
    first: str


class LabelBatchReleased(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The rest of a batch goes out: its first label was scanned back, or somebody answers for it without.

    `reason` and `released_by` (an employee number) are set where nobody scanned it.
    """

    batch: str
    reason: str = ""
    released_by: str = ""


class MediaLoaded(Event, frozen=True, kw_only=True):
    """Somebody put labels of another size into a printer: `media` as in 100x150 (mm)."""

    printer: str
    media: str


class PrinterHeld(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody holds the labels of one printer: other media go in, or its place is needed. Nothing is lost by it."""

    printer: str


class PrinterReleased(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody lets the labels of a held printer go out again."""

    printer: str
