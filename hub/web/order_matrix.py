"""Colours × sizes on an order: what is ordered of every piece of a style, entered on one page."""

from collections.abc import Mapping, Sequence

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from domain.names import Language
from domain.words import speak
from hub.cells import shown
from hub.findings import Finding
from hub.master_data import Given, NotSavedError
from hub.matrix import Ordered, matrix_of, ordered_in, with_amounts
from hub.object import objects
from hub.reference import ReferenceData
from hub.store.database import StoreBusyError, writing
from hub.views.objects import ObjectRow, all_rows, called, object_row
from hub.views.page import WORD_CHARS_MAX, whole_number
from hub.web.office_matrix import colour_names
from hub.web.office_pages import OfficePages, address, told_of_address


def serve_order_matrix(app: Flask, office: OfficePages) -> None:
    """Serve the page, for every object whose lines are items and quantities."""
    page = _OrderMatrixPage(office)
    app.add_url_rule("/office/<named>/matrix", "order_matrix", page.show)
    app.add_url_rule("/office/<named>/matrix", "order_save_matrix", page.save, methods=["POST"])


class _OrderMatrixPage:
    def __init__(self, office: OfficePages) -> None:
        self._office = office

    def show(self, named: str) -> Response:
        return self._draw(named)

    def save(self, named: str) -> AnyResponse:
        """Write the order with the amounts of the page, all of them or none."""
        plant, language = self._office.pages.asked()
        declared, key, style = self._office.object_named(named), _asked("key"), _asked("style")
        if declared is None or not declared.takes_matrix:
            return self._office.pages.missing(plant, language)
        try:
            with writing(self._office.hub.engine) as connection:
                orders = self._office.data(connection, plant, declared)
                row, matrix = object_row(declared, orders.known, key), matrix_of(orders.known, style)
                if row is None or matrix is None:
                    return self._office.pages.missing(plant, language)
                held = _lines(row)
                ordered = ordered_in(matrix, held)
                lines = with_amounts(held, ordered, _amounts(ordered))
                given = Given(texts={}, lines=lines, seen=whole_number(_asked("seen")))
                saved = orders.modify(key, given)
        except NotSavedError as error:
            return self._draw(named, refusals=[_said(one, language) for one in error.findings])
        except StoreBusyError:
            return self._draw(named, refusals=(speak(language, "desk.refused.busy"),))
        told = "modified" if saved.changed else "unchanged"
        onward = address(f"/office/{named}/record", plant, language, told, key=key, told_number=saved.number)
        return redirect(onward, 303)

    def _draw(self, named: str, refusals: Sequence[str] = ()) -> Response:
        declared = self._office.object_named(named)

        def show(connection: Connection, plant: str, language: Language) -> str | None:
            if declared is None or not declared.takes_matrix:
                return None
            known = ReferenceData(connection, plant)
            row = object_row(declared, known, _asked("key"))
            if row is None:
                return None
            matrix = matrix_of(known, _asked("style"))
            styles = [one for one in all_rows(objects()["styles"], known) if not one.is_disabled]
            return self._office.pages.draw(
                "order_matrix.html",
                plant,
                language,
                title="office.order_matrix",
                declared=declared,
                row=row,
                number=shown(row.values[declared.number]),
                styles=[(one.key, called(one.values, language)) for one in styles],
                style=_asked("style"),
                matrix=matrix,
                ordered=ordered_in(matrix, _lines(row)) if matrix else {},
                sent=request.form,
                revision=known.revision(declared.kind, row.key),
                colour_name=colour_names(language),
                refusals=refusals,
                told=told_of_address(),
            )

        response = self._office.pages.answer(show)
        if refusals:
            response.status_code = 422
        return response


def _lines(row: ObjectRow) -> Sequence[Mapping[str, str]]:
    return [{name: shown(value) for name, value in line.items()} for line in row.lines]


def _amounts(ordered: Mapping[tuple[int, int], Ordered]) -> Mapping[str, str]:
    """Return what the page says of each piece that can be ordered there, by the item's number."""
    return {
        one.number: request.form.get(f"amount.{down}.{across}", "").strip()
        for (down, across), one in ordered.items()
        if one.may_change
    }


def _said(finding: Finding, language: Language) -> str:
    return f"{finding.row}: {finding.of(language)}" if finding.row else finding.of(language)


def _asked(name: str) -> str:
    return request.values.get(name, "")[:WORD_CHARS_MAX].replace("\0", "").strip()
