"""The way to the hub: one request, one signed answer. Knows HTTP, time-outs and keys, and decides nothing."""

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
import requests

from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    Acknowledgement,
    Changes,
    Refusal,
    UploadHeader,
    answer_mac,
    encode_upload,
    macs_match,
    request_mac,
)

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 15.0
RETRY_AFTER_S_MAX = 300.0
CHANGES_PER_PAGE = 250
"""Small pages: each is one transaction, and a scan that comes meanwhile waits for it."""

UPLOAD_TARGET = "/sync/v1/upload"
CHANGES_TARGET = "/sync/v1/changes"

T = TypeVar("T")


class HubError(Exception):
    """The hub did not do what was asked. `reason` is a code the screen has words for."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class HubUnreachableError(HubError):
    """No answer, a broken one, or one that is not the hub's own: try again later, nothing is known."""


class HubBusyError(HubError):
    """The hub asks to wait (429, 503, 5xx)."""

    def __init__(self, reason: str, detail: str, wait_s: float) -> None:
        super().__init__(reason, detail)
        self.wait_s = wait_s


class HubRefusedError(HubError):
    """The hub knows us not, or not any more (401, 403): people have to look."""


class UploadTooLargeError(HubError):
    """The hub takes less at once (413)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAddress:
    """Where the hub is, who we are to it, and the key both know."""

    url: str
    plant: str
    device: str
    key: bytes


class HubClient:
    """Asks the hub. Used by one thread."""

    def __init__(self, address: HubAddress) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the machine must never come between kiosk and hub

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        """Send a batch; raises HubError."""
        return self._ask("POST", UPLOAD_TARGET, encode_upload(header, bodies), Acknowledgement)

    def changes(self, cursor: str, generation: int) -> Changes:
        """Ask for the next page of changes; raises HubError."""
        query = urlencode({"cursor": cursor, "generation": generation, "limit": CHANGES_PER_PAGE})
        return self._ask("GET", f"{CHANGES_TARGET}?{query}", b"", Changes)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _ask(self, method: str, target: str, body: bytes, kind: type[T]) -> T:
        mac = request_mac(self._address.key, method, target, body)
        headers = {
            DEVICE_HEADER: f"{self._address.plant}/{self._address.device}",
            MAC_HEADER: mac,
            "Content-Type": "application/x-ndjson",
        }
        try:
            answer = self._session.request(
                method,
                self._address.url.rstrip("/") + target,
                data=body,
                headers=headers,
                timeout=(CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S),
                allow_redirects=False,
            )
        except requests.Timeout as error:
            raise HubUnreachableError("timeout", str(error)) from error
        except requests.RequestException as error:
            raise HubUnreachableError("no_connection", str(error)) from error
        if answer.status_code != requests.codes.ok:
            raise _failure(answer)
        expected = answer_mac(self._address.key, mac, answer.status_code, answer.content)
        if not macs_match(expected, answer.headers.get(MAC_HEADER, "")):
            raise HubUnreachableError("not_the_hub", "the answer does not carry the hub's own mark")
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise HubUnreachableError("not_understood", str(error)) from error


def _failure(answer: requests.Response) -> HubError:
    """Return what a status means. None of them ever means that an event may be forgotten."""
    try:
        said = msgspec.json.decode(answer.content, type=Refusal)
    except msgspec.MsgspecError:
        said = Refusal(code=f"http_{answer.status_code}", message="")
    match answer.status_code:
        case 401 | 403:
            return HubRefusedError(said.code, said.message)
        case 413:
            return UploadTooLargeError(said.code, said.message)
        case 429 | 500 | 502 | 503 | 504:
            return HubBusyError(said.code, said.message, _wait_s(answer, said))
        case _:
            return HubUnreachableError("not_the_hub", f"status {answer.status_code}")


def _wait_s(answer: requests.Response, said: Refusal) -> float:
    given = answer.headers.get("Retry-After", "")
    wait = float(given) if given.isdecimal() else said.retry_after_s
    return min(max(wait, 0.0), RETRY_AFTER_S_MAX)
