"""The office's pages for master data, drawn from the declarations: lists, forms with their history, files out."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.units import UNITS
from domain.words import has_words, speak
from hub.cells import shown
from hub.findings import Finding
from hub.hub import Hub
from hub.master_data import Given, MasterData, NotSavedError, Saved
from hub.object import GROUPS, Field, ObjectType, objects
from hub.object_sheet import csv_sheet, xlsx_sheet
from hub.reference import ReferenceData
from hub.rights.matrix import OFFICE_ACTS
from hub.rights.prices import object_seen
from hub.rights.reader import reader
from hub.rights.subjects import sheets
from hub.store.database import StoreBusyError, reading, writing
from hub.store.reference import Author
from hub.store.values import instant_text
from hub.views.names import NameBook
from hub.views.objects import (
    ObjectQuery,
    ObjectRow,
    all_rows,
    called,
    history,
    matching_rows,
    object_page,
    object_row,
    spoken,
)
from hub.views.page import WORD_CHARS_MAX, whole_number
from hub.web.pages import Pages

LIST_ROWS = 50
OFFERED_MAX = 500
"""Names offered while somebody types into a field that names another object; beyond, they are typed."""
LINES_MAX = 500
_DONE = ("registered", "modified", "deleted", "disabled", "enabled", "unchanged", "matrix")


def serve_office(app: Flask, office: "OfficePages") -> None:
    """Serve the office's pages."""
    app.add_url_rule("/office", "office", office.home)
    app.add_url_rule("/office/<named>", "office_list", office.list)
    app.add_url_rule("/office/<named>", "office_save", office.save, methods=["POST"])
    app.add_url_rule("/office/<named>/new", "office_new", office.new)
    app.add_url_rule("/office/<named>/record", "office_record", office.record)
    app.add_url_rule("/office/<named>/export", "office_export", office.export)


class Aside(Protocol):
    """What stands beside the form of one object's records."""

    template: str
    is_for_new: bool
    """Whether it stands beside the empty form, too."""

    def values(self, connection: Connection, plant: str, key: str) -> Mapping[str, Any]:
        """Return what the template shows of one record."""
        ...


class OfficePages:
    """Draws every object's pages."""

    def __init__(self, hub: Hub, pages: Pages, asides: Mapping[str, Aside]) -> None:
        """`asides`: what stands beside the form of some objects, by the object's name."""
        self.hub, self.pages, self._asides = hub, pages, asides

    def home(self) -> Response:
        """Show every object the reader may see, with how many records there are."""

        def show(connection: Connection, plant: str, language: Language) -> str:
            known = ReferenceData(connection, plant)
            seen = [one for one in objects().values() if reader().may(plant, f"{one.name}.see")]
            groups = [
                (group, [(one, len(all_rows(one, known))) for one in seen if one.group == group])
                for group in GROUPS
            ]
            return self.pages.draw(
                "office.html", plant, language, title="office.title", groups=[one for one in groups if one[1]]
            )

        return self.pages.answer(show)

    def list(self, named: str) -> Response:
        """Show one object's records."""
        declared = self.object_named(named)

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if declared is None:
                return None
            query = list_query(declared)
            page = object_page(declared, ReferenceData(connection, plant), query)
            return self.pages.draw(
                "office_list.html",
                plant,
                language,
                title=f"object.{declared.name}",
                declared=declared,
                columns=[one for one in declared.fields if one.is_listed],
                keys=[one for one in declared.fields if one.is_query],
                page=page,
                query=query,
                told=told_of_address(),
                value=partial(spoken, language=language),
            )

        return self.pages.answer(show)

    def new(self, named: str) -> Response:
        """Show an empty form."""
        return self._form(named, key="")

    def record(self, named: str) -> Response:
        """Show a record's form, with its history."""
        key = _word("key")
        return self._form(named, key=key) if key else self.pages.missing(*self.pages.asked())

    def export(self, named: str) -> Response:
        """Return everything the list's filter lets through as a spreadsheet."""
        declared = self.object_named(named)
        plant, language = self.pages.asked()
        if declared is None or plant not in self.hub.settings.plants:
            return self.pages.missing(self.hub.settings.plants[0], language)
        with reading(self.hub.engine) as connection:
            known = ReferenceData(connection, plant)
            rows = () if request.args.get("empty") else matching_rows(declared, known, list_query(declared))
        if request.args.get("as") == "csv":
            response = Response(csv_sheet(declared, rows, language), content_type="text/csv; charset=utf-8")
            ending = "csv"
        else:
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            response = Response(xlsx_sheet(declared, rows, language), content_type=kind)
            ending = "xlsx"
        response.headers["Content-Disposition"] = f"attachment; filename={declared.name}.{ending}"
        return response

    def save(self, named: str) -> AnyResponse:
        """Do what a form asks for and say what came of it; with something wrong, show it again as it was sent."""
        declared = self.object_named(named)
        plant, language = self.pages.asked()
        if declared is None:
            return self.pages.missing(self.hub.settings.plants[0], language)
        key, act = _form_word("key"), request.form.get("act", "save")
        right = f"{named}.{OFFICE_ACTS.get(act if key else 'register', 'modify')}"
        if not reader().may(plant, right):
            return self._again(declared, key, told=(no_right(right, language),))
        try:
            with writing(self.hub.engine) as connection:
                told, saved = _done(self.data(connection, plant, declared), key, act, declared)
        except NotSavedError as error:
            return self._again(declared, key, findings=error.findings)
        except StoreBusyError:
            return self._again(declared, key, told=(speak(language, "desk.refused.busy"),))
        if act == "save_next":
            named = f"{named}/new"
        onward = address(f"/office/{named}", plant, language, told, told_number=saved.number)
        return redirect(onward, 303)

    # --- what the pages share ----------------------------------------------------------------------------------------

    def object_named(self, named: str) -> ObjectType | None:
        """Return an object as whoever is signed on may see it; None where there is none of this name."""
        declared, (plant, _) = objects().get(named), self.pages.asked()
        return object_seen(declared, reader(), plant) if declared else None

    def author(self, means: str = "office") -> Author:
        """Return who writes what is written now: whoever is signed on."""
        asks = reader().person
        return Author(person=asks.number if asks else "", at=instant_text(self.hub.clock.now()), means=means)

    def data(self, connection: Connection, plant: str, declared: ObjectType) -> MasterData:
        """Return an object's records to be changed by whoever is signed on."""
        return MasterData(
            connection=connection,
            log=self.hub.store,
            plant=plant,
            declared=declared,
            author=self.author(),
            may=partial(reader().may, plant),
        )

    def _again(
        self,
        declared: ObjectType,
        key: str,
        *,
        findings: Sequence[Finding] = (),
        told: Sequence[str] = (),
    ) -> Response:
        response = self._form(declared.name, key=key, findings=findings, refusals=told, sent=request.form)
        response.status_code = 422
        return response

    def _form(
        self,
        named: str,
        *,
        key: str,
        findings: Sequence[Finding] = (),
        refusals: Sequence[str] = (),
        sent: MultiDict[str, str] | None = None,
    ) -> Response:
        declared = self.object_named(named)

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if declared is None:
                return None
            known = ReferenceData(connection, plant)
            row = object_row(declared, known, key) if key else None
            if key and row is None:
                return None
            versions = history(connection, declared, known, key) if row else ()
            names = NameBook()
            names.read(connection, plant, "person", [one.person for one in versions])
            beside = self._asides.get(named)
            if beside is not None and row is None and not beside.is_for_new:
                beside = None
            return self.pages.draw(
                "office_form.html",
                plant,
                language,
                title=f"object.{declared.name}",
                declared=declared,
                row=row,
                texts=sent_texts(declared, sent) if sent is not None else _texts_of(row),
                lines=_sent_lines(declared, sent) if sent is not None else _lines_of(row),
                errors=_errors(findings, language),
                refusals=[
                    *refusals,
                    *(one.of(language) for one in findings if one.field in ("", declared.ends_by)),
                ],
                offered=_offered(declared, known, language),
                units=[(code, unit_words(code, language)) for code in UNITS],
                sheets=sheets(),
                beside=beside.template if beside else "",
                aside=beside.values(connection, plant, key) if beside else None,
                versions=versions,
                names=names,
                revision=known.revision(declared.kind, key) if row else 0,
                told=told_of_address(),
                value=partial(spoken, language=language),
            )

        return self.pages.answer(show)


def list_query(declared: ObjectType) -> ObjectQuery:
    """Return what the page in hand asks of a list."""
    where = {one.name: _word(one.name) for one in declared.fields if one.is_query and _word(one.name)}
    return ObjectQuery(
        search=_word("search")[:200],
        sort=_word("sort"),
        disabled=request.args.get("disabled") == "1",
        where=where,
        after=request.args.get("after", "")[:1000],
        limit=LIST_ROWS,
    )


def given_of_form(declared: ObjectType, plant: str) -> Given:
    """Return what a form says: each field it shows and the reader may change."""
    form = request.form
    texts = {
        name: text
        for name, text in sent_texts(declared, form).items()
        if _is_theirs(declared.field(name), plant)
    }
    return Given(
        texts=texts,
        lines=_sent_lines(declared, form) if declared.has_lines else None,
        seen=whole_number(form.get("seen", "")),
    )


def sent_texts(declared: ObjectType, sent: MultiDict[str, str]) -> Mapping[str, str]:
    """Return the texts of a form's fields: a flag that was not ticked says no, a matrix of rights what is ticked."""
    texts: dict[str, str] = {}
    for one in declared.fields:
        if one.kind.input == "flag":
            texts[one.name] = "1" if sent.get(one.name) else "0"
        elif one.kind.input == "rights" and f"{one.name}.shown" in sent:
            texts[one.name] = shown(tuple(sent.getlist(one.name)))
        elif one.name in sent:
            texts[one.name] = sent[one.name].replace("\0", "").strip()
    return texts


def _is_theirs(one: Field, plant: str) -> bool:
    """Tell whether the reader may change a field: some need a right of their own."""
    return not one.right or reader().may(plant, one.right)


def _done(data: MasterData, key: str, act: str, declared: ObjectType) -> tuple[str, Saved]:
    """Carry an act out; returns the word for what was done. Raises NotSavedError."""
    match act:
        case "disable":
            return "disabled", data.disable(key, disabled=True)
        case "enable":
            return "enabled", data.disable(key, disabled=False)
        case "delete":
            return "deleted", data.delete(key)
        case _ if key:
            saved = data.modify(key, given_of_form(declared, data.plant))
            return ("modified" if saved.changed else "unchanged"), saved
        case _:
            return "registered", data.register(given_of_form(declared, data.plant))


def _texts_of(row: ObjectRow | None) -> Mapping[str, str]:
    return {name: shown(value) for name, value in row.values.items()} if row else {}


def _lines_of(row: ObjectRow | None) -> Sequence[Mapping[str, str]]:
    return [{name: shown(value) for name, value in line.items()} for line in row.lines] if row else ()


def _sent_lines(declared: ObjectType, sent: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    """Return the lines of a form that say anything; their fields are `line.<number>.<name>`."""
    lines = [
        {one.name: sent.get(f"line.{number}.{one.name}", "").strip() for one in declared.lines}
        for number in range(LINES_MAX)
    ]
    return [line for line in lines if any(line.values())]


def _errors(findings: Sequence[Finding], language: Language) -> Mapping[str, str]:
    """Return what is wrong, by the field's name in the form."""
    return {
        (f"line.{one.row - 1}.{one.field}" if one.row else one.field): one.of(language)
        for one in reversed(findings)
    }


def _offered(declared: ObjectType, known: ReferenceData, language: Language) -> Mapping[str, Any]:
    """Return what may be named in the fields that name another object: numbers and what they are called."""
    wanted = {one.kind.refers_to for one in declared.columns if one.kind.refers_to}
    return {name: offered_names(name, known, language) for name in sorted(wanted)}


def offered_names(name: str, known: ReferenceData, language: Language) -> Sequence[tuple[str, str]]:
    """Return the numbers of an object's records that can be named, each with what it is called."""
    target = objects()[name]
    rows = [row for row in all_rows(target, known) if not row.is_disabled][:OFFERED_MAX]
    return [(shown(row.values[target.number]), called(row.values, language)) for row in rows]


def unit_words(code: str, language: Language) -> str:
    """Name a unit."""
    return speak(language, f"unit.{code}") if has_words(f"unit.{code}") else code


def no_right(right: str, language: Language) -> str:
    """Say that whoever is signed on has not a right."""
    asks = reader().person
    return speak(language, "office.refused.no_right", person=asks.number if asks else "–", right=right)


def told_of_address() -> tuple[str, Mapping[str, str]] | None:
    """Return what came of the last form: from the address, so only known words are taken."""
    word = request.args.get("told", "")
    if word not in _DONE:
        return None
    given = {name: _word(f"told_{name}") for name in ("number", "new", "changed")}
    return ("office.unchanged" if word == "unchanged" else f"office.done.{word}"), given


def address(path: str, plant: str, language: Language, told: str, **more: str) -> str:
    """Return where to go on, with a word for what was done."""
    return f"{path}?{urlencode({'plant': plant, 'lang': language, 'told': told, **more})}"


def _word(name: str) -> str:
    return request.args.get(name, "")[:WORD_CHARS_MAX].replace("\0", "").strip()


def _form_word(name: str) -> str:
    return request.form.get(name, "")[:WORD_CHARS_MAX].replace("\0", "")
