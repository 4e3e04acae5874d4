"""The API's description of itself: OpenAPI 3.1, made from the declared routes and their structs."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from domain.wire import Refusal
from hub.api.route import Route

OPENAPI_VERSION = "3.1.0"
PREFIX = "/api/v1"
_REF = "#/components/schemas/{name}"
_ALWAYS = {
    401: "The hub is not open to everyone, or these data are not: the token is missing or wrong.",
    403: "The token has not the right.",
    400: "The query or body is not of the described shape.",
    503: "The database is locked or away; the header Retry-After says when to ask again.",
}
_WRITES = {
    401: "The token is missing or wrong.",
    403: "The token has not the right, or not in this plant.",
    413: "The body is too large.",
    415: "The body is not announced as application/json.",
}


def describe(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """Return the whole description as plain data."""
    structs: list[type[Struct]] = [Refusal]
    for route in routes:
        structs += [route.answer, *([route.body] if route.body else [])]
    schemas, components = msgspec.json.schema_components(dict.fromkeys(structs), ref_template=_REF)
    by_struct = dict(zip(dict.fromkeys(structs), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, by_struct)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "NOAC hub",
            "version": version,
            "description": "What the hub knows: stock, documents, events, kiosks, discrepancies, reference data.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, by_struct: Mapping[type[Struct], Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": _responses(route, by_struct),
    }
    if route.body:
        content = {"application/json": {"schema": by_struct[route.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.is_write:
        operation["security"] = [{"token": []}]
    return operation


def _responses(route: Route, by_struct: Mapping[type[Struct], Any]) -> dict[str, Any]:
    found = {
        "200": {
            "description": "The answer.",
            "content": {"application/json": {"schema": by_struct[route.answer]}},
        }
    }
    refusals = {**_ALWAYS, **(_WRITES if route.is_write else {}), **route.errors}
    for status, description in sorted(refusals.items()):
        schema = route.answer if status == 422 else Refusal  # noqa: PLR2004 - the report of a refused file
        content = {"application/json": {"schema": by_struct[schema]}}
        found[str(status)] = {"description": description, "content": content}
    return found


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": description,
            "schema": {"type": "string", "minLength": 1},
        }
        for name, description in route.parts.items()
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    """Return a query struct's fields as parameters; its own schema says type, limits and default."""
    (schema,), components = msgspec.json.schema_components((route.query,), ref_template=_REF)
    properties: dict[str, dict[str, Any]] = components[schema["$ref"].rpartition("/")[2]]["properties"]
    required = {field.encode_name for field in msgspec.structs.fields(route.query) if field.required}
    found: list[dict[str, Any]] = []
    for name, spec in properties.items():
        described = {key: value for key, value in spec.items() if key != "description"}
        parameter = {"name": name, "in": "query", "required": name in required, "schema": described}
        if "description" in spec:
            parameter["description"] = spec["description"]
        found.append(parameter)
    return found
