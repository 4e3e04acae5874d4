"""GS1 Digital Link: a web address that carries a GTIN, lot, serial and more, mostly in a QR code.

The address is only read, never opened. Any host and any path before the primary key will do.
Source: GS1 Digital Link Standard: URI Syntax, section 4 (path), 5.1 (query), 6 (short GTINs are padded).
"""

from itertools import pairwise
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from domain.barcode import Reading, ReadingKind
from domain.barcodes.ean import GTIN_DIGITS, gtin, is_digits
from domain.barcodes.gs1 import elements_of, identifier
from domain.problem import refusal

ORDER = 20

QUERY_FIELDS_MAX = 40
_SCHEMES = frozenset({"http", "https"})
_GTIN_KEY = "01"
# The keys a path may begin with and the length of their value, so that "/00/" in an ordinary address is none.
_KEY_DIGITS = {"00": 18, _GTIN_KEY: GTIN_DIGITS, "414": 13, "417": 13}


def recognise(text: str, symbology: str | None) -> Reading | None:
    """Read a Digital Link; refuse one whose key or attributes are not valid; None for every other text."""
    address = _address(text)
    pairs = _path_pairs(address.path) if address else None
    if address is None or pairs is None:
        return None
    elements = elements_of(pairs + _query_pairs(address.query))
    if elements is None:
        problem = refusal("unreadable_code", format="digital_link", code=text)
        return Reading(text=text, symbology=symbology, kind=ReadingKind.unreadable, problem=problem)
    return Reading(text=text, symbology=symbology, kind=ReadingKind.digital_link, elements=elements)


def _address(text: str) -> SplitResult | None:
    try:
        address = urlsplit(text)
    except ValueError:  # brackets in the host that are no IPv6 address
        return None
    return address if address.scheme in _SCHEMES and address.netloc else None


def _path_pairs(path: str) -> list[tuple[str, str]] | None:
    """Take the pairs from the first key on; None if the path has no key with a value of its length."""
    segments = [unquote(segment) for segment in path.removesuffix("/").split("/")]
    for start, (key, value) in enumerate(pairwise(segments)):
        if key in _KEY_DIGITS and _is_key_value(key, value):
            tail = segments[start + 2 :]
            pairs = list(zip(tail[::2], tail[1::2], strict=False))
            # A qualifier without a value is damage: keep it, so that the whole is refused.
            odd = [(tail[-1], "")] if len(tail) % 2 else []
            return [(key, _padded(key, value)), *pairs, *odd]
    return None


def _is_key_value(key: str, value: str) -> bool:
    if key == _GTIN_KEY and gtin(value) is not None:
        return True
    return is_digits(value) and len(value) == _KEY_DIGITS[key]


def _padded(key: str, value: str) -> str:
    return value.zfill(GTIN_DIGITS) if key == _GTIN_KEY else value


def _query_pairs(query: str) -> list[tuple[str, str]]:
    """Take the attributes that are application identifiers; the others belong to the website."""
    try:
        fields = parse_qsl(query.replace(";", "&").replace("+", "%2B"), max_num_fields=QUERY_FIELDS_MAX)
    except ValueError:
        return [("", "")]
    return [(name, value) for name, value in fields if is_digits(name) and identifier(name)]
