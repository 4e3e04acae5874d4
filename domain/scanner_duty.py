"""What one of several scanners of a station is for: badges or goods, and a place that holds for all it reads.

A station says it in words, `SCANNER:badges`, `SCANNER:goods`, `SCANNER:place=RM-A-01`, `SCANNER:destination=RM-B-02`,
several for one scanner where it needs them. The scanner's name is that of the kiosk's settings.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from domain.place import PlaceId

_WORD = re.compile(
    r"(?P<scanner>[^\s:=]+):(?:(?P<role>badges|goods)|(?P<what>place|destination)=(?P<place>\S+))"
)


class ScannerRole(StrEnum):
    """What a scanner may read."""

    ANY = "any"
    BADGES = "badges"
    GOODS = "goods"


class ScannerDuty(Struct, frozen=True, kw_only=True):
    """What one scanner is for. `place` is as good as scanned before each thing it reads, `destination` after it."""

    role: ScannerRole = ScannerRole.ANY
    place: PlaceId = PlaceId("")
    destination: PlaceId = PlaceId("")


def is_duty(word: str) -> bool:
    """Tell whether a word says what a scanner is for."""
    return _WORD.fullmatch(word) is not None


def duties_of(words: Iterable[str]) -> dict[str, ScannerDuty]:
    """Return what each scanner is for; a word that says nothing is left out."""
    duties: dict[str, ScannerDuty] = {}
    for word in words:
        found = _WORD.fullmatch(word)
        if found is None:
            continue
        duty = duties.get(found["scanner"], ScannerDuty())
        said = (
            {"role": ScannerRole(found["role"])}
            if found["role"]
            else {found["what"]: PlaceId(found["place"])}
        )
        duties[found["scanner"]] = replace(duty, **said)
    return duties
