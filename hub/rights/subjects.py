"""Every right there is: what can be done to what, derived from the registries of documents and master data."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from domain.document import document_types
from domain.staff import DOCUMENT_ACTS, OBJECT_ACTS
from hub.object import objects

OF_THE_HUB: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "board": (
            "see",
            "export",
        ),  # the board, the pages behind it and reports; looking, where it is not open
        "desk": ("settle", "export"),  # the discrepancy desk
        "month": ("close",),  # the months of the books
    }
)
"""What is neither a document nor master data."""


@cache
def subjects() -> Mapping[str, tuple[str, ...]]:
    """Return what rights can be about, each with its acts: document types, master data, and the hub's own pages."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(document_types(), DOCUMENT_ACTS)
    found.update(dict.fromkeys(objects(), OBJECT_ACTS))
    found.update(OF_THE_HUB)
    return MappingProxyType(found)


@cache
def all_rights() -> frozenset[str]:
    """Return every right as it is written: `CS.add`, `item.modify`, `desk.settle`."""
    return frozenset(f"{subject}.{act}" for subject, acts in subjects().items() for act in acts)


def subject_named(text: str) -> str:
    """Return the subject a text names, capitals or not; empty where it names none."""
    return next((one for one in subjects() if one.casefold() == text.casefold()), "")
