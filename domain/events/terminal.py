"""What happens at a kiosk besides goods: people come and go, scans are refused, devices fail."""

from collections.abc import Mapping
from typing import Literal

from msgspec import field

from domain.event import Event


class KioskStarted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The kiosk's program began to work."""

    software: str
    boot: str = ""


class SignedOn(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person showed their badge. `person` is an employee number."""

    person: str


class SignedOff(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person left the kiosk, or was signed off."""

    person: str
    reason: Literal["asked", "idle", "other_badge", "restart"] = "asked"


class ScanRefused(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A scan was answered with a refusal or fault: refusals are facts too. The envelope's `raw` holds the scan."""

    problem: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    document: str = ""


class DeviceChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A scanner or printer went away or came back."""

    device: str
    kind: Literal["scanner", "printer"]
    state: str
    detail: str = ""
