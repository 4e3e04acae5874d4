"""Scanners with their cable in the test's hand: one on a serial line (a pseudo-terminal), one a keyboard (a pipe)."""

from __future__ import annotations

import os
import pty
import tty
from abc import ABC, abstractmethod
from pathlib import Path

from drivers.scanners import hid_records

RESCAN_MS = 20
CODE_APART_MS = 1_000


class Gun(ABC):
    """One scanner; its table of settings, its cable, its trigger."""

    kind: str

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / name

    @property
    def table(self) -> dict[str, object]:
        return {"kind": self.kind, "name": self.name, "path": str(self.path), "rescan_ms": RESCAN_MS}

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def bytes_of(self, text: str) -> bytes:
        """What it sends for a code, its end included."""

    @abstractmethod
    def begun(self, text: str) -> bytes:
        """The same without its end."""

    @abstractmethod
    def sends(self, data: bytes) -> None: ...

    def scans(self, text: str) -> None:
        self.sends(self.bytes_of(text))


class SerialGun(Gun):
    """A scanner on a serial line, behind a name that stays the same."""

    kind = "serial_port"

    def plug_in(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        new = self.path.with_name(f"{self.name}.new")
        new.symlink_to(os.ttyname(slave))
        new.replace(self.path)
        os.close(slave)

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self._master)

    def bytes_of(self, text: str) -> bytes:
        return self.begun(text) + b"\r"

    def begun(self, text: str) -> bytes:
        return text.encode()

    def sends(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]


class HidGun(Gun):
    """A scanner that is a keyboard: event records through a pipe. The pipe stays, as a socket of the hub does."""

    kind = "hid"

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name)
        self._ms = 0
        os.mkfifo(self.path)

    def plug_in(self) -> None:
        self._device = self.path.open("wb", buffering=0)

    def unplug(self) -> None:
        self._device.close()

    def bytes_of(self, text: str) -> bytes:
        """Records with times of their own, so that no code looks like the rest of the one before."""
        return hid_records.records(text, start_ms=self._later_ms(text))

    def begun(self, text: str) -> bytes:
        return hid_records.records(text, start_ms=self._later_ms(text), terminator="none")

    def _later_ms(self, text: str) -> int:
        self._ms += hid_records.duration_ms(text) + CODE_APART_MS
        return self._ms

    def sends(self, data: bytes) -> None:
        while data:
            data = data[self._device.write(data) or 0 :]


GUNS: dict[str, type[Gun]] = {gun.kind: gun for gun in (SerialGun, HidGun)}
