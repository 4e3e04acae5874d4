"""Whose documents of which types somebody may look at: one rule, for pages and API alike."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, or_, true

from domain.document import document_types
from hub.rights.reader import Reader
from hub.store.tables import documents


class Filed(Protocol):
    """As much of a document as says whose it is."""

    @property
    def type(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def operator(self) -> str: ...


def types_with(asks: Reader, plant: str, act: str) -> frozenset[str]:
    """Return the types of document for which the reader has a right."""
    return frozenset(code for code in document_types() if asks.may(plant, f"{code}.{act}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of a plant's documents a reader sees.

    Where the board is open: everything. Else documents of types with the right `see`, those that others began only
    with `others`; and whoever approves or un-approves sees what there is to approve or un-approve.
    """

    asks: Reader
    plant: str
    is_open: bool

    def sees(self, document: Filed) -> bool:
        """Tell whether the reader sees a document."""
        if self.is_open:
            return True
        may, code = self._may, document.type
        is_own = self._own != "" and document.operator == self._own
        return (
            (may(code, "see") and (is_own or may(code, "others")))
            or (may(code, "approve") and document.status == "submitted")
            or (may(code, "unapprove") and document.status == "closed")
        )

    def where(self) -> ColumnElement[bool]:
        """Return the same as a condition on the table of documents."""
        if self.is_open:
            return true()
        held = documents.c
        seen = held.type.in_(self._types("see"))
        of_others = held.type.in_(self._types("others"))
        is_theirs = or_(of_others, held.operator == self._own) if self._own else of_others
        return or_(
            and_(seen, is_theirs),
            and_(held.type.in_(self._types("approve")), held.status == "submitted"),
            and_(held.type.in_(self._types("unapprove")), held.status == "closed"),
        )

    @property
    def _own(self) -> str:
        return self.asks.person.number if self.asks.person else ""

    def _may(self, code: str, act: str) -> bool:
        return self.asks.may(self.plant, f"{code}.{act}")

    def _types(self, act: str) -> list[Any]:
        return sorted(types_with(self.asks, self.plant, act))
