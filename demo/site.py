"""A small plant on one machine: hub, two kiosks on virtual scanners, a printer for each, in a folder of its own."""

import csv
import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from demo.line import Line
from demo.morning import DOORS, Post
from demo.processes import Program, StartError, free_port, run_to_end
from demo.samples import samples
from demo.scanner import Scanner

PLANT = "P1"
DEVICES: dict[Post, str] = {
    "fabric": "K-FABRIC",
    "trims": "K-TRIMS",
    "cutting": "K-CUT",
    "sewing": "K-SEW",
    "hemming": "K-HEM",
}
DATA = Path(__file__).parent / "data"
IMPORTS = (
    "suppliers",
    "places",
    "items",
    "persons",
    "purchase_orders",
    "workshops",
    "lines",
    "shifts",
    "operations",
    "colours",
    "styles",
    "routes",
    "work_orders",
    "defect_codes",
    "requirement_lists",
    "stations",
)
"""In the order in which the rows refer to each other."""

MS_PER_LABEL = 250
BALLAST = "ballast*"
"""Room a kiosk keeps free on its card; a copy of the card need not carry it."""

ANSWER_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the programs of one post listen on the loopback address."""

    page: int
    scanner: int
    printer: int
    printer_page: int


class Site:
    """Starts, stops and asks the programs. `close` ends whatever still runs."""

    def __init__(self, folder: Path, posts: Sequence[Post] = DOORS, *, has_plugs: bool = False) -> None:
        """`posts`: where a kiosk stands; `has_plugs`: each reaches the hub through a line that can be pulled."""
        self.folder, self.posts = folder, tuple(posts)
        self.hub_port = free_port()
        self.lines: dict[Post, Line] = {post: Line(self.hub_port) for post in self.posts} if has_plugs else {}
        self.ports = {
            post: Ports(page=free_port(), scanner=free_port(), printer=free_port(), printer_page=free_port())
            for post in self.posts
        }
        self._is_closed = False
        self.hub: Program | None = None
        self.kiosks: dict[Post, Program] = {}
        self.printers: dict[Post, Program] = {}
        self.scanners: dict[Post, Scanner] = {}

    @property
    def hub_url(self) -> str:
        """The hub's address."""
        return f"http://127.0.0.1:{self.hub_port}"

    def page_url(self, post: Post) -> str:
        """The address of a kiosk's screen."""
        return f"http://127.0.0.1:{self.ports[post].page}"

    def printer_url(self, post: Post) -> str:
        """The address where a printer's labels can be seen."""
        return f"http://127.0.0.1:{self.ports[post].printer_page}"

    def labels_folder(self, post: Post) -> Path:
        """Where a printer's labels come out."""
        return self.folder / f"labels-{post}"

    def card_folder(self, post: Post) -> Path:
        """Where a kiosk keeps its data: its card."""
        return self.folder / f"kiosk-{post}"

    @property
    def hub_database(self) -> Path:
        """The hub's file."""
        return self.folder / "hub" / "hub.sqlite"

    def start(self, rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None) -> None:
        """Start the hub, give it the master data, enrol the kiosks, and start them with their printers.

        `rows`: master data besides the files', by kind.
        """
        self.start_hub()
        for kind in IMPORTS:
            self._put_in(kind, _file_rows(kind))
        for kind, more in (rows or {}).items():
            self._put_in(kind, more)
        with ThreadPoolExecutor() as side_by_side:
            list(side_by_side.map(self._enrol, self.posts))
            list(side_by_side.map(self.start_printer, self.posts))
            list(side_by_side.map(self.start_kiosk, self.posts))

    def start_hub(self) -> None:
        """Start the hub, or start it again. Raises StartError."""
        self._see_that_it_is_open()
        arguments = (
            "hub",
            "--data",
            str(self.folder / "hub"),
            "--port",
            str(self.hub_port),
            "--plant",
            PLANT,
        )
        self.hub = Program("hub", arguments, self.folder / "hub.log")
        self.hub.await_port(self.hub_port)
        # The port is taken first of all; an answer comes when everything behind it is made.
        with urllib.request.urlopen(f"{self.hub_url}/api/v1/health", timeout=ANSWER_TIMEOUT_S):  # noqa: S310 - loopback
            return

    def kill_hub(self) -> None:
        """Pull the hub's plug."""
        if self.hub:
            self.hub.kill()

    def kill_kiosk(self, post: Post) -> None:
        """Pull a kiosk's plug."""
        self.scanners[post].close()
        self.kiosks[post].kill()

    def copy_card(self, post: Post, target: Path) -> None:
        """Copy a kiosk's card while it stands still for a moment, without its knowing: what a power cut would leave."""
        with self.kiosks[post].frozen():
            shutil.copytree(self.card_folder(post), target, ignore=shutil.ignore_patterns(BALLAST))

    def put_card(self, post: Post, source: Path) -> None:
        """Put a copy in the place of a kiosk's card; the kiosk is off."""
        shutil.rmtree(self.card_folder(post))
        shutil.copytree(source, self.card_folder(post))

    def back_up(self, folder: Path) -> None:
        """Have the hub's books backed up and the backup proven. Raises StartError where it does not count."""
        self._hub_command("backup", "--to", str(folder))

    def restore(self, folder: Path) -> None:
        """Put the hub back from its newest backup; the hub is off. Raises StartError."""
        self._hub_command("restore", "--from", str(folder), "--replace")

    def inspect_hub(self) -> str:
        """Hold every row of the hub's books against its ledger. Raises StartError where they do not balance."""
        return run_to_end(("hub", "--data", str(self.folder / "hub"), "--plant", PLANT, "verify"))

    def start_printer(self, post: Post) -> None:
        """Switch a printer on."""
        ports = self.ports[post]
        arguments = (
            *("printer-emulator", "--port", str(ports.printer), "--http", str(ports.printer_page)),
            *("--folder", str(self.labels_folder(post)), "--ms-per-label", str(MS_PER_LABEL)),
        )
        self.printers[post] = Program(f"printer {post}", arguments, self.folder / f"printer-{post}.log")
        self.printers[post].await_port(ports.printer)

    def start_kiosk(self, post: Post) -> None:
        """Start a kiosk, or start it again. Raises StartError."""
        self._see_that_it_is_open()
        config = self.folder / f"{post}.toml"
        kiosk = Program(
            f"kiosk {post}", ("kiosk", "--config", str(config)), self.folder / f"kiosk-{post}.log"
        )
        self.kiosks[post] = kiosk
        kiosk.await_port(self.ports[post].page)
        kiosk.await_port(self.ports[post].scanner)
        self.scanners[post] = Scanner(self.ports[post].scanner)

    def ask_hub(self, path: str) -> Any:
        """Return what the hub's API answers to a GET. Raises OSError while it is away."""
        with urllib.request.urlopen(f"{self.hub_url}/api/v1/{path}", timeout=ANSWER_TIMEOUT_S) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def ask_kiosk_pending(self, device: str) -> int:
        """Return how many events the kiosk had still to send when the hub last heard it. Raises OSError."""
        return next(one["pending"] for one in self.ask_hub("kiosks")["rows"] if one["device"] == device)

    def close(self) -> None:
        """End every program, also after half a start; nothing is started any more."""
        self._is_closed = True
        for scanner in self.scanners.values():
            scanner.close()
        for program in (*self.kiosks.values(), *self.printers.values(), *([self.hub] if self.hub else [])):
            program.stop()
        for line in self.lines.values():
            line.close()

    def _see_that_it_is_open(self) -> None:
        if self._is_closed:
            raise StartError("the plant is closed")

    def _hub_url_of(self, post: Post) -> str:
        return f"http://127.0.0.1:{self.lines[post].port}" if self.lines else self.hub_url

    def _put_in(self, kind: str, rows: Sequence[Mapping[str, str]]) -> None:
        """Put rows through the API, as an ERP would. Raises StartError with what is wrong in which row."""
        token = (self.folder / "hub" / "secrets" / "write-token").read_text(encoding="ascii").strip()
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.hub_url}/api/v1/reference/{kind}",
            data=json.dumps({"plant": PLANT, "rows": list(rows)}).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_S):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError as refused:
            raise StartError(f"the hub takes no {kind}: {refused.read().decode()}") from refused

    def _hub_command(self, *arguments: str) -> None:
        run_to_end(("hub", "--data", str(self.folder / "hub"), "--plant", PLANT, *arguments))

    def _enrol(self, post: Post) -> None:
        device, ports = DEVICES[post], self.ports[post]
        credentials, reference = f"{post}-credentials.toml", f"{post}-reference.ndjson"
        self._hub_command(
            *("enrol", device, "--plant", PLANT, "--hub", self._hub_url_of(post)),
            *("--out", str(self.folder / credentials)),
        )
        self._hub_command("provision", device, "--plant", PLANT, "--out", str(self.folder / reference))
        settings = f"""\
data = "kiosk-{post}"
port = {ports.page}
credentials = "{credentials}"
provision = "{reference}"
samples = "{post}-samples.json"
idle_lock_s = 3600

[sound]
player = []

[[scanner]]
kind = "virtual"
name = "hand scanner"
port = {ports.scanner}

[[printer]]
name = "label printer"
profile = "emulator"
address = "tcp://127.0.0.1:{ports.printer}"
"""
        (self.folder / f"{post}.toml").write_text(settings, encoding="utf-8")
        (self.folder / f"{post}-samples.json").write_bytes(msgspec.json.encode(samples(post)))


def _file_rows(kind: str) -> list[dict[str, str]]:
    with (DATA / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
