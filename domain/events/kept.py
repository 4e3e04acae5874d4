"""What a kiosk could only keep: scans taken while its program did not start as it should."""

from typing import Literal

from domain.event import Event

KeptReason = Literal["settings", "start", "program"]


class ScanKept(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A scan was kept as it came, by a kiosk in safe mode: it moved nothing, and somebody must say what it was.

    The envelope's `raw` holds the scan. `reason`: what kept the kiosk from starting; `detail` says it in its own words.
    """

    reason: KeptReason
    detail: str = ""
