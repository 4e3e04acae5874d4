"""A question people ask of the books, declared once: what may be asked, how it is answered, what an answer shows.

The folder `questions/` holds them and is the registry. A page with a filter, exports as CSV and XLSX, an address of the
API and its description follow from the declaration.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

import hub.questions

EXPORT_ROWS_MAX = 200_000
"""Rows in one exported file; who needs more asks month by month."""


class Kind(StrEnum):
    """What a column holds, and so how it is shown and what it opens to."""

    TEXT = "text"
    ITEM = "item"
    PLACE = "place"
    PERSON = "person"
    OPERATION = "operation"
    WORK_UNIT = "work_unit"
    DEFECT = "defect"
    LOT = "lot"
    UNIT = "handling_unit"
    DOCUMENT = "document"
    PLAN = "plan"
    TYPE = "type"
    PLAN_KIND = "plan_kind"
    QUANTITY = "quantity"
    COUNT = "count"
    INSTANT = "instant"
    EVENT = "event"
    MONEY = "money"
    WORDS = "words"
    PHOTOS = "photos"
    """Digests with a blank between them."""


NUMBERS = frozenset({Kind.QUANTITY, Kind.COUNT, Kind.EVENT, Kind.MONEY})
SHORT = frozenset({Kind.TEXT, Kind.INSTANT, Kind.TYPE, Kind.PLAN_KIND, Kind.PERSON})
"""Kinds whose cells stay on one line."""
NAMED: Mapping[Kind, tuple[str, ...]] = {
    Kind.ITEM: ("item",),
    Kind.PLACE: ("place",),
    Kind.PERSON: ("person",),
    Kind.OPERATION: ("operation",),
    Kind.WORK_UNIT: ("line", "workshop"),
    Kind.DEFECT: ("defect_code",),
}
"""Kinds that have a name in the reference data, and under which kinds of record."""
CODED = frozenset(NAMED) - {Kind.PERSON}
"""Of these the codes that people know stand beside the name; of a person only the name is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an answer. Its heading is `report.column.<name>`, unless `heading` names other words.

    `value` takes it out of a row; a field of the column's name by default. `leads` says to which page a
    cell opens, the journal of movements by default; `opens`, what that page is asked for, from the row and the query.
    `has_unit`: a file says the unit beside. `tone`: in which colour words are shown. `is_spare`: a page leaves it out
    where no row has it; a file always has it.
    """

    name: str
    kind: Kind = Kind.TEXT
    heading: str = ""
    value: Callable[[Any], Any] | None = None
    opens: Callable[[Any, Any], Mapping[str, str]] | None = None
    leads: Callable[[Any], str] | None = None
    has_unit: bool = False
    is_spare: bool = False
    tone: Callable[[Any], str] = lambda _row: "attention"

    def of(self, row: Any) -> Any:
        """Return what the column holds in a row."""
        return self.value(row) if self.value else attrgetter(self.name)(row)

    @property
    def words(self) -> str:
        """Return the catalogue's key of the heading."""
        return self.heading or f"report.column.{self.name}"


May = Callable[[str], bool]
"""Tells whether whoever asks has a right."""


class Page(Protocol):
    """An answer, or one page of it: the position it stands for, its rows, and where the next page begins."""

    @property
    def position(self) -> int: ...

    @property
    def rows(self) -> Sequence[Any]: ...

    @property
    def next(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. Its words are `report.<name>` and `report.<name>.lead` in the catalogue.

    `query` is what may be asked (an `Asked`, with `plant`), `answer` the page that `read` gives: from the connection,
    the plant, the query and the present time. `columns`: what is shown, where it depends, of that answer. `summary`
    stands in the description of the API. `choices`: what may be chosen for a field whose type does not say it. `hides`:
    fields of a row (None where they say nothing) with the right it takes to see each; others' answers lack them.
    """

    name: str
    order: int
    summary: str
    query: type[Struct]
    answer: type[Struct]
    read: Callable[[Connection, str, Any, datetime], Any]
    columns: Callable[[Any, Any], Sequence[Column]]
    choices: Mapping[str, Callable[[], Sequence[str]]] = field(
        default_factory=dict[str, Callable[[], Sequence[str]]]
    )
    hides: Mapping[str, str] = field(default_factory=dict[str, str])

    def ask(self, connection: Connection, plant: str, query: Any, now: datetime, may: May) -> Any:
        """Return an answer, or a page of it, as somebody may see it."""
        page = self.read(connection, plant, query, now)
        hidden = dict.fromkeys(name for name, right in self.hides.items() if not may(right))
        return replace(page, rows=tuple(replace(row, **hidden) for row in page.rows)) if hidden else page

    def seen(self, query: Any, page: Any, may: May) -> Sequence[Column]:
        """Return the columns of an answer that somebody may see."""
        return [
            one
            for one in self.columns(query, page)
            if one.name not in self.hides or may(self.hides[one.name])
        ]

    def pages(
        self, connection: Connection, plant: str, query: Any, now: datetime, may: May
    ) -> Iterator[Page]:
        """Yield page after page, EXPORT_ROWS_MAX rows at most."""
        rows = 0
        while rows < EXPORT_ROWS_MAX:
            page: Page = self.ask(connection, plant, query, now, may)
            yield page
            rows += len(page.rows)
            if not page.next:
                return
            query = replace(query, after=page.next)


@cache
def questions() -> Mapping[str, Question]:
    """Return every question of the folder by its name, in the order they are shown."""
    found: list[Question] = [
        importlib.import_module(f"hub.questions.{module.name}").QUESTION
        for module in pkgutil.iter_modules(hub.questions.__path__)
    ]
    return {one.name: one for one in sorted(found, key=lambda one: one.order)}
