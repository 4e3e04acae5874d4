"""What a route of the API is: declared once, served and documented from the same words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from flask import Response
from msgspec import Struct

from domain.wire import Refusal
from hub.hub import Hub

PAGE_ROWS_MAX = 500
PAGE_ROWS_DEFAULT = 100
BODY_BYTES_MAX = 8 * 1024 * 1024

Method = Literal["GET", "POST", "PUT", "DELETE"]


class Nothing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route without a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a route is asked: the path's parts, the query and the body, all of their declared shapes."""

    hub: Hub
    path: Mapping[str, str]
    query: Any
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route. `path` has its parts in braces; `parts` says what each is.

    `query`, `body` and `answer` are msgspec.Structs; what a request carries is checked against them before `handle`
    sees it. `errors`: further statuses and when they come.
    """

    method: Method
    path: str
    summary: str
    handle: Callable[[Request], Struct]
    answer: type[Struct]
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    query: type[Struct] = Nothing
    body: type[Struct] | None = None
    errors: Mapping[int, str] = field(default_factory=dict[int, str])

    @property
    def is_write(self) -> bool:
        """Whether it changes something, and so needs the token."""
        return self.method != "GET"

    @property
    def name(self) -> str:
        """Return its operation id."""
        words = [part.strip("{}") for part in self.path.split("/") if part]
        return "_".join([self.method.lower(), *words])


class RefusedError(Exception):
    """The request cannot be answered; what to say and with which status."""

    def __init__(self, status: HTTPStatus, code: str, message: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.refusal = Refusal(code=code, message=message, retry_after_s=retry_after_s)


class Registry:
    """The routes of one module, in the order they are declared."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def route(
        self,
        method: Method,
        path: str,
        *,
        answer: type[Struct],
        parts: Mapping[str, str] | None = None,
        query: type[Struct] = Nothing,
        body: type[Struct] | None = None,
        errors: Mapping[int, str] | None = None,
    ) -> Callable[[Callable[[Request], Struct]], Callable[[Request], Struct]]:
        """Declare the function below as a route; the first line of its docstring is the summary."""

        def declare(handle: Callable[[Request], Struct]) -> Callable[[Request], Struct]:
            summary = (handle.__doc__ or "").strip().splitlines()[0]
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    summary=summary,
                    handle=handle,
                    answer=answer,
                    parts=parts or {},
                    query=query,
                    body=body,
                    errors=errors or {},
                )
            )
            return handle

        return declare


def not_found(what: str, name: str) -> RefusedError:
    """Return the refusal for something that is not there."""
    return RefusedError(HTTPStatus.NOT_FOUND, "not_found", f"there is no {what} {name!r}")


def refusal_response(status: HTTPStatus, refusal: Refusal) -> Response:
    """Say no as every route says it."""
    response = Response(msgspec.json.encode(refusal), status=status, content_type="application/json")
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.retry_after_s:
        response.headers["Retry-After"] = str(int(refusal.retry_after_s))
    return response
