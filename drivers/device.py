"""What every device that is read has in common: a name, a thread that looks for it, reads it, loses it, looks again."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Annotated, ClassVar, Generic, Literal, TypeVar

import msgspec

from drivers.clock import Clock
from drivers.plug_events import PlugEvents
from drivers.usb_identity import FoundDevice, UsbIdentity, find

_LOG = logging.getLogger(__name__)

RESCAN_MS = 1_000
"""How often to look for an absent device where the kernel says nothing; it must be back within 3 s."""
RESCAN_MS_MIN, RESCAN_MS_MAX = 20, 2_000
STOP_TIMEOUT_S = 5.0

DeviceState = Literal["ready", "lost", "searching", "error"]
Output = TypeVar("Output")


class DeviceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table of a device has: the kind (a file of the folder), a name unique on this kiosk."""

    kind: str
    name: str


class LookedForSettings(DeviceSettings, frozen=True, kw_only=True):
    """What tables of devices have that may be gone: how often they are looked for."""

    rescan_ms: Annotated[int, msgspec.Meta(ge=RESCAN_MS_MIN, le=RESCAN_MS_MAX)] = RESCAN_MS


class AttachedSettings(LookedForSettings, frozen=True, kw_only=True):
    """Which device at this machine is meant: its path, or its USB identity that survives re-plugging."""

    path: str | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    phys: str | None = None

    def __post_init__(self) -> None:
        """There must be something to look for."""
        if self.path is None and self.identity.is_empty:
            raise ValueError(f"a device of kind {self.kind} needs a path, or a vendor and product")

    @property
    def identity(self) -> UsbIdentity:
        """Which device is wanted, as far as the settings say."""
        return UsbIdentity(vendor=self.vendor, product=self.product, serial=self.serial, phys=self.phys)


class Device(ABC, Generic[Output]):
    """A device with a thread that lives as long as the kiosk, whether the device is there or not."""

    NOUN: ClassVar[str]
    """What it is called in the log and in its thread's name."""

    def __init__(self, *, name: str, clock: Clock, rescan_ms: int) -> None:
        self._name = name
        self._clock = clock
        self._rescan_ms = rescan_ms
        self._stopping = threading.Event()
        self._plugged: PlugEvents | None = None
        self._emit: Callable[[Output], None] | None = None
        self._status: tuple[DeviceState, str] | None = None
        self._thread = threading.Thread(target=self._run, name=f"{self.NOUN}-{name}", daemon=True)

    @property
    def name(self) -> str:
        """The device's name from the settings."""
        return self._name

    def start(self, emit: Callable[[Output], None]) -> None:
        """Begin to look for the device."""
        self._emit = emit
        self._plugged = PlugEvents()
        self._thread.start()

    def stop(self) -> None:
        """Let go of the device and end the thread."""
        self._stopping.set()
        if self._plugged is not None:
            self._plugged.interrupt()
        self._interrupt()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)
        if self._plugged is not None and not self._thread.is_alive():
            self._plugged.close()

    @abstractmethod
    def _find(self) -> str | None:
        """The path of the device now; None, with the reason told, when there is none."""

    @abstractmethod
    def _read(self, path: str) -> None:
        """Read the device until it goes or `_interrupt` is called; tell ready, and why it ended."""

    @abstractmethod
    def _interrupt(self) -> None:
        """Make `_read` return soon; called from another thread."""

    @abstractmethod
    def _status_of(self, state: DeviceState, detail: str) -> Output:
        """How the device says how it is."""

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                path = self._find()
                if path is not None:
                    self._read(path)
            except Exception as error:  # noqa: BLE001  a device must outlive its driver's faults, visibly
                _LOG.exception("%s %s: its driver failed; trying again", self.NOUN, self._name)
                self._tell("error", f"{type(error).__name__}: {error}")
            if self._plugged is not None and not self._stopping.is_set():
                self._plugged.wait(self._rescan_ms / 1000)

    def _the_one(self, wanted: UsbIdentity, devices: Iterable[FoundDevice]) -> tuple[str, ...]:
        """The paths of the one device with this identity; none, with the reason told, for none or several."""
        found = find(wanted, devices)
        sockets = dict.fromkeys(device.whole for device in found)
        if len(sockets) > 1:
            choice = ", ".join(sockets)
            self._tell(
                "error", f"{len(sockets)} equal devices ({wanted}): name the socket with phys: {choice}"
            )
            return ()
        if not found:
            self._tell("searching", f"not plugged in: {wanted}")
        return tuple(device.path for device in found)

    def _tell(self, state: DeviceState, detail: str) -> None:
        """Say how the device is, when that has changed."""
        if self._status == (state, detail):
            return
        self._status = (state, detail)
        self._send(self._status_of(state, detail))

    def _send(self, output: Output) -> None:
        if self._emit is not None and not self._stopping.is_set():
            self._emit(output)
