"""Scales and indicators that send by themselves, again and again, in the format of A&D or CAS: "ST,GS,+0021.40kg".

Set the scale to stream (continuous) mode. Three widths are known, each fixed, so that a lost byte is seen:

- A&D indicators, 16 bytes: `ST,GS,` data (8) unit (2). AD-4403 instruction manual, section 8-6; CAS calls it
  "18 Bytes for AND", with the line end (CI-400 owner's manual, appendix 1).
- A&D balances, 15 bytes: `ST,` data (9) unit (3). EK-L instruction manual, section 9-2.
- CAS indicators, 20 bytes: `ST,GS,` device id (1) lamps (1) `,` data (8) space unit (2). CI-400, appendix 1.
"""

import re
from typing import cast

from drivers.clock import Clock
from drivers.device import DeviceSettings
from drivers.scale import Scale
from drivers.serial_scale import SerialScale, SerialScaleSettings
from drivers.weight_stream import Frame, reading

_DATA = rb"[-+ ] *\d+(?:\.\d+)?|\d+(?:\.\d+)?"
_FORMATS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rb"(?P<rest>ST|US|OL|LO),(?P<what>[A-Z][A-Z ]),(?P<data>.{8})(?P<unit>[A-Za-z ]{2})",
        rb"(?P<rest>ST|US|OL),(?P<data>.{9})(?P<unit>[A-Za-z ]{3})",
        rb"(?P<rest>ST|US|OL),(?P<what>[A-Z][A-Z ]),.[\x80-\xff],(?P<data>.{8}) (?P<unit>[A-Za-z ]{2})",
    )
)
_NUMBER = re.compile(_DATA)
_WEIGHED = frozenset({"GS", "NT", "G ", "N "})
"""Gross and net are what lies on the scale; a tare or a total is not."""


class Settings(SerialScaleSettings, frozen=True, kw_only=True):
    """`kind = "and_cas"`: which line it is."""


def decode(line: bytes) -> Frame:
    """One line without its end."""
    found = next((match for form in _FORMATS if (match := form.fullmatch(line))), None)
    if found is None:
        return "unreadable"
    rest, what = found["rest"], found.groupdict().get("what", b"GS").decode()
    if rest in (b"OL", b"LO"):
        return "underload" if found["data"].startswith(b"-") else "overload"
    if what not in _WEIGHED:
        return "busy"
    if _NUMBER.fullmatch(found["data"]) is None:
        return "unreadable"
    return reading(found["data"].decode(), found["unit"].decode(), is_stable=rest == b"ST")


def open(settings: DeviceSettings, clock: Clock) -> Scale:  # noqa: A001  the folder's contract
    """The scale for these settings."""
    return SerialScale(cast("Settings", settings), clock, decode=decode)
