"""A printer on a serial line: RS-232, or USB that shows itself as one. Needs pyserial.

The line is 8 data bits, no parity, 1 stop bit. With flow control the printer says when its buffer is full; without it a
long label may lose bytes, so `flow` must be what the printer is set to.
"""

import os
from collections.abc import Sequence
from typing import Literal, cast, get_args
from urllib.parse import parse_qs, urlsplit

import serial

from domain.settings import SettingsError, SettingsProblem
from drivers.attached_printer import AttachedPrinter
from drivers.serial_device import usb_lines
from drivers.stream_connection import StreamConnection
from drivers.transport import Transport
from drivers.usb_identity import FoundDevice, UsbIdentity

Flow = Literal["none", "xonxoff", "rtscts", "dsrdtr"]
BAUD_DEFAULT, BAUD_MIN, BAUD_MAX = 9_600, 300, 4_000_000


class SerialTransport(AttachedPrinter):
    """A printer on a line."""

    def __init__(self, address: str, path: str, wanted: UsbIdentity, baud: int, flow: Flow) -> None:
        super().__init__(address, path, wanted)
        self._baud, self._flow = baud, flow

    def _devices(self) -> Sequence[FoundDevice]:
        return usb_lines()

    def _open(self, path: str) -> StreamConnection:
        try:
            line = serial.Serial(
                path,
                self._baud,
                timeout=0,
                xonxoff=self._flow == "xonxoff",
                rtscts=self._flow == "rtscts",
                dsrdtr=self._flow == "dsrdtr",
                exclusive=True,
            )
        except (serial.SerialException, OSError) as error:
            raise self._refused(str(error)) from error
        os.set_blocking(line.fileno(), False)
        return StreamConnection(self.address, line)


def open(address: str) -> Transport:  # noqa: A001  the folder's contract: every kind is opened with `open`
    """The transport for `serial:///dev/ttyUSB0?baud=9600&flow=xonxoff` or `serial://067b:2303`."""
    parts = urlsplit(address)
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    baud, flow = options.pop("baud", str(BAUD_DEFAULT)), options.pop("flow", "none")
    vendor, _, product = parts.netloc.lower().partition(":")
    is_identity = bool(vendor and product) and not parts.path
    is_path = not parts.netloc and parts.path.startswith("/")
    is_baud = baud.isascii() and baud.isdigit() and BAUD_MIN <= int(baud) <= BAUD_MAX
    if options or flow not in get_args(Flow) or not is_baud or not (is_identity or is_path):
        flows = ", ".join(get_args(Flow))
        reason = f"{address!r} names no line (baud, and flow of {flows}, are the only options)"
        problem = SettingsProblem(
            key="address", reason=reason, did_you_mean="serial:///dev/ttyUSB0?baud=9600&flow=xonxoff"
        )
        raise SettingsError("printer", [problem])
    wanted = UsbIdentity(vendor=vendor or None, product=product or None)
    return SerialTransport(address, parts.path, wanted, int(baud), cast("Flow", flow))
