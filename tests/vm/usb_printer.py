"""A label printer of the USB printer class, plugged into the machine over the emulator's USB redirection.

QEMU has no printer of its own; it takes any device whose other end speaks usbredir ("USB Network Redirection protocol
description", version 0.7). This end answers as the printer's electronics (USB 2.0, chapter 9; "Universal Serial Bus
Device Class Definition for Printing Devices", version 1.1) and passes what is printed on to the printer emulator, whose
answers go back the other way.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from tests.vm.guns import connected
from tests.vm.machine import Machine


class Packet(IntEnum):
    """The kinds of packets that a printer needs."""

    HELLO = 0
    CONNECT = 1
    INTERFACES = 4
    ENDPOINTS = 5
    SET_CONFIGURATION = 6
    GET_CONFIGURATION = 7
    CONFIGURATION = 8
    SET_ALTERNATE = 9
    GET_ALTERNATE = 10
    ALTERNATE = 11
    CANCEL = 21
    CONTROL = 100
    BULK = 101


VENDOR, PRODUCT, SERIAL = 0x0A5F, 0x0166, "VM0001"
DEVICE_ID: Final = b"MFG:NOAC;CMD:ZPL;MDL:Emulator;"
_SUCCESS, _CANCELLED, _STALL = 0, 1, 4
_HELLO_HEADER: Final = struct.Struct("<III")
_HEADER: Final = struct.Struct("<IIQ")
_CAPABILITIES = 1 << 4 | 1 << 5 | 1 << 6
"""What QEMU's xHCI wants: sizes of packets told of with the endpoints, numbers of packets of 64 bits, long lengths."""

_CONTROL_HEADER: Final = struct.Struct("<BBBBHHH")
_BULK_HEADER: Final = struct.Struct("<BBHIH")
_VERSION: Final = b"NOAC printer".ljust(64, b"\0")
_FULL_SPEED, _BULK_TYPE, _NO_ENDPOINT = 1, 2, 255
_OUT, _IN = 0x01, 0x82
_IN_SLOT_OFFSET = 16
"""Endpoints are told of in 32 slots, those that send to the computer in the upper half."""

_PACKET_BYTES = 64
READ_BYTES = 16_384

_DEVICE: Final = struct.pack(
    "<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, VENDOR, PRODUCT, 0x0100, 1, 2, 3, 1
)
_INTERFACE: Final = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 2, 7, 1, 2, 0)
"""Class 7, subclass 1, protocol 2: a printer that answers (Printing Devices 1.1, 4.2.1)."""

_ENDPOINT_DESCRIPTORS: Final = b"".join(
    struct.pack("<BBBBHB", 7, 5, one, 2, _PACKET_BYTES, 0) for one in (_OUT, _IN)
)
_CONFIGURED: Final = _INTERFACE + _ENDPOINT_DESCRIPTORS
_CONFIGURATION_DESCRIPTOR: Final = (
    struct.pack("<BBHBBBBB", 9, 2, 9 + len(_CONFIGURED), 1, 1, 0, 0xC0, 0) + _CONFIGURED
)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return bytes((2 + len(encoded), 3)) + encoded


_DESCRIPTORS: Final[Mapping[int, bytes]] = {  # by type and index, as `wValue` of GET_DESCRIPTOR has them
    0x0100: _DEVICE,
    0x0200: _CONFIGURATION_DESCRIPTOR,
    0x0300: struct.pack("<BBH", 4, 3, 0x0409),
    0x0301: _text("NOAC"),
    0x0302: _text("Label printer"),
    0x0303: _text(SERIAL),
}
_ANSWERS: Final[Mapping[tuple[int, int], bytes]] = {  # by bmRequestType and bRequest
    (0x80, 0): b"\x01\x00",  # GET_STATUS: it has power of its own
    (0xA1, 0): struct.pack(">H", 2 + len(DEVICE_ID)) + DEVICE_ID,  # GET_DEVICE_ID (4.2.1)
    (0xA1, 1): b"\x18",  # GET_PORT_STATUS (4.2.2): selected, no error
}
_GET_DESCRIPTOR: Final = (0x80, 6)


class UsbPrinter:
    """The printer's cable and electronics; its mechanism is the emulator on `port`."""

    def __init__(self, machine: Machine, port: int) -> None:
        self._machine = machine
        self._port = port
        self._cable: socket.socket | None = None
        self._inside: socket.socket | None = None
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._asked: deque[tuple[int, int]] = deque()
        self._said = bytearray()

    def plug(self) -> None:
        """Put it into its socket."""
        path = self._machine.sockets / "printer"
        place = {"addr": {"type": "unix", "data": {"path": str(path)}}, "server": True, "wait": False}
        self._machine.monitor.ask("chardev-add", id="printer", backend={"type": "socket", "data": place})
        self._machine.plug("printer", "usb-redir", 4, chardev="printer")
        self._inside = socket.create_connection(("127.0.0.1", self._port))
        self._cable = connected(path)
        for target, end in ((self._from_computer, self._cable), (self._from_mechanism, self._inside)):
            threading.Thread(target=target, args=(end,), name="usb-printer", daemon=True).start()

    def unplug(self) -> None:
        """Pull it out; QEMU takes the other end of the cable away with it."""
        self._machine.unplug("printer")
        for end in (self._cable, self._inside):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._asked.clear()
        self._said.clear()

    def _from_computer(self, cable: socket.socket) -> None:
        with contextlib.suppress(OSError), cable.makefile("rb") as stream:
            hello = _VERSION + struct.pack("<I", _CAPABILITIES)
            cable.sendall(_HELLO_HEADER.pack(Packet.HELLO, len(hello), 0) + hello)
            _, length, _ = _HELLO_HEADER.unpack(stream.read(_HELLO_HEADER.size))
            stream.read(length)
            self._introduce()
            while head := stream.read(_HEADER.size):
                kind, length, number = _HEADER.unpack(head)
                self._take(kind, number, stream.read(length))

    def _from_mechanism(self, inside: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := inside.recv(READ_BYTES):
                with self._lock:
                    self._said += data
                    self._answer_reads()

    def _take(self, kind: int, number: int, body: bytes) -> None:
        match kind:
            case Packet.SET_CONFIGURATION:
                self._send(Packet.CONFIGURATION, number, bytes((_SUCCESS, body[0])))
            case Packet.GET_CONFIGURATION:
                self._send(Packet.CONFIGURATION, number, bytes((_SUCCESS, 1)))
            case Packet.SET_ALTERNATE | Packet.GET_ALTERNATE:
                self._send(Packet.ALTERNATE, number, bytes((_SUCCESS, body[0], 0)))
            case Packet.CANCEL:
                self._cancel(number)
            case Packet.CONTROL:
                self._control(number, body)
            case Packet.BULK:
                self._bulk(number, body)
            case _:  # a reset and the like ask for nothing
                return

    def _introduce(self) -> None:
        def interfaces(value: int) -> bytes:
            return bytes((value,)).ljust(32, b"\0")

        self._send(
            Packet.INTERFACES, 0, struct.pack("<I", 1) + b"".join(interfaces(one) for one in (0, 7, 1, 2))
        )
        kinds = bytearray([_NO_ENDPOINT] * 32)
        kinds[0] = kinds[_IN_SLOT_OFFSET] = 0
        kinds[_OUT] = kinds[_IN_SLOT_OFFSET + (_IN & 0x0F)] = _BULK_TYPE
        sizes = struct.pack("<32H", *(_PACKET_BYTES if one != _NO_ENDPOINT else 0 for one in kinds))
        self._send(Packet.ENDPOINTS, 0, bytes(kinds) + bytes(64) + sizes)
        self._send(Packet.CONNECT, 0, struct.pack("<BBBBHH", _FULL_SPEED, 0, 0, 0, VENDOR, PRODUCT))

    def _control(self, number: int, body: bytes) -> None:
        endpoint, request, kind, _, value, index, length = _CONTROL_HEADER.unpack_from(body)
        if (kind, request) == _GET_DESCRIPTOR:
            data = _DESCRIPTORS.get(value)
        elif kind & 0x80:
            data = _ANSWERS.get((kind, request))
        else:
            data = b""  # CLEAR_FEATURE, SOFT_RESET: done
        status = _SUCCESS if data is not None else _STALL
        told = (data or b"")[:length]
        count = len(told) if kind & 0x80 else length
        head = _CONTROL_HEADER.pack(endpoint, request, kind, status, value, index, count)
        self._send(Packet.CONTROL, number, head + told)

    def _bulk(self, number: int, body: bytes) -> None:
        endpoint, _, length, stream, high = _BULK_HEADER.unpack_from(body)
        if endpoint == _IN:
            with self._lock:
                self._asked.append((number, length + (high << 16)))
                self._answer_reads()
            return
        assert self._inside is not None
        self._inside.sendall(body[_BULK_HEADER.size :])
        self._send(Packet.BULK, number, _BULK_HEADER.pack(endpoint, _SUCCESS, length, stream, high))

    def _answer_reads(self) -> None:
        """Give what the mechanism said to whoever waits for it; a computer waits as long as it likes."""
        while self._asked and self._said:
            number, length = self._asked.popleft()
            told = bytes(self._said[:length])
            del self._said[: len(told)]
            self._send(Packet.BULK, number, _BULK_HEADER.pack(_IN, _SUCCESS, len(told), 0, 0) + told)

    def _cancel(self, number: int) -> None:
        with self._lock:
            waiting = [one for one in self._asked if one[0] == number]
            for one in waiting:
                self._asked.remove(one)
        for cancelled, _ in waiting:
            self._send(Packet.BULK, cancelled, _BULK_HEADER.pack(_IN, _CANCELLED, 0, 0, 0))

    def _send(self, kind: int, number: int, body: bytes) -> None:
        assert self._cable is not None
        with self._sending:
            self._cable.sendall(_HEADER.pack(kind, len(body), number) + body)
