"""A kiosk on the machine: how it is set up, what it is seen to do, and what its log says afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image as Picture

from drivers.emulator.device import EmulatedPrinter
from tests.vm.guns import Gun, KeyboardGun, LineGun, MadeGun
from tests.vm.machine import Machine
from tests.vm.usb_printer import UsbPrinter

WAIT_S = 40.0
"""How long anything may take here: the machine is emulated, ten to thirty times slower than a real one."""

LOOK_EVERY_S = 0.1
INSTALL_TIMEOUT_S = 900.0
PICTURE_TIMEOUT_S = 300.0
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
    f"install -m 644 {STICK}/noac.sysusers.conf /usr/lib/sysusers.d/noac.conf",
    f"install -m 644 {STICK}/noac.tmpfiles.conf /usr/lib/tmpfiles.d/noac.conf",
    f"install -m 644 {STICK}/noac.modules-load.conf /usr/lib/modules-load.d/noac.conf",
    "systemctl restart systemd-modules-load",
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

    def take_a_picture(self, path: Path) -> None:
        """Have the machine's own browser draw the page, and bring the picture here."""
        folder = "/run/picture"
        browser = f"runuser -u noac-browser -- env HOME={folder} chromium --headless --no-first-run --hide-scrollbars"
        options = f"--user-data-dir={folder}/profile --window-size=1280,800 --screenshot={folder}/page.png"
        self.machine.run(f"install -d -o noac-browser {folder}")
        self.machine.run(f"cd {folder} && {browser} {options} http://127.0.0.1:8001/", PICTURE_TIMEOUT_S)
        path.write_bytes(self.machine.read(f"{folder}/page.png"))

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


def until(is_so: Callable[[], bool], what: str, seen: Callable[[], str], timeout_s: float = WAIT_S) -> float:
    """Wait until something is so; returns how long it took. What was seen instead stands in the failure."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < timeout_s, f"not within {timeout_s} s: {what}; but:\n{seen()}"
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - begun


def _codes(path: Path) -> frozenset[str]:
    with Picture.open(path) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"), text_mode=zxingcpp.TextMode.HRI)
    return frozenset(code.text for code in found)
