"""The exchange between kiosk and hub: what is sent, byte for byte. `docs/sync.md` is its description for strangers.

An upload is NDJSON: one header line, then the exact bytes of each entry, a line each (JSON text holds no raw newline).
Requests and answers carry a keyed digest (HMAC-SHA-256 with the device's key), so that no portal, proxy or stranger can
acknowledge anything.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from domain.log import ClockQuality, Digest, Head, Instant

BATCH_EVENTS_MAX = 200
BATCH_BYTES_MAX = 256 * 1024
CHANGES_MAX = 1000
SNAPSHOT_CHANGES_MAX = 200_000
"""A longer snapshot is refused (413): the kiosk takes the change feed page by page instead."""
LEASE_S = 35 * 24 * 3600
"""How long a kiosk may work unseen, unless the hub says otherwise."""
DEVICE_HEADER = "Noac-Device"
"""`plant/device` of the sender."""
MAC_HEADER = "Noac-Mac"


class UploadHeader(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of an upload. `previous_digest` is the digest before `first_sequence`; `head` is the log's end."""

    device: str
    epoch: int
    first_sequence: Annotated[int, Meta(ge=1)]
    previous_digest: Digest
    events: Annotated[int, Meta(ge=0, le=BATCH_EVENTS_MAX)]
    head: Head
    generation: int = 0
    clock: ClockQuality = "unsure"
    clock_time: Instant | None = None
    oldest_event_time: Instant | None = None
    pending: int = 0


class Upload(Struct, frozen=True, kw_only=True):
    """A batch as it travels: its header and the entries' bytes."""

    header: UploadHeader
    bodies: tuple[bytes, ...]


class Accepted(Struct, frozen=True, kw_only=True, tag="accepted"):
    """Everything up to the accepted head is stored."""


class Resend(Struct, frozen=True, kw_only=True, tag="resend"):
    """A gap or a damage: send again from `from_sequence`."""

    from_sequence: int
    reason: str = ""


class Fork(Struct, frozen=True, kw_only=True, tag="fork"):
    """The hub holds other bytes under the same number: begin a new epoch and issue everything retained again."""

    sequence: int
    next_epoch: int


Verdict = Accepted | Resend | Fork


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """The answer to an upload. Only an accepted head equal to the kiosk's own digest there moves its cursor.

    `safe`, of the epoch that was uploaded: what a proven backup holds; older entries need not be kept for the hub's
    sake. `wait_s` and `events_max`: when the next upload may come, and how many entries it may bring. `lease_s`: how
    long from now the kiosk may work without a word from the hub.
    """

    generation: int
    accepted: Head
    safe: Head
    verdict: Verdict
    position: int = 0
    hub_time: Instant | None = None
    wait_s: float = 0.0
    events_max: int = BATCH_EVENTS_MAX
    lease_s: int = LEASE_S


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a kiosk should know now. `body` is the record as plain data; None means it is gone.

    Kinds: `item`, `place`, `person`, `plan`, `plan_done`, `balance`, `station`, `disposition`.
    """

    kind: str
    key: str
    body: Any = None


class Changes(Struct, frozen=True, kw_only=True):
    """A page of changes, to be applied in one transaction. It ends at a consistent point.

    `complete_through` is the sequence of the asking device (in `epoch`) up to which balances and plan progress already
    contain its own events; newer own events are folded on top. `more` says that another page waits.
    """

    generation: int
    cursor: str
    changes: tuple[Change, ...]
    epoch: int
    complete_through: int
    position: int
    more: bool
    hub_time: Instant


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything a kiosk should know, as one moment of the hub has it, for a new kiosk or a new generation.

    It is applied in one transaction in place of all reference data there were; the change feed goes on from `cursor`.
    The other fields mean what they mean in Changes.
    """

    generation: int
    cursor: str
    changes: tuple[Change, ...]
    epoch: int
    complete_through: int
    position: int
    hub_time: Instant


class PhotoTaken(Struct, frozen=True, kw_only=True):
    """The hub has a photo on its disk. `digest` is that of the bytes it holds."""

    digest: str


class Refusal(Struct, frozen=True, kw_only=True):
    """Why the hub did not take a request: a stable code, and words for whoever reads the log. Never "delete"."""

    code: str
    message: str
    retry_after_s: float = 0.0


_header_decoder = msgspec.json.Decoder(UploadHeader)


class UploadError(ValueError):
    """The body is no upload: the reason is for the sender's log."""


def encode_upload(header: UploadHeader, bodies: Sequence[bytes]) -> bytes:
    """Return the exact request body of an upload."""
    return b"\n".join((msgspec.json.encode(header), *bodies)) + b"\n"


def decode_upload(data: bytes) -> Upload:
    """Read an upload. Raises UploadError if it is none; the entries themselves are not looked into."""
    first, *bodies = data.split(b"\n")
    if bodies and bodies[-1] == b"":
        bodies.pop()
    try:
        header = _header_decoder.decode(first)
    except msgspec.MsgspecError as error:
        message = f"the first line is no upload header: {error}"
        raise UploadError(message) from error
    if header.events != len(bodies):
        message = f"the header announces {header.events} events, {len(bodies)} lines follow"
        raise UploadError(message)
    return Upload(header=header, bodies=tuple(bodies))


def take_batch(bodies: Sequence[bytes]) -> int:
    """Return how many of `bodies` fit into one upload: at least one, within both limits."""
    size = 0
    for count, body in enumerate(bodies[:BATCH_EVENTS_MAX]):
        size += len(body) + 1
        if size > BATCH_BYTES_MAX and count:
            return count
    return min(len(bodies), BATCH_EVENTS_MAX)


def request_mac(key: bytes, method: str, target: str, body: bytes) -> str:
    """Return the keyed digest of a request: HMAC-SHA-256 over "METHOD target", a newline and the body.

    `target` is the path with its query, as sent. 64 lower-case hexadecimal digits.
    """
    return hmac.new(key, f"{method} {target}\n".encode() + body, hashlib.sha256).hexdigest()


def answer_mac(key: bytes, request: str, status: int, body: bytes) -> str:
    """Return the keyed digest of the answer to the request whose own digest was `request`."""
    return hmac.new(key, f"{request} {status}\n".encode() + body, hashlib.sha256).hexdigest()


def macs_match(expected: str, given: str) -> bool:
    """Compare two keyed digests without telling by time where they differ."""
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
