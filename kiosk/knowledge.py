"""What the kiosk's activities may ask besides the rules' own questions; answered from the file, or by a fake."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.document import Document
from domain.facts import Facts, OpenDocument, RecordedLine
from domain.label_order import LabelOrder
from domain.place import Place, PlaceRole
from domain.plan import Plan
from domain.quantity import Quantity
from domain.stock import Movement
from kiosk.store.jobs import LabelBatch, LabelJob
from kiosk.store.media import OtherMedia


class Knowledge(Facts, Protocol):
    """The kiosk's own questions; every answer is immediate and bounded."""

    def places(self, role: PlaceRole, limit: int) -> Sequence[Place]:
        """Return places of a role, for a list to pick from."""
        ...

    def open_plans(self, kind: str, limit: int) -> Sequence[Plan]:
        """Return orders still open, for a list to pick from."""
        ...

    def latest_lines(self, document: str, limit: int) -> Sequence[RecordedLine]:
        """Return the newest lines of a document, newest first."""
        ...

    def last_line(self) -> RecordedLine | None:
        """Return the line this kiosk recorded last, of any document."""
        ...

    def lines_on(self, day: str) -> int:
        """Return how many lines in effect were recorded on a day."""
        ...

    def lines_in_effect(self, document: str) -> int:
        """Return how many of a document's lines were not taken back."""
        ...

    def totals(self, document: str) -> Sequence[Quantity]:
        """Return what the lines in effect add up to, one quantity for each unit."""
        ...

    def proposed(self, document: str) -> Sequence[Movement]:
        """Return what approving a submitted document would move."""
        ...

    def open_document(self, number: str) -> OpenDocument | None:
        """Return a document of the plant that has not ended, by its number or the body of its code."""
        ...

    def open_documents(self, status: str, limit: int) -> Sequence[OpenDocument]:
        """Return documents of the plant that are open, or submitted."""
        ...

    def finished_document(self, number: str) -> Document | None:
        """Return a document in effect that this kiosk finished, by its number or the body of its code."""
        ...


class Labels(Protocol):
    """Questions about the print queue."""

    def job(self, job_id: str) -> LabelJob | None:
        """Return one label."""
        ...

    def latest(self, limit: int) -> Sequence[LabelJob]:
        """Return the newest labels, newest first."""
        ...

    def waiting_of_batch(self, batch: str) -> Sequence[LabelJob]:
        """Return the labels of a batch that still wait, in their order."""
        ...

    def of_batch(self, batch: str) -> Sequence[LabelJob]:
        """Return the labels that were asked for together, in their order."""
        ...

    def batch(self, batch: str) -> LabelBatch | None:
        """Return how far the labels are that were asked for together."""
        ...

    def batches(self) -> Sequence[LabelBatch]:
        """Return the newest batches, newest first; a label asked for alone is one too."""
        ...

    def unproven(self) -> Sequence[str]:
        """Return the batches of which the first label must be scanned back, newest last."""
        ...

    def first_of(self, batch: str) -> LabelJob | None:
        """Return the first label of a batch."""
        ...

    def with_code(self, codes: Sequence[str]) -> Sequence[LabelJob]:
        """Return those of the newest labels that have one of these codes on them, newest first."""
        ...

    def order(self, number: str) -> LabelOrder | None:
        """Return an order of the office's that nobody printed here yet."""
        ...

    def orders(self, today: date, limit: int) -> Sequence[LabelOrder]:
        """Return what the office orders from this kiosk and nobody printed yet, the oldest first."""
        ...

    def other_media(self) -> Sequence[OtherMedia]:
        """Return for which media labels wait, printer by printer."""
        ...

    def is_on_hold(self, printer: str) -> bool:
        """Tell whether somebody holds the labels of a printer."""
        ...
