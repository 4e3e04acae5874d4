"""A kiosk on the machine: how it is set up, what it is seen to do, and what its log says afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image as Picture

from drivers.emulator.device import EmulatedPrinter
from tests.vm.display import Display
from tests.vm.guns import Gun, KeyboardGun, LineGun, MadeGun
from tests.vm.machine import Machine
from tests.vm.until import WAIT_S, until
from tests.vm.usb_printer import UsbPrinter

INSTALL_TIMEOUT_S = 1500.0
START_TIMEOUT_S = 400.0
STICK = "/media/stick"

FIRST = "/root/noac"
FIRST_RELEASE = (  # docs/operations.md, "Updates": on a new machine
    f"mkdir {FIRST} && tar -xf {STICK}/noac.bundle -C {FIRST} && python3 -m venv {FIRST}/venv",
    f"{FIRST}/venv/bin/pip install -q --no-index --find-links {FIRST} 'noac[kiosk]'",
    f"{FIRST}/venv/bin/noac update install {STICK}/noac.bundle --trust {STICK}/noac-update.pub",
    f"rm -r {FIRST}",
)
UNITS = (  # systemd/README.md, for a kiosk
    f"cd {STICK} && install -m 644 noac-kiosk.service noac-kiosk-browser.service /etc/systemd/system/",
    f"install -D -m 644 {STICK}/slow.conf /etc/systemd/system/noac-kiosk.service.d/slow.conf",
    f"install -m 644 {STICK}/noac.sysusers.conf /usr/lib/sysusers.d/noac.conf",
    f"install -m 644 {STICK}/noac.tmpfiles.conf /usr/lib/tmpfiles.d/noac.conf",
    f"install -m 644 {STICK}/noac.modules-load.conf /usr/lib/modules-load.d/noac.conf",
    "systemctl restart systemd-modules-load",
    f"install -D -m 644 {STICK}/noac.policies.json /etc/chromium/policies/managed/noac.json",
    f"install -m 644 {STICK}/70-noac-scanners.rules /etc/udev/rules.d/",
    "systemd-sysusers",
    f"install -D -m 640 {STICK}/kiosk.toml /etc/noac/kiosk.toml",
    f"cd {STICK} && install -m 640 -g noac-kiosk credentials.toml reference.ndjson /etc/noac/",
    f"install -m 644 {STICK}/kiosk-browser.env /etc/noac/",
    "systemd-tmpfiles --create",
    "udevadm control --reload && udevadm trigger",
    "systemctl daemon-reload",
)


class KioskPc:
    """The machine, its scanners, its printer, and what is seen of it."""

    def __init__(self, machine: Machine, printer: EmulatedPrinter) -> None:
        self.machine = machine
        self.printer = printer
        self.display = Display(machine)
        self.keyboard = KeyboardGun(machine)
        self.line = LineGun(machine)
        self.made = MadeGun(machine)
        self.usb_printer = UsbPrinter(machine, printer.port)
        self.guns: tuple[Gun, ...] = (self.keyboard, self.line, self.made)

    def take_the_stick(self) -> None:
        """Plug the stick in; it stays there."""
        self.machine.run(f"mkdir -p {STICK} && mount -o ro LABEL=NOAC {STICK}")

    def install(self) -> None:
        """Install the release on the stick, as on a new machine."""
        for command in FIRST_RELEASE:
            self.machine.run(command, INSTALL_TIMEOUT_S)

    def begin_anew(self) -> None:
        """Forget what the kiosk on this disk has done; its release stays."""
        self.machine.run("systemctl disable --now noac-kiosk-browser noac-kiosk")
        self.machine.run("rm -rf /var/lib/noac-kiosk/data")

    def set_up(self) -> None:
        """Put units, users, rules and settings where they belong."""
        for command in UNITS:
            self.machine.run(command)

    def start(self) -> None:
        """Start the kiosk, now and whenever the machine starts."""
        self.machine.run("systemctl enable -q noac-kiosk && systemctl start --no-block noac-kiosk")
        self.await_start()

    def await_start(self) -> None:
        """Wait until systemd says that the kiosk is ready."""
        is_ready = "systemctl is-active noac-kiosk"
        until(lambda: self.machine.has(is_ready), "the kiosk starts", lambda: self.screen, START_TIMEOUT_S)

    def watch(self) -> None:
        """Have somebody look at the page all the time."""
        self.machine.run(f"systemd-run --quiet --unit=watch python3 {STICK}/watch.py")

    @property
    def screen(self) -> str:
        """The classes and words of the page as it was last seen."""
        lines = self.machine.seen.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else ""

    def shows(self, text: str, timeout_s: float = WAIT_S) -> float:
        """Wait until the page shows a text; returns how long it took."""
        return until(lambda: text in self.screen, f"the page shows {text!r}", lambda: self.screen, timeout_s)

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the entries of the kiosk's log after a sequence number."""
        return [json.loads(line) for line in self.machine.run(f"python3 {STICK}/log.py {after}").splitlines()]

    @property
    def last(self) -> int:
        """The sequence number of the newest entry of the kiosk's log."""
        return int(self.log()[-1]["sequence"])

    def scanned(self, after: int = 0) -> list[tuple[str, str]]:
        """Return what the log says was scanned, with which scanner, each once and in order."""
        told = [one["raw"] for one in self.log(after) if one.get("raw")]
        found = [(one["device"], one["text"]) for one in told]
        return [one for number, one in enumerate(found) if number == 0 or found[number - 1] != one]

    def states(self, device: str) -> list[str]:
        """Return what the log says a device was, oldest first."""
        told = [one["fact"] for one in self.log() if one["type"] == "DeviceChanged"]
        return [one["state"] for one in told if one["device"] == device]

    @property
    def jobs(self) -> dict[str, str]:
        """Return what the log says became of each label that was asked for; empty where nothing is said yet."""
        entries = self.log()
        asked = {one["fact"]["job"]: "" for one in entries if one["type"] == "LabelRequested"}
        told = {one["fact"]["job"]: one["fact"]["state"] for one in entries if one["type"] == "LabelReported"}
        return asked | told

    @property
    def labels(self) -> list[frozenset[str]]:
        """Read every code of every label that came out, as a scanner would, in the order they came out."""
        return [_codes(path) for path in sorted(self.printer.folder.glob("label-*.png"))]


def _codes(path: Path) -> frozenset[str]:
    with Picture.open(path) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"), text_mode=zxingcpp.TextMode.HRI)
    return frozenset(code.text for code in found)
