"""The questions people ask, as pages: each with its filter, its answer, and the same as CSV and XLSX."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args, get_origin

import msgspec
from flask import Flask, Response, request
from sqlalchemy import Connection

from domain.barcode import content_of
from domain.names import Language
from domain.words import has_words, speak
from hub.hub import Hub
from hub.question import SHORT, Column, Question, questions
from hub.rights.reader import reader
from hub.sheets import as_csv, as_xlsx
from hub.views.flows import months
from hub.views.names import NameBook
from hub.views.trace import trace
from hub.web.answers import Answers
from hub.web.pages import Pages

ROWS_SHOWN = 100
EXPORT_PAGE_ROWS = 500
CODE_CHARS_MAX = 512
_NOT_ASKED = frozenset({"plant", "after", "limit"})
_WORDED = (
    "plan",
    "plan.state",
    "document",
    "verdict",
    "rating",
    "ticket_state",
    "quality.inspection",
    "quality.result",
)
"""Where else the catalogue may have words for what can be chosen."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One field of a filter: its name, what stands in it, and what may be chosen, with its words (none: any)."""

    name: str
    value: str
    choices: Sequence[tuple[str, str]] = ()


def serve_questions(app: Flask, hub: Hub, pages: Pages) -> None:
    """Serve the questions and the search for anything that can be scanned."""
    served = _Questions(hub, pages)
    app.add_url_rule("/reports", "reports", served.index)
    app.add_url_rule("/reports/<name>", "report", served.one)
    app.add_url_rule("/reports/<name>.csv", "report_csv", served.csv)
    app.add_url_rule("/reports/<name>.xlsx", "report_xlsx", served.xlsx)
    app.add_url_rule("/trace", "trace", served.trace)


class _Questions:
    def __init__(self, hub: Hub, pages: Pages) -> None:
        self._hub, self._pages = hub, pages

    def index(self) -> Response:
        def show(_connection: Connection, plant: str, language: Language) -> str:
            return self._pages.draw(
                "reports.html", plant, language, title="report.title", questions=tuple(questions())
            )

        return self._pages.answer(show)

    def one(self, name: str) -> Response:
        question = questions().get(name)

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if question is None:
                return None
            query, is_understood = _query_of(question, request.args, ROWS_SHOWN)
            may = partial(reader().may, plant)
            page = question.ask(connection, plant, query, self._hub.clock.now(), may)
            columns = _without_spare(question.seen(query, page, may), page.rows)
            answers = Answers(connection, plant, language, self._hub.settings)
            answers.read_names(columns, page.rows)
            return self._pages.draw(
                "report.html",
                plant,
                language,
                title=f"report.{question.name}",
                question=question,
                asking=_asking(question, query, connection, plant, language),
                asked=_asked(question, query),
                is_understood=is_understood,
                page=page,
                columns=columns,
                short=SHORT,
                rows=[[answers.shown(column, row, query) for column in columns] for row in page.rows],
            )

        return self._pages.answer(show)

    def csv(self, name: str) -> Response:
        return self._file(name, "csv")

    def xlsx(self, name: str) -> Response:
        return self._file(name, "xlsx")

    def _file(self, name: str, form: str) -> Response:
        question = questions().get(name)
        made: list[bytes] = []

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if question is None:
                return None
            query, _ = _query_of(question, request.args, EXPORT_PAGE_ROWS)
            answers = Answers(connection, plant, language, self._hub.settings)
            may = partial(reader().may, plant)
            found = question.pages(connection, plant, query, self._hub.clock.now(), may)
            rows = answers.sheet(question, query, found, may)
            title = speak(language, f"report.{question.name}")
            made.append(as_csv(rows) if form == "csv" else as_xlsx(title, rows))
            return ""

        response = self._pages.answer(show)
        if made:
            response.set_data(made[0])
            response.headers["Content-Type"] = "text/csv; charset=utf-8" if form == "csv" else _XLSX
            response.headers["Content-Disposition"] = f"attachment; filename={name}.{form}"
        return response

    def trace(self) -> Response:
        code = request.args.get("code", "").replace("\0", "")[:CODE_CHARS_MAX].strip()

        def show(connection: Connection, plant: str, language: Language) -> str:
            finds = trace(connection, plant, code, self._pages.sight(plant).where()) if code else ()
            answers = Answers(connection, plant, language, self._hub.settings)
            tables = [
                [
                    _table(question, answers, rows)
                    for question, rows in (("stock", one.stock), ("movements", one.moved))
                ]
                for one in finds
            ]
            names = NameBook()
            related = [goods for one in finds for goods in (*one.made_from, *one.made_into)]
            names.read(connection, plant, "item", [goods.item for goods in related])
            return self._pages.draw(
                "trace.html",
                plant,
                language,
                title="report.trace",
                code=content_of(code)[0],
                names=names,
                short=SHORT,
                finds=list(zip(finds, tables, strict=True)),
            )

        return self._pages.answer(show)


def _table(name: str, answers: Answers, rows: Sequence[Any]) -> Mapping[str, Any]:
    """Return some rows of a question's answer as its page would show them; columns that say nothing are left out."""
    question = questions()[name]
    query = question.query()
    columns = [column for column in question.columns(query, None) if _is_told(column, rows)]
    answers.read_names(columns, rows)
    shown = [[answers.shown(column, row, query) for column in columns] for row in rows]
    return {"columns": columns, "rows": shown}


def _without_spare(columns: Sequence[Column], rows: Sequence[Any]) -> Sequence[Column]:
    """Return the columns a page shows: those that may be left out only where they say something."""
    return [column for column in columns if not column.is_spare or _is_told(column, rows)]


def _is_told(column: Column, rows: Sequence[Any]) -> bool:
    return any(column.of(row) not in (None, "", ()) for row in rows)


def _query_of(question: Question, given: Mapping[str, str], limit: int) -> tuple[Any, bool]:
    """Return what is asked, and whether all of it was understood: what was not is left out."""
    known = {field.name for field in msgspec.structs.fields(question.query)} - {"plant", "limit"}
    values: dict[str, str | int] = {
        name: value.strip() for name, value in given.items() if name in known and value.strip()
    }
    try:
        return msgspec.convert({**values, "limit": limit}, type=question.query), True
    except msgspec.ValidationError:
        pass
    good: dict[str, str | int] = {"limit": limit}
    for name, value in values.items():
        try:
            msgspec.convert({name: value}, type=question.query)
        except msgspec.ValidationError:
            continue
        good[name] = value
    return msgspec.convert(good, type=question.query), False


def _asking(
    question: Question, query: Any, connection: Connection, plant: str, language: Language
) -> Sequence[Asking]:
    found: list[Asking] = []
    for field in msgspec.structs.fields(question.query):
        if field.name in _NOT_ASKED:
            continue
        choices = _choices(field.type)
        if field.name == "period":
            choices = ("", *months(connection, plant))
        elif make := question.choices.get(field.name):
            choices = make()
        worded = [(one, _choice_words(question, field.name, one, language)) for one in choices]
        found.append(Asking(name=field.name, value=getattr(query, field.name), choices=worded))
    return found


def _choice_words(question: Question, name: str, choice: str, language: Language) -> str:
    """Return the words of a choice: the field's own, those that all fields share, else as it stands."""
    if not choice:
        own = f"report.choice.{question.name}.{name}"
        return speak(language, own if has_words(own) else "report.choice.all")
    keys = (
        f"report.choice.{question.name}.{name}.{choice}",
        f"report.choice.{name}.{choice}",
        f"report.choice.{choice}",
        *(f"{subject}.{choice}" for subject in _WORDED),
    )
    return next((speak(language, key) for key in keys if has_words(key)), choice)


def _asked(question: Question, query: Any) -> Mapping[str, str]:
    """Return what is asked, for the addresses of the next page and of the files."""
    defaults = question.query()
    return {
        field.name: getattr(query, field.name)
        for field in msgspec.structs.fields(question.query)
        if field.name not in _NOT_ASKED and getattr(query, field.name) != getattr(defaults, field.name)
    }


def _choices(kind: Any) -> Sequence[str]:
    """Return the words of a closed vocabulary; nothing for any other type."""
    while get_origin(kind) is not None:
        if str(get_origin(kind)) == "typing.Literal":
            return get_args(kind)
        kind = get_args(kind)[0]
    return ()
