"""How an answer is shown: each cell as a reader's words with what it opens to, and as a spreadsheet's cell."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from domain.names import Language
from domain.quantity import Quantity
from domain.words import has_words, speak
from hub.photos import photo_folder
from hub.question import CODED, NAMED, NUMBERS, Column, Kind, May, Page, Question
from hub.settings import HubSettings
from hub.sheets import Cell
from hub.views.names import NameBook
from hub.web.render import amount_text

MOVEMENTS = "/reports/movements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A cell on a page. `path` and `asked` make the address it opens to; `chips` are words in frames of a `tone`.

    `photos`: their digests, and whether each has come.
    """

    text: str
    small: str = ""
    path: str = ""
    asked: dict[str, str] | None = None
    is_number: bool = False
    is_below: bool = False
    chips: Sequence[str] = ()
    photos: Sequence[tuple[str, bool]] = ()
    tone: str = "attention"


class Answers:
    """Shows the cells of one plant's answers to one reader."""

    def __init__(self, connection: Connection, plant: str, language: Language, settings: HubSettings) -> None:
        self._connection, self._plant, self._zone = connection, plant, settings.zone
        self._photos = photo_folder(settings.data_folder, plant)
        self._language: Language = language
        self._names = NameBook()
        self._ways: Mapping[Kind, Callable[..., Shown]] = {
            Kind.ITEM: self._item,
            Kind.PLACE: self._place,
            Kind.OPERATION: self._coded,
            Kind.WORK_UNIT: self._coded,
            Kind.DEFECT: self._coded,
            Kind.LOT: self._code,
            Kind.UNIT: self._code,
            Kind.DOCUMENT: self._document,
            Kind.PLAN: self._plan,
            Kind.QUANTITY: self._quantity,
            Kind.EVENT: self._event,
            Kind.MONEY: self._money,
            Kind.WORDS: self._words,
            Kind.PHOTOS: self._pictures,
        }
        """How each kind is shown; any other plainly."""

    def read_names(self, columns: Sequence[Column], rows: Sequence[Any]) -> None:
        """Look up what the things in an answer are called."""
        for column in columns:
            for kind in NAMED.get(column.kind, ()):
                self._names.read(self._connection, self._plant, kind, (column.of(row) for row in rows))

    def shown(self, column: Column, row: Any, query: Any) -> Shown:
        """Return a cell as a page shows it."""
        value = column.of(row)
        if value is None or value in ("", ()):
            return Shown(text="", is_number=column.kind in NUMBERS)
        return self._ways.get(column.kind, self._plainly)(column, value, row, query)

    def _item(self, _column: Column, value: Any, *_: Any) -> Shown:
        name, number = self._names.of("item", value, self._language), self._names.number(value)
        return Shown(text=number, small=_unlike(name, number), path="/trace", asked={"code": number})

    def _place(self, _column: Column, value: Any, *_: Any) -> Shown:
        name = self._names.of("place", value, self._language)
        return Shown(text=value, small=_unlike(name, value), path=f"/stock/{quote(value, safe='')}")

    def _coded(self, column: Column, value: Any, row: Any, query: Any) -> Shown:
        path, asked = _opening(column, row, query)
        called = self._called(column.kind, value)
        return Shown(text=called, small=_unlike(value, called), path=path, asked=asked)

    def _called(self, kind: Kind, key: str) -> str:
        """Return what a thing is called; a ticket's turn may be a party's."""
        if kind is Kind.WORK_UNIT and has_words(f"quality.party.{key}"):
            return speak(self._language, f"quality.party.{key}")
        names = (self._names.of(one, key, self._language) for one in NAMED[kind])
        return next((name for name in names if name != key), key)

    def _code(self, _column: Column, value: Any, *_: Any) -> Shown:
        return Shown(text=value, path="/trace", asked={"code": value})

    def _document(self, _column: Column, value: Any, *_: Any) -> Shown:
        return Shown(text=value, path=f"/documents/{quote(value, safe='')}")

    def _plan(self, _column: Column, value: Any, *_: Any) -> Shown:
        return Shown(text=value, path=f"/plans/{quote(value, safe='')}")

    def _quantity(self, column: Column, value: Any, row: Any, query: Any) -> Shown:
        path, asked = _opening(column, row, query)
        return Shown(
            text=amount_text(value, self._language),
            path=path,
            asked=asked,
            is_number=True,
            is_below=value.is_negative,
        )

    def _event(self, _column: Column, value: Any, *_: Any) -> Shown:
        return Shown(text=f"#{value:,}", path=f"/events/{self._plant}/{value}", is_number=True)

    def _money(self, column: Column, value: Any, row: Any, _query: Any) -> Shown:
        return Shown(text=f"{value:,.2f}", path=column.leads(row) if column.leads else "", is_number=True)

    def _words(self, column: Column, value: Any, row: Any, _query: Any) -> Shown:
        return Shown(text="", chips=[speak(self._language, key) for key in value], tone=column.tone(row))

    def _pictures(self, _column: Column, value: Any, *_: Any) -> Shown:
        return Shown(text="", photos=[(one, self._photos.has(one)) for one in value.split()])

    def _plainly(self, column: Column, value: Any, row: Any, query: Any) -> Shown:
        path, asked = _opening(column, row, query)
        text = f"{value:,}" if column.kind is Kind.COUNT else str(self._plain(column, value))
        return Shown(text=text, path=path, asked=asked, is_number=column.kind in NUMBERS)

    def sheet(
        self, question: Question, query: Any, pages: Iterable[Page], may: May
    ) -> Iterator[Sequence[Cell]]:
        """Yield an exported file's rows, the heading first.

        Where columns depend on the answer (a month's types of document), one page may have others than the next: the
        file has all of them, from its first row to its last.
        """
        answered = list(pages)
        columns = {one.name: one for page in answered for one in question.seen(query, page, may)}.values()
        yield [heading for column in columns for heading in self._headings(column)]
        for page in answered:
            self.read_names([*columns], page.rows)
            for row in page.rows:
                yield [cell for column in columns for cell in self._cells(column, row)]

    def _headings(self, column: Column) -> Iterator[str]:
        words = speak(self._language, column.words)
        yield words
        if column.kind in CODED:
            yield speak(self._language, "report.column.name_of", what=words)
        if column.has_unit:
            yield speak(self._language, "report.column.unit_of", what=words)

    def _cells(self, column: Column, row: Any) -> Iterator[Cell]:
        value = column.of(row)
        if isinstance(value, Quantity):
            yield value.value
        elif isinstance(value, int | Decimal):
            yield value
        elif column.kind is Kind.WORDS:
            yield ", ".join(speak(self._language, key) for key in value)
        else:
            yield None if value in (None, "") else str(self._plain(column, value))
        if column.kind in CODED:
            yield self._called(column.kind, str(value or ""))
        if column.has_unit:
            yield _unit_words(value.unit, self._language) if isinstance(value, Quantity) else None

    def _plain(self, column: Column, value: Any) -> object:
        match column.kind:
            case Kind.ITEM:
                return self._names.number(value)
            case Kind.PERSON:
                return self._names.of("person", value, self._language)
            case Kind.TYPE:
                return speak(self._language, f"document.{value}") if has_words(f"document.{value}") else value
            case Kind.PLAN_KIND:
                return speak(self._language, f"plan.{value}") if has_words(f"plan.{value}") else value
            case Kind.INSTANT:
                return _moment(value, self._zone)
            case _:
                return value


def _opening(column: Column, row: Any, query: Any) -> tuple[str, dict[str, str]]:
    """Return which page a cell opens to, and what that is asked for; nothing where it opens to none."""
    wanted = column.opens(row, query) if column.opens else dict[str, str]()
    asked = {name: one for name, one in wanted.items() if one}
    return column.leads(row) if column.leads else MOVEMENTS if asked else "", asked


def _unlike(name: str, number: str) -> str:
    return name if name != number else ""


def _unit_words(unit: str, language: Language) -> str:
    return speak(language, f"unit.{unit}") if has_words(f"unit.{unit}") else unit


def _moment(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
