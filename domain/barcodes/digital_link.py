"""GS1 Digital Link: a web address that carries a GTIN, lot, serial and more, mostly in a QR code.

The address is only read, never opened. Any host and any path before the primary key will do; which keys there are,
and what may follow each, is told by `domain/gs1`.
Source: GS1 Digital Link Standard: URI Syntax, section 4 (path), 5.1 (query), 6 (short GTINs are padded).
"""

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from domain.barcode import Reading, ReadingKind
from domain.barcodes.ean import GTIN_DIGITS, gtin, is_digits
from domain.barcodes.gs1 import elements_of
from domain.gs1.dictionary import ApplicationIdentifier, identifier
from domain.gs1.value import parts_of
from domain.problem import refusal

ORDER = 20

QUERY_FIELDS_MAX = 40
_SCHEMES = frozenset({"http", "https"})
_GTIN_KEY = "01"
_CHECKS = frozenset({"csum", "csumalpha"})
_RESOLVER = "id.gs1.org"
"""GS1's own host: there a key without check digits is one; elsewhere "/401/7" is a path like any other."""


def recognise(text: str, symbology: str | None) -> Reading | None:
    """Read a Digital Link; refuse one whose key or attributes are not valid; None for every other text."""
    pairs = pairs_of(text)
    if not pairs:
        return None
    elements = elements_of(pairs)
    if elements is None:
        problem = refusal("unreadable_code", format="digital_link", code=text)
        return Reading(text=text, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)
    return Reading(text=text, symbology=symbology, kind=ReadingKind.digital_link, elements=elements)


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Cut an address into application identifiers and their values; empty where it is no Digital Link."""
    address = _address(text)
    pairs = _path_pairs(address.path, is_gs1s=address.hostname == _RESOLVER) if address else None
    return pairs + _query_pairs(address.query) if address and pairs else []


def _address(text: str) -> SplitResult | None:
    try:
        address = urlsplit(text)
    except ValueError:  # brackets in the host that are no IPv6 address
        return None
    return address if address.scheme in _SCHEMES and address.netloc else None


def _path_pairs(path: str, *, is_gs1s: bool) -> list[tuple[str, str]] | None:
    """Take the pairs from the last key on; None if the path has no key with a value that can be one."""
    segments = path.removesuffix("/").split("/")
    for start in range(len(segments) - 2, -1, -1):
        ai, value = segments[start], unquote(segments[start + 1])
        known = identifier(ai)
        if known is None or known.qualifiers is None or not _is_key_value(known, value):
            continue
        if not is_gs1s and _CHECKS.isdisjoint(check for one in known.components for check in one.checks):
            continue
        tail = segments[start + 2 :]
        if not _may_follow(known, tail):
            # Something is there that belongs to no key: damage if the number is plainly one, else no Digital Link.
            return [(ai, "")] if _is_plain(known, value) else None
        qualifiers = [(name, unquote(one)) for name, one in zip(tail[::2], tail[1::2], strict=True)]
        return [(ai, _padded(ai, value)), *qualifiers]
    return None


def _is_key_value(known: ApplicationIdentifier, value: str) -> bool:
    """Tell whether a value can be a key's: the right number of digits for the numbers, the whole form for others."""
    if known.ai == _GTIN_KEY and gtin(value) is not None:
        return True
    return _is_plain(known, value) or parts_of(known, value) is not None


def _is_plain(known: ApplicationIdentifier, value: str) -> bool:
    """Tell whether a key is a number of one length only and a value has so many digits, so that "/00/" is none."""
    first = known.components[0]
    if len(known.components) > 1 or first.kind != "N" or first.chars_min != first.chars_max:
        return False
    return is_digits(value) and len(value) == first.chars_max


def _may_follow(known: ApplicationIdentifier, tail: Sequence[str]) -> bool:
    """Tell whether qualifiers with their values follow a key, in an order that it allows."""
    names = tail[::2]
    if len(tail) % 2 or not all(tail[1::2]):
        return False
    return not names or any(_is_in_order(names, way) for way in known.qualifiers or ())


def _is_in_order(names: Sequence[str], way: Sequence[str]) -> bool:
    places = [way.index(name) if name in way else -1 for name in names]
    return min(places) >= 0 and all(before < after for before, after in pairwise(places))


def _padded(ai: str, value: str) -> str:
    return value.zfill(GTIN_DIGITS) if ai == _GTIN_KEY else value


def _query_pairs(query: str) -> list[tuple[str, str]]:
    """Take the attributes that are application identifiers; the others belong to the website."""
    try:
        fields = parse_qsl(
            query.replace(";", "&").replace("+", "%2B"),
            max_num_fields=QUERY_FIELDS_MAX,
            keep_blank_values=True,
        )
    except ValueError:
        return [("", "")]
    return [(name, value) for name, value in fields if is_digits(name) and identifier(name)]
