"""The one way from a web request to a route and back: all is checked here, each refusal said the same way."""

import logging
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

import msgspec
from flask import Blueprint, Flask, Response, request
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from domain.wire import Refusal
from hub.api import approvals, months, objects, pay, projections, questions, reference
from hub.api.objects import ObjectSaved
from hub.api.openapi import PREFIX, describe
from hub.api.route import BODY_BYTES_MAX, RefusedError, Request, Route, refusal_response
from hub.hub import Hub
from hub.importer import ImportReport
from hub.rights.reader import reader
from hub.store.database import StoreBusyError
from hub.web.render import Renderer

RETRY_AFTER_S = 2
_log = logging.getLogger(__name__)


def all_routes() -> tuple[Route, ...]:
    """Return every route there is, in the order of the documentation."""
    return (
        *projections.REGISTRY.routes,
        *questions.REGISTRY.routes,
        *reference.REGISTRY.routes,
        *objects.REGISTRY.routes,
        *months.REGISTRY.routes,
        *approvals.REGISTRY.routes,
        *pay.REGISTRY.routes,
    )


def serve_routes(app: Flask, hub: Hub) -> None:
    """Serve every route, the description and its page."""
    routes = all_routes()
    renderer = Renderer()
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for route in routes:
        # A key may hold a slash: the version of a route stands behind one.
        rule = route.path.replace("{key}", "<path:key>").replace("{", "<").replace("}", ">")
        view = partial(_answer, route, hub)
        blueprint.add_url_rule(
            rule, route.name, view, methods=[route.method], provide_automatic_options=False
        )
    document = msgspec.json.encode(describe(routes, _version()))

    @blueprint.get("/openapi.json")
    def openapi() -> Response:  # pyright: ignore[reportUnusedFunction] (a view)
        return Response(document, content_type="application/json")

    @blueprint.get("/")
    def page() -> str:  # pyright: ignore[reportUnusedFunction] (a view)
        return renderer.page("api.html", routes=_documented(routes), prefix=PREFIX)

    app.register_blueprint(blueprint)
    # Flask answers unknown addresses and methods for the whole app: only ours are answered as Refusal.
    app.register_error_handler(HTTPException, _http_error)


def _answer(route: Route, hub: Hub, **path: str) -> Response:
    try:
        asked = _checked(route, hub, path)
        return _json(route.handle(asked))
    except RefusedError as error:
        return refusal_response(error.status, error.refusal)
    except StoreBusyError as error:
        words = Refusal(code="busy", message=str(error), retry_after_s=RETRY_AFTER_S)
        return refusal_response(HTTPStatus.SERVICE_UNAVAILABLE, words)
    except SQLAlchemyError:
        _log.exception("%s %s failed", route.method, route.path)
        words = Refusal(
            code="failed", message="the database refused the question; the hub's log has the reason"
        )
        return refusal_response(HTTPStatus.INTERNAL_SERVER_ERROR, words)


def _checked(route: Route, hub: Hub, path: dict[str, str]) -> Request:
    """Return the request in its declared shapes. Raises RefusedError."""
    if any("\x00" in part for part in path.values()):
        raise RefusedError(HTTPStatus.NOT_FOUND, "not_found", "there is no such address")
    if route.is_write and not reader().token:  # the gate has looked already; without it nothing is written
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "token", "this needs the header Authorization: Bearer")
    query = _query(route)
    return Request(hub=hub, path=path, query=query, body=_body(route))


def _query(route: Route) -> Struct:
    given: dict[str, str] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "bad_query", f"{name!r} is given {len(values)} times")
        given[name] = values[0]
    try:
        return msgspec.convert(given, route.query, strict=False)
    except msgspec.ValidationError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "bad_query", str(error)) from error


def _body(route: Route) -> Struct | None:
    if route.body is None:
        return None
    if request.mimetype != "application/json":
        words = "the body must be announced as Content-Type: application/json"
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bad_type", words)
    if (request.content_length or 0) > BODY_BYTES_MAX:
        words = f"the body is larger than {BODY_BYTES_MAX} bytes"
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", words)
    try:
        return msgspec.json.decode(request.get_data(), type=route.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "bad_body", str(error)) from error


def _json(answer: Struct) -> Response:
    refused = isinstance(answer, ImportReport | ObjectSaved) and bool(answer.problems)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return Response(msgspec.json.encode(answer), status=status, content_type="application/json")


def _http_error(error: HTTPException) -> Response | HTTPException:
    if not request.path.startswith(PREFIX + "/"):
        return error
    status = HTTPStatus(error.code or 500)
    words = Refusal(code=status.name.lower(), message=f"{request.method} {request.path}: {status.phrase}")
    response = refusal_response(status, words)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _documented(routes: Sequence[Route]) -> list[dict[str, object]]:
    """Return what the readable page shows of each route."""
    return [
        {
            "method": route.method,
            "path": route.path,
            "summary": route.summary,
            "parts": route.parts,
            "query": [field.encode_name for field in msgspec.structs.fields(route.query)],
            "body": route.body.__name__ if route.body else "",
            "answer": route.answer.__name__,
            "errors": route.errors,
            "is_write": route.is_write,
        }
        for route in routes
    ]


def _version() -> str:
    try:
        return version("noac")
    except PackageNotFoundError:
        return "0"
