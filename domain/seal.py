"""Sealing and opening parcels, and the key two neighbours share.

AES-256-GCM with a key worked out from the device's own (HKDF-SHA-256, RFC 5869); the label is authenticated with it,
the upload inside compressed.
"""

import secrets
import zlib

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.parcel import ParcelError, ParcelLabel

UPLOAD_BYTES_MAX = 400 * 1024
"""What may come out of a parcel: an upload at its largest."""
KEY_BYTES = 32
NONCE_BYTES = 12


def seal_parcel(key: bytes, label: ParcelLabel, upload: bytes) -> bytes:
    """Seal an upload's body with the device's key; returns the label, a line feed, a nonce and what is sealed."""
    stated = msgspec.json.encode(label)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_derived(key, b"noac parcel 1")).encrypt(nonce, zlib.compress(upload, 6), stated)
    return stated + b"\n" + nonce + sealed


def open_parcel(key: bytes, parcel: bytes) -> bytes:
    """Return the upload's body. Raises ParcelError where key, label or a single bit is another one."""
    stated, _, rest = parcel.partition(b"\n")
    try:
        packed = AESGCM(_derived(key, b"noac parcel 1")).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], stated
        )
        unpacking = zlib.decompressobj()
        upload = unpacking.decompress(packed, UPLOAD_BYTES_MAX)
    except (InvalidTag, ValueError, zlib.error) as error:
        message = "the parcel was not sealed with this device's key, or was changed"
        raise ParcelError(message) from error
    if unpacking.unconsumed_tail:
        message = f"the parcel holds more than {UPLOAD_BYTES_MAX} bytes"
        raise ParcelError(message)
    return upload


def neighbour_key(one: bytes, other: bytes) -> bytes:
    """Return the key that two devices share, worked out from both; the same whichever is named first."""
    return _derived(b"".join(sorted((one, other))), b"noac neighbours 1")


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)
