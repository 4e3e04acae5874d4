"""Requests to the hub: signed both ways, never patient for long. Everything that is not our hub is offline."""

import time
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    Acknowledgement,
    Changes,
    Refusal,
    answer_mac,
    macs_match,
    request_mac,
)

CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 15.0
SLOW_S = 5.0
"""An answer that takes longer counts as slow."""

CHANGES_PER_PAGE = 250
"""Small pages: each is one transaction, and a scan that comes meanwhile waits for it."""

UPLOAD_TARGET = "/sync/v1/upload"
CHANGES_TARGET = "/sync/v1/changes"
ANSWER_BYTES_MAX = 8 * 1024 * 1024
_OK = 200
T = TypeVar("T")


class HubError(Exception):
    """The hub did not take a request. `says` is the catalogue key of why; `retry_after_s` what the hub asked for."""

    def __init__(self, says: str, reason: str, *, status: int = 0, retry_after_s: float = 0.0) -> None:
        self.says = says
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How the kiosk proves who it is to the hub."""

    url: str
    plant: str
    device: str
    key: bytes


class HubClient:
    """One connection to the hub, used by one thread."""

    def __init__(self, credentials: Credentials) -> None:
        # Imported when there is a hub to talk to: it is a third of the kiosk's start.
        import requests  # noqa: PLC0415

        self._errors = requests.RequestException
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy between a kiosk and its hub
        self._credentials = credentials
        self._base = urlsplit(credentials.url).path.rstrip("/")
        self._root = (
            credentials.url.rstrip("/").removesuffix(self._base)
            if self._base
            else credentials.url.rstrip("/")
        )
        self.last_took_s = 0.0

    def upload(self, body: bytes) -> Acknowledgement:
        """Send a batch. Raises HubError."""
        return self._ask("POST", f"{self._base}{UPLOAD_TARGET}", body, Acknowledgement)

    def changes(self, cursor: str) -> Changes:
        """Ask for a page of changes after a cursor. Raises HubError."""
        target = f"{self._base}{CHANGES_TARGET}?cursor={quote(cursor, safe='')}&limit={CHANGES_PER_PAGE}"
        return self._ask("GET", target, b"", Changes)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def _ask(self, method: str, target: str, body: bytes, kind: type[T]) -> T:
        mac = request_mac(self._credentials.key, method, target, body)
        headers = {
            DEVICE_HEADER: f"{self._credentials.plant}/{self._credentials.device}",
            MAC_HEADER: mac,
            "Content-Type": "application/x-ndjson",
        }
        started = time.monotonic()
        try:
            answer: Any = self._session.request(
                method,
                f"{self._root}{target}",
                data=body or None,
                headers=headers,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                allow_redirects=False,
            )
        except self._errors as error:
            raise HubError("hub.unreachable", str(error)) from error
        self.last_took_s = time.monotonic() - started
        content: bytes = answer.content[:ANSWER_BYTES_MAX]
        status: int = answer.status_code
        if status != _OK:
            raise _refused(status, content)
        # A portal or proxy can say 200; only our hub can sign it.
        expected = answer_mac(self._credentials.key, mac, status, content)
        if not macs_match(expected, answer.headers.get(MAC_HEADER, "")):
            raise HubError("hub.not_ours", "the answer does not carry our hub's digest", status=status)
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.MsgspecError as error:
            raise HubError("hub.not_understood", str(error), status=status) from error


def _refused(status: int, content: bytes) -> HubError:
    try:
        refusal = msgspec.json.decode(content, type=Refusal)
    except msgspec.MsgspecError:
        refusal = Refusal(code="", message=content[:200].decode(errors="replace"))
    match status:
        case 401 | 403:
            says = "hub.identity"
        case 413:
            says = "hub.too_large"
        case 429 | 503:
            says = "hub.busy"
        case _:
            says = "hub.failed"
    reason = f"{status} {refusal.code} {refusal.message}"
    return HubError(says, reason, status=status, retry_after_s=refusal.retry_after_s)
