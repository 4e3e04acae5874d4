"""Routes for reference data: read a kind, or bring rows in as an import does."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select

from hub.api.projections import plant_of, plant_to_write
from hub.api.route import RefusedError, Registry, Request, not_found
from hub.importer import ImportReport, importers, rows_of_objects, run_import
from hub.reference import REFERENCE_KINDS
from hub.rights.prices import record_seen
from hub.rights.reader import reader
from hub.spreadsheet import CELL_READ_CHARS_MAX
from hub.store import tables
from hub.store.database import reading, writing
from hub.views.page import Asked, CursorError, cut, decode_key, encode_key
from hub.views.stock import Plant

REGISTRY = Registry()
ROWS_MAX = 5000

Cell = Annotated[str, Meta(max_length=CELL_READ_CHARS_MAX)] | int | bool | None


class ReferenceQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of a kind is asked for."""

    plant: Plant = ""


class ReferenceRow(Struct, frozen=True, kw_only=True):
    """One record: its key, its body as plain data, and the revision it was written with."""

    key: str
    body: dict[str, Any]
    revision: int


class ReferencePage(Struct, frozen=True, kw_only=True):
    """A page of records by key."""

    plant: str
    kind: str
    rows: tuple[ReferenceRow, ...]
    next: str = ""


class ReferenceRows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows to bring in: objects of column name and value, as in a file. With `dry_run` they are only checked."""

    rows: Annotated[tuple[dict[str, Cell], ...], Meta(min_length=1, max_length=ROWS_MAX)]
    plant: Plant = ""
    dry_run: bool = False


@REGISTRY.route(
    "GET",
    "/reference/{kind}",
    answer=ReferencePage,
    parts={"kind": f"One of {', '.join(REFERENCE_KINDS)}."},
    query=ReferenceQuery,
    errors={404: "There is no such kind, plant or page."},
)
def read(request: Request) -> ReferencePage:
    """List the records of one kind by key."""
    kind, query = request.path["kind"], request.query
    if kind not in REFERENCE_KINDS:
        raise not_found("kind of reference data", kind)
    plant = plant_of(request, query.plant)
    held = tables.reference.c
    asked = select(held.key, held.body_json, held.revision).where(
        held.plant == plant, held.kind == kind, held.body_json.is_not(None)
    )
    if query.after:
        asked = asked.where(held.key > _after(query.after))
    with reading(request.hub.engine) as connection:
        found = connection.execute(asked.order_by(held.key).limit(query.limit + 1)).all()
    rows, more = cut(found, query.limit)
    return ReferencePage(
        plant=plant,
        kind=kind,
        rows=tuple(
            ReferenceRow(
                key=row.key,
                body=record_seen(kind, msgspec.json.decode(row.body_json), reader(), plant),
                revision=row.revision,
            )
            for row in rows
        ),
        next=encode_key([rows[-1].key]) if more else "",
    )


@REGISTRY.route(
    "POST",
    "/reference/{kind}",
    answer=ImportReport,
    parts={"kind": f"One of {', '.join(importers())}."},
    body=ReferenceRows,
    errors={404: "There is no such kind or plant.", 422: "Rows have errors; nothing was written."},
)
def write(request: Request) -> ImportReport:
    """Bring rows of reference data in, all or none, with the same checks as a file."""
    kind, body = request.path["kind"], request.body
    if kind not in importers():
        raise not_found("kind of import", kind)
    plant = plant_to_write(request, body.plant)
    rows = rows_of_objects(body.rows)
    with writing(request.hub.engine) as connection:
        return run_import(
            connection,
            request.hub.store,
            plant=plant,
            kind=kind,
            data=rows,
            dry_run=body.dry_run,
            may=partial(reader().may, plant),
        )


def _after(text: str) -> str:
    try:
        (after,) = decode_key(text, tuple[str])
    except CursorError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, "bad_cursor", str(error)) from error
    return after
