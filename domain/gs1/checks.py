"""What is checked in a part of a GS1 value beyond its characters, by the names of the Barcode Syntax Dictionary.

Reference for each: `src/lint_<name>.c` of https://github.com/gs1/gs1-syntax-dictionary. Lists that others keep and
change (countries, currencies, package and media types, North American coupons) are checked for their form only: a
carton is not to be refused at the door because a country is younger than the kiosk's software.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

_CENTURY: Final = 2000
"""Two-digit years are of this century, as all goods on a floor are."""

_GCP_DIGITS_MIN: Final = 4
_PRIMES_MODULUS: Final = 1021
_IBAN_REMAINDER, _IBAN_MODULUS = 1, 97
_IBAN_CHARS_MIN: Final = 11
SET_82: Final = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SET_32: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PERCENT = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]*", re.ASCII)
_IN_SEQUENCE = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)", re.ASCII)

Check = Callable[[str], bool]


def has_check_digit(digits: str) -> bool:
    """Tell whether the last digit fits the others: weights 3 and 1 from the right, sum a multiple of ten."""
    tripled = sum(map(int, digits[-2::-2]))
    return (sum(map(int, digits[-1::-2])) + 3 * tripled) % 10 == 0


def day_of(yymmdd: str) -> date | None:
    """Read a date of six digits; day 00 is the last of its month."""
    year, month, day = _CENTURY + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6])
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def _has_check_pair(text: str) -> bool:
    """Two characters check letters and digits: weights are the primes from the right, modulo 1021."""
    body, pair = text[:-2], text[-2:]
    if len(pair) != len("22") or not set(body) <= set(SET_82):
        return False
    weighted = zip(reversed(body), _primes(len(body)), strict=True)
    total = sum(SET_82.index(character) * prime for character, prime in weighted) % _PRIMES_MODULUS
    return pair == _SET_32[total >> 5] + _SET_32[total & 31]


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _begins_with_company(text: str) -> bool:
    """A GS1 company prefix has four digits at least."""
    start = text[:_GCP_DIGITS_MIN]
    return len(start) == _GCP_DIGITS_MIN and start.isdecimal()


def _is_day(yymmdd: str) -> bool:
    return yymmdd[4:] != "00" and day_of(yymmdd) is not None


def _is_whole_day(yyyymmdd: str) -> bool:
    try:
        return bool(date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:])))
    except ValueError:
        return False


def _is_piece_of_total(digits: str) -> bool:
    half = len(digits) // 2
    return 0 < int(digits[:half]) <= int(digits[half:])


def _is_in_sequence(text: str) -> bool:
    found = _IN_SEQUENCE.fullmatch(text)
    return found is not None and int(found[1]) <= int(found[2])


def _is_iban(text: str) -> bool:
    """ISO 13616: country and check digits go to the end, letters count from 10, the remainder by 97 is 1."""
    if len(text) < _IBAN_CHARS_MIN or _IBAN.fullmatch(text) is None:
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % _IBAN_MODULUS == _IBAN_REMAINDER


def _at_most(limit: int) -> Check:
    return lambda digits: int(digits) <= limit


def _one_of(allowed: str) -> Check:
    return lambda text: len(text) == 1 and text in allowed


def _is_form_only(_text: str) -> bool:
    """A list that others keep: its characters and length are all that is asked."""
    return True


_HOUR_MAX, _SIXTIETH_MAX = 23, 59
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "csum": has_check_digit,
        "csumalpha": _has_check_pair,
        "gcppos1": _begins_with_company,
        "gcppos2": lambda text: _begins_with_company(text[1:]),
        "yymmd0": lambda digits: day_of(digits) is not None,
        "yymmdd": _is_day,
        "yyyymmdd": _is_whole_day,
        "hh": _at_most(_HOUR_MAX),
        "mi": _at_most(_SIXTIETH_MAX),
        "ss": _at_most(_SIXTIETH_MAX),
        "hhmi": lambda digits: int(digits[:2]) <= _HOUR_MAX and int(digits[2:]) <= _SIXTIETH_MAX,
        "latitude": _at_most(1_800_000_000),  # degrees plus 90, seven decimals
        "longitude": _at_most(3_600_000_000),  # degrees plus 180
        "pieceoftotal": _is_piece_of_total,
        "posinseqslash": _is_in_sequence,
        "pcenc": lambda text: _PERCENT.fullmatch(text) is not None,
        "iban": _is_iban,
        "hasnondigit": lambda text: not text.isdecimal(),
        "nonzero": lambda digits: int(digits) > 0,
        "nozeroprefix": lambda digits: not digits.startswith("0"),
        "zero": lambda digits: int(digits) == 0,
        "yesno": _one_of("01"),
        "winding": _one_of("019"),
        "iso5218": _one_of("0129"),
        "hyphen": _one_of("-"),
        "importeridx": _one_of("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"),
        "iso3166alpha2": lambda text: text.isalpha() and text.isupper(),
        "iso3166": _is_form_only,
        "iso3166999": _is_form_only,
        "iso4217": _is_form_only,
        "mediatype": _is_form_only,
        "packagetype": _is_form_only,
        "couponcode": str.isdecimal,
        "couponposoffer": str.isdecimal,
    }
)
"""Check by name; each is given a part whose characters and length are right."""
