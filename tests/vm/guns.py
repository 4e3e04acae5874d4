"""Three scanners for the machine: a USB keyboard, a USB serial line, and one that the guest's kernel makes (uinput)."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Protocol

from tests.vm.keys import HOLD_MS, chord
from tests.vm.machine import Machine

SOCKET_WAIT_S = 10.0


class Gun(Protocol):
    """A scanner with a name of the kiosk's settings."""

    name: str

    def plug(self) -> None:
        """Put it into its socket."""
        ...

    def unplug(self) -> None:
        """Pull it out."""
        ...

    def scan(self, text: str) -> None:
        """Pull its trigger."""
        ...


class KeyboardGun:
    """QEMU's `usb-kbd`: keys are pressed by the emulator's monitor."""

    name = "keyboard gun"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def plug(self) -> None:
        """Put it into its socket."""
        self._machine.plug("keyboard", "usb-kbd", 1)

    def unplug(self) -> None:
        """Pull it out."""
        self._machine.unplug("keyboard")

    def scan(self, text: str) -> None:
        """Pull its trigger: a code with Enter."""
        self.types(text + "\r")

    def types(self, text: str) -> None:
        """Press the keys of a text. The emulator presses them one after the other; this does not wait for it."""
        for character in text:
            keys = [{"type": "qcode", "data": key} for key in chord(character)]
            self._machine.monitor.ask("send-key", keys=keys, hold_time=HOLD_MS)


class LineGun:
    """QEMU's `usb-serial` (an FTDI converter): what is written to a socket of the host comes out of its line."""

    name = "serial gun"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._line: socket.socket | None = None

    def plug(self) -> None:
        """Put it into its socket, with somebody at its other end."""
        path = self._machine.sockets / "line"
        place = {"addr": {"type": "unix", "data": {"path": str(path)}}, "server": True, "wait": False}
        self._machine.monitor.ask("chardev-add", id="line", backend={"type": "socket", "data": place})
        self._line = connected(path)
        self._machine.plug("serial", "usb-serial", 2, chardev="line", always_plugged=True)

    def unplug(self) -> None:
        """Pull it out."""
        self._machine.unplug("serial")
        if self._line is not None:
            self._line.close()
        self._machine.monitor.ask("chardev-remove", id="line")

    def scan(self, text: str) -> None:
        """Pull its trigger: a code with a carriage return."""
        assert self._line is not None, "it is not plugged in"
        self._line.sendall(text.encode() + b"\r")


class MadeGun:
    """`guest/made_gun.py` in the guest: the kernel's own input layer, without any USB."""

    def __init__(self, machine: Machine, name: str = "made gun", product: str = "0001") -> None:
        self.name = name
        self._machine = machine
        self._product = product
        self._unit = f"made-{product}"
        self._fifo = f"/run/{self._unit}"

    def plug(self) -> None:
        """Start it."""
        script = f"python3 /media/stick/made_gun.py {self._fifo} {self._product}"
        start = f"systemd-run --quiet --collect --unit={self._unit} {script}"
        self._machine.run(f"rm -f {self._fifo}; modprobe uinput; {start}")

    def unplug(self) -> None:
        """End it."""
        self._machine.run(f"systemctl stop {self._unit}")

    def scan(self, text: str) -> None:
        """Pull its trigger: a code with Enter."""
        self._machine.run(f"echo '{text}' > {self._fifo}")


def connected(path: Path) -> socket.socket:
    """Return a connection to a socket the emulator opens; it may take a moment."""
    deadline = time.monotonic() + SOCKET_WAIT_S
    while True:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(path))
        except OSError:
            line.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return line
