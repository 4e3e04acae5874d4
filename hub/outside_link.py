"""Links for people outside: each opens one page about one document, until a day, and nothing else of the hub.

A link says itself what it is for and is signed with the hub's own key, so nothing of it need be kept. It serves for one
answer: what was answered is a fact, and a page with a fact only shows it.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import date

import msgspec
from msgspec import Struct

DAYS_VALID = 14
LINK_CHARS_MAX = 400
_MAC_BYTES = 16
_PURPOSE = b"outside link\n"


class LinkError(ValueError):
    """A link that opens nothing: `key` are words of the catalogue that say why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Link(Struct, frozen=True, array_like=True):
    """What a link is for: which document of which plant, and through which day it serves (2026-12-12)."""

    plant: str
    document: str
    through: str


def sign(link: Link, key: str) -> str:
    """Return the link's last part of the address: letters, digits, `-` and `_`."""
    body = msgspec.msgpack.encode(link)
    return base64.urlsafe_b64encode(_mac(body, key) + body).decode().rstrip("=")


def read_link(text: str, key: str, today: date) -> Link:
    """Return what a link is for. Raises LinkError for one that is not ours, or is over."""
    if len(text) > LINK_CHARS_MAX:
        raise LinkError("outside.not_ours")
    try:
        whole = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise LinkError("outside.not_ours") from error
    mac, body = whole[:_MAC_BYTES], whole[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, key)):
        raise LinkError("outside.not_ours")
    link = msgspec.msgpack.decode(body, type=Link)
    if link.through < today.isoformat():
        raise LinkError("outside.over")
    return link


def _mac(body: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), _PURPOSE + body, hashlib.sha256).digest()[:_MAC_BYTES]
