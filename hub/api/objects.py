"""Routes for master data: register, list, modify, delete and query, by the declarations of `hub/objects/`."""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct

from hub.api.projections import plant_of, plant_to_write
from hub.api.route import RefusedError, Registry, Request, not_found
from hub.cells import Value, shown
from hub.findings import Finding
from hub.master_data import Given, MasterData, MissingError, NotSavedError, Saved
from hub.object import ObjectType, objects
from hub.reference import ReferenceData
from hub.rights.prices import object_seen
from hub.rights.reader import reader
from hub.spreadsheet import CELL_READ_CHARS_MAX
from hub.store.database import reading, writing
from hub.store.reference import Author
from hub.store.values import instant_text
from hub.views.objects import ObjectQuery, ObjectRow, Version, history, object_page, object_row
from hub.views.page import Asked, CursorError, Position, Word
from hub.views.stock import Plant

REGISTRY = Registry()
LINES_MAX = 500
_OBJECT = {"object": f"One of {', '.join(objects())}."}
_RECORD = {**_OBJECT, "key": "The record's key: its number, or for items the id they began with."}
_NOT_SAVED = {404: "There is no such object, record or plant.", 422: "Refused; `problems` say why."}

Cell = Annotated[str, Meta(max_length=CELL_READ_CHARS_MAX)] | int | bool | None
Cells = Mapping[Annotated[str, Meta(max_length=40)], Cell]


class ObjectsQuery(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which records are asked for. `by` and `value` ask by one field: `by=category&value=YARN`."""

    plant: Plant = ""
    search: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    sort: Annotated[Word, Meta(description="A field; `-` before it turns the order round.")] = ""
    disabled: bool = False
    by: Annotated[Word, Meta(description="A field of the object.")] = ""
    value: Annotated[Word, Meta(description="What that field must be.")] = ""


class RecordQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which plant is meant."""

    plant: Plant = ""


class ObjectRecord(Struct, frozen=True, kw_only=True):
    """One record: its key, and what each field says, as a file would write it."""

    key: str
    values: Mapping[str, str]
    disabled: bool
    lines: tuple[Mapping[str, str], ...] = ()


class ObjectRecords(Struct, frozen=True, kw_only=True):
    """A page of records; `matching` is how many there are in all."""

    plant: str
    object: str
    rows: tuple[ObjectRecord, ...]
    matching: int
    next: str = ""


class RecordHistory(Struct, frozen=True, kw_only=True):
    """A record with everything that was ever changed, the newest first."""

    record: ObjectRecord
    revision: int
    versions: tuple[Version, ...]


class RecordBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a record is to say; fields that are not named stay as they are. `seen`: the revision it was decided on."""

    values: Cells
    lines: Annotated[tuple[Cells, ...], Meta(max_length=LINES_MAX)] | None = None
    plant: Plant = ""
    seen: Position = 0


class ObjectSaved(Struct, frozen=True, kw_only=True):
    """What was written, or why nothing was."""

    key: str = ""
    number: str = ""
    changed: bool = False
    problems: tuple[Finding, ...] = ()


@REGISTRY.route(
    "GET",
    "/objects/{object}",
    answer=ObjectRecords,
    parts=_OBJECT,
    query=ObjectsQuery,
    errors={404: "There is no such object, field, plant or page."},
)
def records(request: Request) -> ObjectRecords:
    """List an object's records: searched, sorted, by a field."""
    query = request.query
    plant = plant_of(request, query.plant)
    declared = _declared(request, plant)
    if query.by and query.by not in {one.name for one in declared.fields}:
        raise not_found("field", query.by)
    asked = ObjectQuery(
        search=query.search,
        sort=query.sort,
        disabled=query.disabled,
        where={query.by: query.value} if query.by else {},
        after=query.after,
        limit=query.limit,
    )
    try:
        with reading(request.hub.engine) as connection:
            page = object_page(declared, ReferenceData(connection, plant), asked)
    except CursorError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, "bad_cursor", str(error)) from error
    return ObjectRecords(
        plant=plant,
        object=declared.name,
        rows=tuple(map(_record, page.rows)),
        matching=page.matching,
        next=page.next,
    )


@REGISTRY.route(
    "GET",
    "/objects/{object}/{key}",
    answer=RecordHistory,
    parts=_RECORD,
    query=RecordQuery,
    errors={404: "There is no such object, record or plant."},
)
def record(request: Request) -> RecordHistory:
    """Read one record with its history."""
    key = request.path["key"]
    plant = plant_of(request, request.query.plant)
    declared = _declared(request, plant)
    with reading(request.hub.engine) as connection:
        known = ReferenceData(connection, plant)
        row = object_row(declared, known, key)
        if row is None:
            raise not_found(declared.name, key)
        versions = history(connection, declared, known, key)
        revision = known.revision(declared.kind, key)
    return RecordHistory(record=_record(row), revision=revision, versions=tuple(versions))


@REGISTRY.route(
    "POST", "/objects/{object}", answer=ObjectSaved, parts=_OBJECT, body=RecordBody, errors=_NOT_SAVED
)
def register(request: Request) -> ObjectSaved:
    """Register a record."""
    return _write(
        request, request.body.plant, lambda data: data.register(_given(request.body, data.declared))
    )


@REGISTRY.route(
    "PUT", "/objects/{object}/{key}", answer=ObjectSaved, parts=_RECORD, body=RecordBody, errors=_NOT_SAVED
)
def modify(request: Request) -> ObjectSaved:
    """Change the fields that are named, no others; register the record if there is none of this number yet."""
    key = request.path["key"]
    return _write(
        request, request.body.plant, lambda data: data.put(key, _given(request.body, data.declared))
    )


@REGISTRY.route(
    "DELETE",
    "/objects/{object}/{key}",
    answer=ObjectSaved,
    parts=_RECORD,
    query=RecordQuery,
    errors=_NOT_SAVED,
)
def delete(request: Request) -> ObjectSaved:
    """Delete a record, if nothing stands against it."""
    key = request.path["key"]
    return _write(request, request.query.plant, lambda data: data.delete(key))


def _write(request: Request, asked: str, act: Callable[[MasterData], Saved]) -> ObjectSaved:
    plant, hub = plant_to_write(request, asked), request.hub
    declared = _declared(request, plant)
    author = Author(person="", at=instant_text(hub.clock.now()), means="api")
    try:
        with writing(hub.engine) as connection:
            data = MasterData(
                connection=connection,
                log=hub.store,
                plant=plant,
                declared=declared,
                author=author,
                may=partial(reader().may, plant),
            )
            saved = act(data)
    except MissingError as error:
        raise not_found(declared.name, request.path.get("key", "")) from error
    except NotSavedError as error:
        return ObjectSaved(problems=error.findings)
    return ObjectSaved(key=saved.key, number=saved.number, changed=saved.changed)


def _given(body: RecordBody, declared: ObjectType) -> Given:
    """Return what a body says as texts. Raises RefusedError for a field the object does not have."""
    own, of_lines = ({one.name for one in fields} for fields in (declared.fields, declared.lines))
    strange = [name for name in body.values if name not in own]
    strange += [name for line in body.lines or () for name in line if name not in of_lines]
    if strange:
        raise not_found(f"field of {declared.name}", strange[0])
    lines = None if body.lines is None else [_texts(line) for line in body.lines]
    return Given(texts=_texts(body.values), lines=lines, seen=body.seen)


def _texts(cells: Cells) -> Mapping[str, str]:
    return {name: shown(value) for name, value in cells.items()}


def _record(row: ObjectRow) -> ObjectRecord:
    return ObjectRecord(
        key=row.key,
        values=_said(row.values),
        disabled=row.is_disabled,
        lines=tuple(map(_said, row.lines)),
    )


def _said(values: Mapping[str, Value]) -> Mapping[str, str]:
    return {name: shown(value) for name, value in values.items()}


def _declared(request: Request, plant: str) -> ObjectType:
    """Return the object that is meant, as the reader may see it. Raises RefusedError."""
    found = objects().get(request.path["object"])
    if found is None:
        raise not_found("object", request.path["object"])
    return object_seen(found, reader(), plant)
