"""A parcel: what one kiosk could not tell the hub, sealed for the hub alone and carried by a neighbour.

The carrier sees whose it is and which numbers it holds, and can neither read nor change what is inside: one upload,
which the hub takes as if the device had sent it. How it is sealed stands in `seal.py`.
"""

import msgspec
from msgspec import Struct

from domain.log import Head

PARCEL_BYTES_MAX = 324 * 1024
"""Sealed, with its label: as much as the hub takes in one request."""


class ParcelLabel(Struct, frozen=True, kw_only=True):
    """What the carrier may know: whose log, which epoch, which numbers."""

    plant: str
    device: str
    epoch: int
    first: int
    last: int


class ParcelTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hub's answer to a parcel: how far it holds that log now, or a code that says why it could not be opened."""

    accepted: Head = Head()
    code: str = ""


class NeighbourKey(Struct, frozen=True, kw_only=True):
    """The key (hexadecimal) two kiosks prove themselves to each other with."""

    device: str
    key: str


class ParcelError(ValueError):
    """The bytes are no parcel, or not one of this device."""


_label_decoder = msgspec.json.Decoder(ParcelLabel)


def label_of(parcel: bytes) -> ParcelLabel:
    """Return what stands on a parcel; nobody has proven it yet. Raises ParcelError."""
    try:
        return _label_decoder.decode(parcel.partition(b"\n")[0])
    except msgspec.MsgspecError as error:
        message = f"this is no parcel: {error}"
        raise ParcelError(message) from error
