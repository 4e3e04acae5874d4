"""The log of one device: facts chained by digest, append-only, and the only outbox there is.

An entry is the exact bytes of one envelope. Its digest is SHA-256 over those bytes; the envelope names the digest of
the entry before it, so a flip, cut, swap or insertion anywhere is seen.
"""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from domain.event import Event, decode_event

GENESIS_DIGEST = "0" * 64
"""What the first entry of an epoch names as the digest before it."""

ENTRY_BYTES_MAX = 64 * 1024
"""The longest entry a log takes; a longer fact is a fault of ours, not of the floor."""

Instant = Annotated[datetime, Meta(tz=True)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Strength = Literal["none", "badge", "pin", "four_eyes", "password"]
"""How the person proved who they are; `password`: signed on to the hub's pages."""
ClockQuality = Literal["synced", "unsure"]


class RawScan(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the scanner really sent, kept for ever beside what we made of it."""

    text: str
    device: str
    symbology: str | None = None


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the kiosk believed when it decided: the reference cursor, so that exceptions can be explained."""

    cursor: str = ""
    generation: int = 0


class Head(Struct, frozen=True, kw_only=True):
    """Where a log ends: the last sequence (0 = empty) and its digest."""

    sequence: int = 0
    digest: Digest = GENESIS_DIGEST


class Envelope(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A fact with everything needed to place, trust and explain it. Written once, never changed.

    `sequence` is dense per device and epoch, from 1. `event_id` (UUIDv7, 32 hexadecimal digits) is the fact's name for
    ever, also when it is issued again in a later epoch. `event_time` is the device's clock and only a comment: order is
    the sequence on the device and the position on the hub.
    """

    plant: str
    device: str
    epoch: int
    sequence: Annotated[int, Meta(ge=1)]
    event_id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    previous_digest: Digest
    type: str
    schema: int
    fact: Raw
    event_time: Instant
    monotonic_ms: int = 0
    boot_id: str = ""
    clock: ClockQuality = "unsure"
    operator: str = ""
    session: str = ""
    strength: Strength = "none"
    read_point: str = ""
    biz_step: str = ""
    document: str = ""
    raw: RawScan | None = None
    seen: Seen | None = None
    corrects: str = ""
    software: str = ""


class Recorded(Struct, frozen=True, kw_only=True):
    """One entry: the bytes as stored, their digest, and what they say."""

    body: bytes
    digest: Digest
    envelope: Envelope

    @property
    def head(self) -> Head:
        """Return the head of a log that ends here."""
        return Head(sequence=self.envelope.sequence, digest=self.digest)


class ChainError(ValueError):
    """An entry does not follow from the one before it. `sequence` is where the chain breaks."""

    def __init__(self, sequence: int, reason: str) -> None:
        """Name the first sequence that cannot be trusted and why."""
        super().__init__(f"sequence {sequence}: {reason}")
        self.sequence = sequence
        self.reason = reason


_decoder = msgspec.json.Decoder(Envelope)
_encoder = msgspec.json.Encoder(order="deterministic")


def digest_of(body: bytes) -> str:
    """Return the digest of an entry's exact bytes: SHA-256, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def encode_fact(event: Event) -> Raw:
    """Return the bytes of an event's own part of the envelope."""
    return Raw(_encoder.encode(event))


def seal(envelope: Envelope) -> Recorded:
    """Turn an envelope into an entry. Raises ValueError above ENTRY_BYTES_MAX."""
    body = _encoder.encode(envelope)
    if len(body) > ENTRY_BYTES_MAX:
        message = f"an entry of {len(body)} bytes is longer than {ENTRY_BYTES_MAX}"
        raise ValueError(message)
    return Recorded(body=body, digest=digest_of(body), envelope=envelope)


def open_entry(body: bytes) -> Recorded:
    """Read an entry back. Raises msgspec.ValidationError or msgspec.DecodeError (both ValueError) if it is none."""
    return Recorded(body=body, digest=digest_of(body), envelope=_decoder.decode(body))


def envelope_of(body: bytes) -> Envelope:
    """Read an entry whose digest nobody asks for. Raises as `open_entry` does."""
    return _decoder.decode(body)


def follow(head: Head, entry: Recorded) -> Head:
    """Return the head after `entry`. Raises ChainError if it does not continue `head`."""
    envelope = entry.envelope
    expected = head.sequence + 1
    if envelope.sequence != expected:
        raise ChainError(expected, f"the next entry says it is number {envelope.sequence}")
    if envelope.previous_digest != head.digest:
        raise ChainError(expected, "it names another entry before it than the one we hold")
    return entry.head


def event_of(envelope: Envelope) -> Event:
    """Return the event inside. Raises as `domain.event.decode_event` does."""
    return decode_event(envelope.type, envelope.schema, envelope.fact)
