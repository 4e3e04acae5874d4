"""Paper: what people write while a kiosk cannot record, and how it comes in afterwards.

Each kiosk has its own slips, numbered through: the station's number code, a hyphen, a serial.
"""

import re

SLIP_DIGITS = 4
_SLIP = re.compile(r"([0-9A-Z]{2})-?(\d{1,6})", re.ASCII)


def slip_number(number_code: str, serial: int) -> str:
    """Return the number of a slip as it is written on paper: A1-0007."""
    return f"{number_code}-{serial:0{SLIP_DIGITS}d}"


def read_slip(text: str) -> tuple[str, int] | None:
    """Return number code and serial of a slip as somebody typed it (a1-7, A1-0007); None if it is no slip's number."""
    found = _SLIP.fullmatch(text.strip().upper())
    return (found[1], int(found[2])) if found and int(found[2]) else None
