"""A file brought in at the office: looked at, its columns matched, tried, and written only when nothing is wrong."""

import base64
import binascii
from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, request
from sqlalchemy import Connection

from domain.names import Language
from domain.words import speak
from hub.importer import ImportReport, Mapped, columns_of, run_import
from hub.object import ObjectType
from hub.rights.matrix import FILE_BYTES_MAX
from hub.rights.reader import reader
from hub.spreadsheet import COLUMNS_MAX, SheetError, SheetRow, read_sheet
from hub.store.database import StoreBusyError, reading, writing
from hub.web.office_pages import OfficePages

PREVIEW_ROWS = 6
_LEFT_OUT = "-"


def serve_office_import(app: Flask, office: OfficePages) -> None:
    """Serve the page on which files are brought in."""
    page = _ImportPage(office)
    app.add_url_rule("/office/<named>/import", "office_import", page.show)
    app.add_url_rule("/office/<named>/import", "office_bring_in", page.bring_in, methods=["POST"])


class _ImportPage:
    def __init__(self, office: OfficePages) -> None:
        self._office = office

    def show(self, named: str) -> Response:
        return self._draw(named)

    def bring_in(self, named: str) -> Response:
        """Take the file of a form, or the one it carries along, and do with it what is asked."""
        declared = self._office.object_named(named)
        plant, language = self._office.pages.asked()
        if declared is None:
            return self._office.pages.missing(plant, language)
        data = _file()
        if len(data) > FILE_BYTES_MAX:
            limit = str(FILE_BYTES_MAX // 1024 // 1024)
            return self._draw(named, refusal=speak(language, "office.refused.too_large", limit=limit))
        try:
            rows = read_sheet(data)
        except SheetError as error:
            return self._draw(
                named, refusal=speak(language, f"problem.{error.problem.code}", **error.problem.parameters)
            )
        mapped = _mapped(declared, rows)
        act = request.form.get("act", "preview")
        if act == "preview":
            return self._draw(named, data=data, rows=rows, mapped=mapped)
        return self._run(declared, data, rows, mapped, dry_run=act != "write")

    def _run(
        self, declared: ObjectType, data: bytes, rows: Sequence[SheetRow], mapped: Mapped, *, dry_run: bool
    ) -> Response:
        plant, language = self._office.pages.asked()
        named, hub = declared.name, self._office.hub
        try:
            with writing(hub.engine) if not dry_run else reading(hub.engine) as connection:
                report = run_import(
                    connection,
                    hub.store,
                    plant=plant,
                    kind=named,
                    data=data,
                    dry_run=dry_run,
                    mapped=mapped,
                    author=self._office.author("import"),
                    may=partial(reader().may, plant),
                )
        except StoreBusyError:
            return self._draw(
                named, data=data, rows=rows, mapped=mapped, refusal=speak(language, "desk.refused.busy")
            )
        return self._draw(named, data=data, rows=rows, mapped=mapped, report=report)

    def _draw(
        self,
        named: str,
        *,
        data: bytes = b"",
        rows: Sequence[SheetRow] = (),
        mapped: Mapped | None = None,
        report: ImportReport | None = None,
        refusal: str = "",
    ) -> Response:
        declared = self._office.object_named(named)

        def show(_connection: Connection, plant: str, language: Language) -> str | None:
            if declared is None:
                return None
            columns = columns_of(declared, rows) if rows else ()
            return self._office.pages.draw(
                "office_import.html",
                plant,
                language,
                title=f"object.{declared.name}",
                declared=declared,
                columns=[
                    (header, mapped.names.get(header, name) if mapped else name) for header, name in columns
                ],
                rows=rows[:PREVIEW_ROWS],
                carried=base64.b64encode(data).decode(),
                report=report,
                refusal=refusal,
                left_out=_LEFT_OUT,
            )

        response = self._office.pages.answer(show)
        if refusal or (report is not None and report.errors):
            response.status_code = 422
        return response


def _file() -> bytes:
    """Return the file that was chosen, else the one the form carries along from the look before."""
    chosen = request.files.get("file")
    data = chosen.read(FILE_BYTES_MAX + 1) if chosen else b""
    if data:
        return data
    try:
        return base64.b64decode(request.form.get("carried", ""), validate=True)
    except binascii.Error:
        return b""


def _mapped(declared: ObjectType, rows: Sequence[SheetRow]) -> Mapped:
    """Return which column was said to be which; what nobody said goes by its header."""
    known = {one.name for one in declared.columns}
    names: dict[str, str] = {}
    for place, (header, _) in enumerate(columns_of(declared, rows)[:COLUMNS_MAX]):
        said = request.form.get(f"column.{place}", "")
        if said == _LEFT_OUT:
            names[header] = ""
        elif said in known:
            names[header] = said
    return Mapped(names=names)
