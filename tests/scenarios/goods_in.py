"""A goods-in door of real processes: two scanners on real lines, kiosk, hub, printer and two browser pages."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import time
import tty
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import zxingcpp
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from demo.processes import Program, free_port
from demo.site import IMPORTS
from drivers.scanners import hid_records
from hub.cli import command as hub_command
from tests.tools import chromium

WAIT_S = 20.0
LOOK_EVERY_S = 0.05
SCREEN = """() => ({
  who: document.querySelector(".frame .who").innerText,
  look: document.querySelector(".screen").className,
  main: document.querySelector("main").innerText,
})"""

DATA = Path(__file__).parents[2] / "demo" / "data"
"""In the order in which their rows refer to each other."""

PLANT, DEVICE = "P1", "K-FABRIC"
MS_PER_LABEL = 100
TILES = ("doors", "hours", "stock", "discrepancies")

TILE_WORDS = """body => {
  const copy = body.cloneNode(true); // without ages, and without the drawn hours, whose axis moves with the clock
  copy.querySelectorAll("svg, time").forEach(one => one.remove());
  return copy.textContent.replace(/\\s+/g, " ").trim();
}"""

Gun = Literal["serial", "hid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One pull of a trigger, and a text that is on the screen when it was taken."""

    gun: Gun
    code: str
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a morning left: every screen after a scan, and hub, board and labels at its end."""

    screens: tuple[dict[str, str], ...]
    hub_chips: tuple[str, ...]
    stock: tuple[tuple[str, ...], ...]
    board: dict[str, str]
    labels: tuple[frozenset[str], ...]
    jobs: tuple[tuple[str, str], ...]


class SerialGun:
    """A scanner on a serial line: a pseudo-terminal of which the kiosk has the other end."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)

    def scan(self, code: str) -> None:
        os.write(self._master, code.encode() + b"\r")

    def close(self) -> None:
        os.close(self._slave)
        os.close(self._master)


class HidGun:
    """A scanner on the keyboard port: recorded event records through a pipe."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self._end = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def scan(self, code: str) -> None:
        os.write(self._end, hid_records.records(code))

    def close(self) -> None:
        os.close(self._end)


class Door:
    """The programs of one goods-in door, each on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hub_port, self.page_port, self.printer_port, self.printer_page_port = (
            free_port() for _ in range(4)
        )
        self._programs: dict[str, Program] = {}

    @property
    def hub_url(self) -> str:
        return f"http://127.0.0.1:{self.hub_port}"

    def start_hub(self) -> None:
        command = ("hub", "--data", str(self.folder / "hub"), "--plant", PLANT, "--port", str(self.hub_port))
        self._start("hub", command, self.hub_port)

    def kill_hub(self) -> None:
        """Pull its plug: SIGKILL to its process group."""
        self._programs["hub"].kill()

    def start_printer(self) -> None:
        ports = ("--port", str(self.printer_port), "--http", str(self.printer_page_port))
        folder = ("--folder", str(self.folder / "labels"), "--ms-per-label", str(MS_PER_LABEL))
        self._start("printer", ("printer-emulator", *ports, *folder), self.printer_port)

    def start_kiosk(self, serial: str, hid: str) -> None:
        config = self.folder / "kiosk.toml"
        config.write_text(_settings(self, serial, hid), encoding="utf-8")
        self._start("kiosk", ("kiosk", "--config", str(config)), self.page_port)

    def _start(self, name: str, command: Sequence[str], port: int) -> None:
        self._programs[name] = Program(name, command, self.folder / f"{name}.log")
        self._programs[name].await_port(port)

    def asks_hub(self, path: str) -> list[dict[str, Any]]:
        """Return the rows the hub's API answers with."""
        with urllib.request.urlopen(f"{self.hub_url}/api/v1/{path}", timeout=WAIT_S) as answer:
            return json.load(answer)["rows"]

    def close(self) -> None:
        """End whatever still runs, the kiosk first."""
        for name in ("kiosk", "printer", "hub"):
            if name in self._programs:
                self._programs[name].stop()


class Morning:
    """What is done at a door, and what is seen in the two browser pages."""

    def __init__(self, door: Door, screen: Page, board: Page, guns: dict[Gun, SerialGun | HidGun]) -> None:
        self.door = door
        self.screen = screen
        self.board = board
        self._guns = guns
        self.screens: list[dict[str, str]] = []
        self.hub_chips: list[str] = []

    def scans(self, *steps: Scanned) -> None:
        """Pull triggers, each when the screen shows that the one before was taken."""
        for step in steps:
            self._guns[step.gun].scan(step.code)
            self._waits_for(step)
            seen = self.screen.evaluate(SCREEN)
            self.screens.append({name: _steady(text) for name, text in seen.items()})
            self.hub_chips.append(self.hub_chip)

    def _waits_for(self, step: Scanned) -> None:
        shown = "text => document.querySelector('main').innerText.includes(text)"
        try:
            self.screen.wait_for_function(shown, arg=step.shows, timeout=WAIT_S * 1000)
        except PlaywrightTimeout as error:
            seen = self.screen.locator("#screen").inner_text()
            raise AssertionError(f"{step.code!r} did not lead to {step.shows!r} but to:\n{seen}") from error

    @property
    def hub_chip(self) -> str:
        """Return how the kiosk's screen says the hub is."""
        classes = self.screen.locator(".states .state").first.get_attribute("class") or ""
        return classes.partition("hub-")[2]

    @property
    def pending(self) -> int:
        """Return how many events the kiosk's screen says wait for the hub."""
        return int(self.screen.locator(".state .number").inner_text())

    @property
    def labels(self) -> tuple[frozenset[str], ...]:
        """Read every code of every label that came out, as a scanner would, in the order they came out."""
        pictures = sorted((self.door.folder / "labels").glob("label-*.png"))
        return tuple(frozenset(_codes(picture)) for picture in pictures)

    def tile(self, name: str) -> str:
        """Return what a tile of the board says now."""
        return _steady(self.board.locator(f"#tile-{name} .tile-body").evaluate(TILE_WORDS))

    def outcome(self) -> Outcome:
        """Look at everything as it is now."""
        return Outcome(
            screens=tuple(self.screens),
            hub_chips=tuple(self.hub_chips),
            stock=tuple(sorted(_stock_row(row) for row in self.door.asks_hub("stock"))),
            board={tile: self.tile(tile) for tile in TILES},
            labels=self.labels,
            jobs=tuple(sorted((row["job"], row["state"]) for row in self.door.asks_hub("labels"))),
        )


def set_up(folder: Path) -> None:
    """Give a hub its master data from files and enrol and provision one kiosk, all by command.

    The commands run in this process: eight starts of an interpreter would take longer than the story.
    """

    def noac_hub(*arguments: object) -> None:
        line = ("--data", folder / "hub", "--plant", PLANT, *arguments)
        done = CliRunner().invoke(hub_command, [str(one) for one in line])
        assert done.exit_code == 0, done.output

    for kind in IMPORTS:
        noac_hub("import", kind, DATA / f"{kind}.csv")
    noac_hub("enrol", DEVICE, "--out", folder / "credentials.toml")
    noac_hub("provision", DEVICE, "--out", folder / "reference.ndjson")


@contextmanager
def goods_in(prepared: Path, folder: Path) -> Iterator[Morning]:
    """Open the door on a copy of a prepared site; afterwards nothing runs any more."""
    shutil.copytree(prepared, folder)
    with ExitStack() as stack:
        door = Door(folder)
        stack.callback(door.close)
        serial, hid = SerialGun(), HidGun(folder / "event0")
        stack.callback(serial.close)
        stack.callback(hid.close)
        door.start_hub()
        door.start_printer()
        door.start_kiosk(serial.path, hid.path)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        stack.callback(browser.close)
        screen = browser.new_page(viewport={"width": 1280, "height": 800})
        screen.goto(f"http://127.0.0.1:{door.page_port}")
        board = browser.new_page(viewport={"width": 1920, "height": 1080})
        board.goto(f"{door.hub_url}/board?lang=en")
        yield Morning(door, screen, board, {"serial": serial, "hid": hid})


def until(is_so: Callable[[], bool], what: str, timeout_s: float = WAIT_S) -> None:
    """Wait until something is so; what it is stands in the failure."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        time.sleep(LOOK_EVERY_S)


def _settings(door: Door, serial: str, hid: str) -> str:
    return f"""\
data = "kiosk"
port = {door.page_port}
credentials = "credentials.toml"
provision = "reference.ndjson"
idle_lock_s = 3600

[hub]
url = "{door.hub_url}"

[sound]
player = []

[[scanner]]
kind = "serial_port"
name = "serial gun"
path = "{serial}"

[[scanner]]
kind = "hid"
name = "keyboard gun"
path = "{hid}"

[[printer]]
name = "door printer"
profile = "emulator"
address = "tcp://127.0.0.1:{door.printer_port}"
"""


def _stock_row(row: dict[str, Any]) -> tuple[str, ...]:
    names = (row["place"], row["item"], row.get("lot", ""), row.get("handling_unit", ""))
    amounts = (row["quantity"], row["second"])
    return (*names, *(f"{amount['value']} {amount['unit']}" for amount in amounts))


def _codes(picture: Path) -> list[str]:
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image.convert("L"), text_mode=zxingcpp.TextMode.HRI)
    return [code.text for code in found]


def _steady(text: str) -> str:
    """Put a word for every time of day, age and date: two mornings are not at the same moment."""
    text = re.sub(r"\b\d{1,2}:\d{2}(:\d{2})?\b", "TIME", text)
    text = re.sub(r"\b\d+ ?(s|min|h|秒|分钟|小时)\b", "AGE", text)
    return re.sub(r"\b(CS|YW|PD)20\d{6}\b", r"\1DATE", text)
