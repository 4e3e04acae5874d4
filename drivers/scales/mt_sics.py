"""Mettler Toledo scales that speak MT-SICS, level 0: "S S     100.00 g", "S D", "S I", "S +", "S -".

Source: Mettler Toledo, Reference Manual "MT-SICS Interface Commands" (11781363), commands SIR and S, and chapter
"Format of responses with weight value": status, then the value right-aligned in 10 characters, then the unit.
"""

import re
from typing import Annotated, cast

import msgspec

from drivers.clock import Clock
from drivers.device import DeviceSettings
from drivers.scale import NoWeightReason, Scale
from drivers.serial_scale import SerialScale, SerialScaleSettings
from drivers.weight_stream import Decode, Frame, reading

ASK = b"SIR\r\n"
"""Send the weight immediately and repeat, at rest or not (SIR)."""

_WEIGHT = re.compile(rb"S ([SD]) ( *-?\d+(?:\.\d+)?) ([A-Za-z]{1,3})")
_OTHERS: dict[bytes, NoWeightReason] = {b"S I": "busy", b"S +": "overload", b"S -": "underload"}


class Settings(SerialScaleSettings, frozen=True, kw_only=True):
    """`kind = "mt_sics"`: which line it is. `value_chars`: how wide the weight is written (a missing digit shows)."""

    value_chars: Annotated[int, msgspec.Meta(ge=8, le=14)] = 10


def decode_wide(value_chars: int) -> Decode:
    """How a scale is read that writes its weight this wide."""

    def decode(line: bytes) -> Frame:
        """One line. The width is fixed, so that a lost byte is seen and never makes another weight."""
        if reason := _OTHERS.get(line):
            return reason
        found = _WEIGHT.fullmatch(line)
        if found is None or len(found[2]) != value_chars:
            return "unreadable"
        return reading(found[2].decode(), found[3].decode(), is_stable=found[1] == b"S")

    return decode


def open(settings: DeviceSettings, clock: Clock) -> Scale:  # noqa: A001  the folder's contract
    """The scale for these settings."""
    own = cast("Settings", settings)
    return SerialScale(own, clock, decode=decode_wide(own.value_chars), ask=ASK)
