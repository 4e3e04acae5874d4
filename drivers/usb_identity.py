"""Who a USB device is, whatever path it has today: found again after a re-plug."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

SYSFS_INPUT = Path("/sys/class/input")
DEV_INPUT = Path("/dev/input")
KEY_ENTER = 28
KEY_A = 30
_PART = re.compile(r"(/input\d+|:\d+\.\d+)$")
"""The end of a socket's name that tells the parts of one device apart: of an event node, of a serial line."""


class UsbIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What tells one device from another; None (in a wish) means: any.

    `vendor` and `product` are four hexadecimal digits in lower case, `serial` what the maker wrote into it
    (often empty, or the same in all), `phys` the socket it is plugged into.
    """

    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    phys: str | None = None

    @property
    def is_empty(self) -> bool:
        """It tells nothing."""
        return not (self.vendor or self.product or self.serial or self.phys)

    @property
    def socket(self) -> str:
        """Where it is plugged in, without which part of the device it is; empty where nobody knows."""
        return _PART.sub("", self.phys or "")

    def __str__(self) -> str:
        """The identity in one line, for messages."""
        known = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return " ".join(f"{name} {value}" for name, value in known if value) or "any device"


class FoundDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is plugged in now."""

    path: str
    name: str
    identity: UsbIdentity

    @property
    def whole(self) -> str:
        """What its parts have in common: a scanner may show several event nodes, all in one socket."""
        return self.identity.socket or self.path


def matches(wanted: UsbIdentity, found: UsbIdentity) -> bool:
    """Whether a device is the wanted one, as far as the wish says."""
    return all(
        getattr(wanted, name) is None
        or str(getattr(wanted, name)).lower() == str(getattr(found, name)).lower()
        for name in wanted.__struct_fields__
    )


def find(wanted: UsbIdentity, devices: Iterable[FoundDevice]) -> tuple[FoundDevice, ...]:
    """The devices that may be the wanted one; `whole` tells whether they are parts of one, or several equal ones.

    The socket decides only between equals: one scanner moved to another socket is still the same scanner.
    """
    anywhere = msgspec.structs.replace(wanted, phys=None)
    candidates = tuple(device for device in devices if matches(anywhere, device.identity))
    are_several = len({device.whole for device in candidates}) > 1
    if wanted.phys is None or not (anywhere.is_empty or are_several):
        return candidates
    return tuple(device for device in candidates if device.identity.socket == wanted.socket)


def input_devices(sysfs: Path = SYSFS_INPUT, dev: Path = DEV_INPUT) -> tuple[FoundDevice, ...]:
    """Every device the kernel shows now that can type, by path; empty where there is none.

    A scanner often shows a second node for volume keys; that one never carries a code. Files read, below
    `/sys/class/input/event*/device`: name, phys, uniq, id/vendor, id/product, capabilities/key.
    """
    nodes = sorted(sysfs.glob("event*"), key=lambda node: int(node.name.removeprefix("event") or 0))
    return tuple(
        _input_device(node / "device", dev / node.name) for node in nodes if _can_type(node / "device")
    )


def _can_type(node: Path) -> bool:
    """Whether the key bitmap (64-bit words in hexadecimal, the lowest last) has Enter and the letter A."""
    words = _read(node / "capabilities" / "key").split()
    lowest = int(words[-1], 16) if words else 0
    return bool(lowest >> KEY_ENTER & 1) and bool(lowest >> KEY_A & 1)


def _input_device(node: Path, path: Path) -> FoundDevice:
    identity = UsbIdentity(
        vendor=_read(node / "id" / "vendor"),
        product=_read(node / "id" / "product"),
        serial=_read(node / "uniq"),
        phys=_read(node / "phys"),
    )
    return FoundDevice(path=str(path), name=_read(node / "name"), identity=identity)


def _read(file: Path) -> str:
    """A sysfs value; empty when the device goes while it is looked at."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
