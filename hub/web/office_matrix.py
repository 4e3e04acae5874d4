"""Colours × sizes at the office: all finished goods of a style on one page."""

from collections.abc import Callable, Mapping, Sequence

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.units import UNITS
from domain.words import speak
from hub.cells import Value
from hub.findings import Finding
from hub.master_data import NotSavedError
from hub.matrix import Matrix, matrix_of, save_matrix
from hub.object import ObjectType, objects
from hub.reference import ReferenceData
from hub.rights.prices import object_seen
from hub.rights.reader import reader
from hub.store.database import StoreBusyError, writing
from hub.views.objects import all_rows, called
from hub.views.page import WORD_CHARS_MAX
from hub.web.office_pages import OfficePages, address, no_right, told_of_address, unit_words

COMMON = ("grade", "unit", "price", "safety_stock", "maximum_stock")
"""What all goods that are registered on the page at once have in common."""


def serve_office_matrix(app: Flask, office: OfficePages) -> None:
    """Serve the matrix."""
    page = _MatrixPage(office)
    app.add_url_rule("/office/matrix", "office_matrix", page.show)
    app.add_url_rule("/office/matrix", "office_save_matrix", page.save, methods=["POST"])


class _MatrixPage:
    def __init__(self, office: OfficePages) -> None:
        self._office = office

    def show(self) -> Response:
        return self._draw()

    def save(self) -> AnyResponse:
        """Write what is ticked, all of it or nothing."""
        plant, language = self._office.pages.asked()
        style = _asked("style")
        for right in ("finished_goods.add", "finished_goods.modify"):
            if not reader().may(plant, right):
                return self._draw(refusals=(no_right(right, language),))
        try:
            with writing(self._office.hub.engine) as connection:
                seen = object_seen(objects()["finished_goods"], reader(), plant)
                goods = self._office.data(connection, plant, seen)
                matrix = matrix_of(goods.known, style)
                if matrix is None:
                    return self._office.pages.missing(plant, language)
                texts = {name: request.form.get(name, "").strip() for name in _common(goods.declared)}
                new, changed = save_matrix(goods, matrix, _numbers(matrix), texts)
        except NotSavedError as error:
            return self._draw(refusals=_words(error.findings, language))
        except StoreBusyError:
            return self._draw(refusals=(speak(language, "desk.refused.busy"),))
        counts = {"told_new": str(new), "told_changed": str(changed)}
        back = address("/office/matrix", plant, language, "matrix", style=style, **counts)
        return redirect(back, 303)

    def _draw(self, refusals: Sequence[str] = ()) -> Response:

        def show(connection: Connection, plant: str, language: Language) -> str:
            known = ReferenceData(connection, plant)
            styles = [row for row in all_rows(objects()["styles"], known) if not row.is_disabled]
            return self._office.pages.draw(
                "office_matrix.html",
                plant,
                language,
                title="office.matrix",
                styles=[(row.key, called(row.values, language)) for row in styles],
                style=_asked("style"),
                matrix=matrix_of(known, _asked("style"), _asked("prefix")),
                declared=object_seen(objects()["finished_goods"], reader(), plant),
                common=COMMON,
                sent=request.form,
                units=[(code, unit_words(code, language)) for code in UNITS],
                colour_name=colour_names(language),
                refusals=refusals,
                told=told_of_address(),
            )

        response = self._office.pages.answer(show)
        if refusals:
            response.status_code = 422
        return response


def _common(declared: ObjectType) -> Sequence[str]:
    """Return what new goods have in common, as far as the reader may see it."""
    return [one.name for one in declared.fields if one.name in COMMON]


def _numbers(matrix: Matrix) -> Mapping[tuple[str, str], str]:
    """Return what the cells that are ticked, or registered already, are to be numbered."""
    found: dict[tuple[str, str], str] = {}
    for down, colour in enumerate(matrix.colours):
        for across, size in enumerate(matrix.sizes):
            name, cell = f"{down}.{across}", matrix.cells[colour, size]
            number = request.form.get(f"cell.{name}", "").strip()
            if cell.key or request.form.get(f"tick.{name}"):
                found[colour, size] = number or cell.number
    return found


def colour_names(language: Language) -> Callable[[Mapping[str, Value] | None], str]:
    """Return what says a colour's name in the reader's language; nothing for one that is not registered."""
    return lambda values: called(values, language) if values else ""


def _words(findings: Sequence[Finding], language: Language) -> Sequence[str]:
    return [f"{one.column}: {one.of(language)}" for one in findings]


def _asked(name: str) -> str:
    return request.values.get(name, "")[:WORD_CHARS_MAX].replace("\0", "").strip()
