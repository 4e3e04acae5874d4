"""The way to the hub: one request, one signed answer. Knows HTTP, time-outs and keys, and decides nothing."""

import time
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
import requests
from urllib3.exceptions import HTTPError, TimeoutError  # noqa: A004 urllib3 calls it so

from domain.parcel import NeighbourKey, ParcelTaken
from domain.pay_sheet import PaySheet
from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    Acknowledgement,
    Changes,
    PhotoTaken,
    Refusal,
    Snapshot,
    UploadHeader,
    answer_mac,
    encode_upload,
    macs_match,
    request_mac,
)

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 15.0
PAY_TIMEOUT_S = 6.0
"""Somebody stands there and waits for it."""
RETRY_AFTER_S_MAX = 300.0
ANSWER_WHOLE_S = 60.0
"""An answer that is not whole by then is none, however steadily it drips."""
ANSWER_BYTES_MAX = 128 * 1024 * 1024
SLOWEST_BYTES_PER_S = 200
"""A line slower than this is none. An entry sent alone gets the time it needs at this speed."""
ALONE_TIMEOUT_S_MAX = 330.0
CHANGES_PER_PAGE = 250
"""Small pages: each is one transaction, and a scan that comes meanwhile waits for it."""
CHANGES_PER_PAGE_MIN = 10
QUICK_PAGE_S = 2.0
LONG_PAGE_S = 10.0
"""A page that took longer is followed by a smaller one: events wait while it comes."""
_READ_BYTES = 64 * 1024

UPLOAD_TARGET = "/sync/v1/upload"
CHANGES_TARGET = "/sync/v1/changes"
SNAPSHOT_TARGET = "/sync/v1/snapshot"
PARCEL_TARGET = "/sync/v1/parcel"
NEIGHBOUR_TARGET = "/sync/v1/neighbour"
PAY_TARGET = "/sync/v1/pay"
PHOTO_TARGET = "/sync/v1/photo"

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
        self._per_page = CHANGES_PER_PAGE
        self._session.trust_env = False  # a proxy of the machine must never come between kiosk and hub

    def upload(self, header: UploadHeader, bodies: list[bytes]) -> Acknowledgement:
        """Send a batch; raises HubError."""
        body = encode_upload(header, bodies)
        timeout_s = ANSWER_TIMEOUT_S
        if (
            header.events == 1
        ):  # nothing smaller can be sent: it must get through a slow line, however long it is
            timeout_s = min(max(timeout_s, len(body) / SLOWEST_BYTES_PER_S), ALONE_TIMEOUT_S_MAX)
        return self._ask("POST", UPLOAD_TARGET, body, Acknowledgement, timeout_s)

    def changes(self, cursor: str, generation: int) -> Changes:
        """Ask for the next page of changes; raises HubError."""
        asked = {"cursor": cursor, "generation": generation, "limit": self._per_page, "nonce": token_hex(8)}
        begin_s = time.monotonic()
        try:
            page = self._ask("GET", f"{CHANGES_TARGET}?{urlencode(asked)}", b"", Changes)
        except HubUnreachableError:
            self._per_page = max(CHANGES_PER_PAGE_MIN, self._per_page // 2)
            raise
        took_s = time.monotonic() - begin_s
        if took_s > LONG_PAGE_S:
            self._per_page = max(CHANGES_PER_PAGE_MIN, self._per_page // 2)
        elif took_s <= QUICK_PAGE_S:
            self._per_page = min(CHANGES_PER_PAGE, self._per_page * 2)
        return page

    def snapshot(self) -> Snapshot:
        """Ask for everything at once; raises HubError, also where the hub has no such answer."""
        return self._ask("GET", f"{SNAPSHOT_TARGET}?{urlencode({'nonce': token_hex(8)})}", b"", Snapshot)

    def parcel(self, parcel: bytes) -> ParcelTaken:
        """Hand in what a neighbour could not send itself; raises HubError."""
        return self._ask("POST", PARCEL_TARGET, parcel, ParcelTaken)

    def photo(self, digest: str, jpeg: bytes) -> PhotoTaken:
        """Send a photo; raises HubError."""
        return self._ask("PUT", f"{PHOTO_TARGET}/{digest}", jpeg, PhotoTaken)

    def neighbour_key(self, device: str) -> bytes:
        """Ask for the key we share with another kiosk; raises HubError."""
        asked = urlencode({"device": device, "nonce": token_hex(8)})
        return bytes.fromhex(self._ask("GET", f"{NEIGHBOUR_TARGET}?{asked}", b"", NeighbourKey).key)

    def pay(self, person: str) -> PaySheet:
        """Ask for the own pay of whoever is signed on here; raises HubError, HubBusyError before that is booked."""
        asked = urlencode({"person": person, "nonce": token_hex(8)})
        return self._ask("GET", f"{PAY_TARGET}?{asked}", b"", PaySheet, PAY_TIMEOUT_S)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _ask(self, method: str, target: str, body: bytes, kind: type[T], timeout_s: float | None = None) -> T:
        mac = request_mac(self._address.key, method, target, body)
        headers = {
            DEVICE_HEADER: f"{self._address.plant}/{self._address.device}",
            MAC_HEADER: mac,
            "Content-Type": "application/x-ndjson",
        }
        try:
            with self._session.request(
                method,
                self._address.url.rstrip("/") + target,
                data=body,
                headers=headers,
                timeout=(CONNECT_TIMEOUT_S, timeout_s or ANSWER_TIMEOUT_S),
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = _whole(answer)
        except requests.Timeout as error:
            raise HubUnreachableError("timeout", str(error)) from error
        except requests.RequestException as error:
            raise HubUnreachableError("no_connection", str(error)) from error
        if answer.status_code != requests.codes.ok:
            raise _failure(answer, content)
        expected = answer_mac(self._address.key, mac, answer.status_code, content)
        if not macs_match(expected, answer.headers.get(MAC_HEADER, "")):
            raise HubUnreachableError("not_the_hub", "the answer does not carry the hub's own mark")
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.MsgspecError as error:
            raise HubUnreachableError("not_understood", str(error)) from error


def _whole(answer: requests.Response) -> bytes:
    """Read an answer to its end, within a time and a size."""
    give_up_s = time.monotonic() + ANSWER_WHOLE_S
    parts: list[bytes] = []
    size = 0
    while part := _part(answer):
        parts.append(part)
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise HubUnreachableError("not_the_hub", f"the answer is longer than {ANSWER_BYTES_MAX} bytes")
        if time.monotonic() > give_up_s:
            raise HubUnreachableError("timeout", f"the answer was not whole after {ANSWER_WHOLE_S:.0f} s")
    return b"".join(parts)


def _part(answer: requests.Response) -> bytes:
    """Return what has come by now, so that the time is looked at also while an answer drips."""
    try:
        return answer.raw.read1(_READ_BYTES, decode_content=True)
    except TimeoutError as error:  # urllib3's own
        raise HubUnreachableError("timeout", str(error)) from error
    except HTTPError as error:
        raise HubUnreachableError("no_connection", str(error)) from error


def _failure(answer: requests.Response, content: bytes) -> HubError:
    """Return what a status means. None of them ever means that an event may be forgotten."""
    try:
        said = msgspec.json.decode(content, type=Refusal)
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
