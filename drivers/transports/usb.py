"""A printer of the USB printer class: `/dev/usb/lp0`, found by who it is whatever socket it is in.

Source: Linux `drivers/usb/class/usblp.c`: a device that can be written and read, and polled for both; its interface's
parent in sysfs has idVendor, idProduct and serial. A printer that only listens cannot be read (EIO, EINVAL).
"""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from domain.settings import SettingsError, SettingsProblem
from drivers.attached_printer import AttachedPrinter
from drivers.stream_connection import StreamConnection
from drivers.transport import Transport
from drivers.usb_identity import FoundDevice, UsbIdentity

SYSFS_PRINTERS = Path("/sys/class/usbmisc")
DEV_PRINTERS = Path("/dev/usb")
_HEX_DIGITS = 4


class UsbTransport(AttachedPrinter):
    """A printer on USB."""

    def _devices(self) -> Sequence[FoundDevice]:
        return usb_printers()

    def _open(self, path: str) -> StreamConnection:
        try:
            device = os.fdopen(
                os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY), "r+b", buffering=0
            )
        except OSError as error:
            raise self._refused(f"{error.strerror}: {path}") from error
        if not stat.S_ISCHR(os.fstat(device.fileno()).st_mode):
            device.close()
            raise self._refused(f"{path} is no device")
        return StreamConnection(self.address, device)


def usb_printers(sysfs: Path = SYSFS_PRINTERS, dev: Path = DEV_PRINTERS) -> tuple[FoundDevice, ...]:
    """Every printer the kernel's printer class drives now, by path."""
    return tuple(_printer(node, dev / node.name) for node in sorted(sysfs.glob("lp*")))


def _printer(node: Path, path: Path) -> FoundDevice:
    parent = (node / "device").resolve().parent

    def read(name: str) -> str:
        try:
            return (parent / name).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:  # it has no such thing, or has just been pulled out
            return ""

    identity = UsbIdentity(
        vendor=read("idVendor"), product=read("idProduct"), serial=read("serial"), phys=parent.name
    )
    return FoundDevice(path=str(path), name=read("product"), identity=identity)


def open(address: str) -> Transport:  # noqa: A001  the folder's contract: every kind is opened with `open`
    """The transport for `usb:///dev/usb/lp0` or `usb://0a5f:0166` (or `usb://0a5f:0166/SERIAL`)."""
    parts = urlsplit(address)
    if not parts.netloc and parts.path.startswith("/"):
        return UsbTransport(address, parts.path, UsbIdentity())
    vendor, _, product = parts.netloc.lower().partition(":")
    if not (_is_number(vendor) and _is_number(product)):
        raise _bad_address(address)
    serial = unquote(parts.path.removeprefix("/")) or None
    return UsbTransport(address, "", UsbIdentity(vendor=vendor, product=product, serial=serial))


def _is_number(text: str) -> bool:
    return len(text) == _HEX_DIGITS and all(one in "0123456789abcdef" for one in text)


def _bad_address(address: str) -> SettingsError:
    reason = f"{address!r} names no vendor and product, and no path"
    problem = SettingsProblem(key="address", reason=reason, did_you_mean="usb://0a5f:0166")
    return SettingsError("printer", [problem])
