"""What happens at a kiosk besides goods: people come and go, scans are refused, devices fail."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec import field

from domain.event import Event, Upcast
from domain.scanner_doctor import Adaptation


class KioskStarted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The kiosk's program began to work. `starts`: how many starts before this one did not last a minute."""

    software: str
    boot: str = ""
    starts: int = 0


class ReleaseChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Another release of the program runs here than before: `after` instead of `before` (empty: there was none).

    `installed`: an update. `failed`: the update did not start as it should and was taken back by itself; `detail` says
    more. `asked`: somebody went back by hand.
    """

    before: str = ""
    after: str
    reason: Literal["installed", "failed", "asked"]
    detail: str = ""


class SignedOn(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person showed their badge. `person` is an employee number."""

    person: str


class SignedOff(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A person left the kiosk, or was signed off. `idle_s`: so long before, whoever was here had done something last.

    How long nobody had been here came with version 2.
    """

    schema: ClassVar[int] = 2
    upcasts: ClassVar[Mapping[int, Upcast]] = {1: dict}

    person: str
    reason: Literal["asked", "idle", "other_badge", "restart"] = "asked"
    idle_s: int = 0


class ScanRefused(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A scan was answered with a refusal or fault: refusals are facts too. The envelope's `raw` holds the scan."""

    problem: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    document: str = ""


class DeviceChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A scanner, printer, scale or lamp went away or came back. Scales came with version 2, lamps with 3."""

    schema: ClassVar[int] = 3
    upcasts: ClassVar[Mapping[int, Upcast]] = {1: dict, 2: dict}

    device: str
    kind: Literal["scanner", "printer", "scale", "lamp"]
    state: str
    detail: str = ""


class ScannerAdapted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """From now on a kiosk undoes this in all that one of its scanners sends; nothing any more, where it is None.

    The envelopes' `raw` hold every scan as it was sent, before and after.
    """

    device: str
    adaptation: Adaptation | None = None


class DamageFound(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The kiosk's own log is not as it was written. What is sound goes on; nothing spoilt becomes a fact.

    It concerns `count` entries of `epoch`, from `first` to `last`. `damaged`: their bytes changed on the disk; they are
    kept apart at the kiosk. `missing`: they are gone. `unlinked`: they are sound, but the chain to them is broken.
    `forgotten`: the kiosk gave them up since the hub had said that a proven backup holds them, and now the hub lacks
    them. `at_hub`: the hub had confirmed all of them before, so nothing is lost.
    """

    reason: Literal["damaged", "missing", "unlinked", "forgotten"]
    epoch: int
    first: int
    last: int
    count: int
    at_hub: bool = False
    detail: str = ""


class RecordsNotUnderstood(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The hub let the kiosk know something this version cannot read: kept apart until a version that can.

    Said once for each `kind` of record; `key` and `detail` are of the first one.
    """

    kind: str
    key: str
    detail: str = ""
