"""Every right there is: what can be done to what, derived from the registries of documents and master data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from domain.document import document_types
from domain.staff import DOCUMENT_ACTS, OBJECT_ACTS
from hub.object import GROUPS, ObjectType, objects

GRANT_RIGHT = "rights.grant"
"""What it takes to say what people and groups may do, and who is in which group."""
SIGN_ON_RIGHT = "sign_on.manage"
"""What it takes to give others passwords, to end their sessions, and to lock them out."""

OF_THE_HUB: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "board": (
            "see",
            "export",
        ),  # the board, the pages behind it and reports; looking, where it is not open
        "desk": ("settle", "export"),  # the discrepancy desk
        "month": ("close",),  # the months of the books
        "outside": ("invite",),  # links for people outside who were sent goods
        "ticket": ("answer", "quality", "production"),  # for one's unit, or as a party where one is disputed
        "voice": ("answer",),
        "score": ("publish",),  # a unit's month
        "label": ("release",),  # the rest of a batch, though nobody scanned its first label back
        "pay": ("see", "close", "answer"),  # everybody's pay, months of it, and lines people say are wrong
        "rights": ("grant",),  # saying what people and groups may do
        "sign_on": ("manage",),  # passwords and sessions of others
    }
)
"""What is neither a document nor master data."""


@cache
def subjects() -> Mapping[str, tuple[str, ...]]:
    """Return what rights can be about, each with its acts: document types, master data, and the hub's own pages."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(document_types(), DOCUMENT_ACTS)
    found.update((name, (*OBJECT_ACTS, *_own_acts(declared))) for name, declared in objects().items())
    found.update(OF_THE_HUB)
    return MappingProxyType(found)


def _own_acts(declared: ObjectType) -> Iterator[str]:
    """Yield what else can be done to an object: the acts that some of its fields need."""
    for field in declared.fields:
        subject, _, act = field.right.partition(".")
        if subject == declared.name and act not in OBJECT_ACTS:
            yield act


@cache
def all_rights() -> frozenset[str]:
    """Return every right as it is written: `CS.add`, `item.modify`, `desk.settle`."""
    return frozenset(f"{subject}.{act}" for subject, acts in subjects().items() for act in acts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing rights can be about: its name, the catalogue key of what it is called, and its acts."""

    name: str
    words: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Subjects of a kind, in the order they are shown. Its words are `rights.sheet.<name>`, an act's `right.<act>`."""

    name: str
    subjects: tuple[Subject, ...]

    @property
    def acts(self) -> tuple[str, ...]:
        """Return every act of its subjects, each once."""
        return tuple(dict.fromkeys(act for one in self.subjects for act in one.acts))


@cache
def sheets() -> tuple[Sheet, ...]:
    """Return everything rights can be about, by kind: documents, master data as the office has it, the hub's own."""
    registered = sorted(objects().values(), key=lambda one: GROUPS.index(one.group))
    named = {
        "documents": {code: f"document.{code}" for code in document_types()},
        "objects": {one.name: f"object.{one.name}" for one in registered},
        "hub": {name: f"rights.subject.{name}" for name in OF_THE_HUB},
    }
    return tuple(
        Sheet(
            name=sheet,
            subjects=tuple(
                Subject(name=name, words=words, acts=subjects()[name]) for name, words in rows.items()
            ),
        )
        for sheet, rows in named.items()
    )


def subject_named(text: str) -> str:
    """Return the subject a text names, capitals or not; empty where it names none."""
    return next((one for one in subjects() if one.casefold() == text.casefold()), "")
