"""A small plant on one machine: hub, two kiosks on virtual scanners, a printer for each, in a folder of its own."""

import csv
import json
import shutil
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from demo.line import Line
from demo.morning import CHEN, DONE, DOORS, LI, UNDO, WANG, YES, Door, document_code, place_code
from demo.processes import Program, StartError, free_port, run_to_end
from demo.scanner import Scanner

PLANT = "P1"
DEVICES: dict[Door, str] = {"fabric": "K-FABRIC", "trims": "K-TRIMS"}
DATA = Path(__file__).parent / "data"
IMPORTS = ("suppliers", "places", "items", "persons", "purchase_orders", "stations")
"""In the order in which the rows refer to each other."""

MS_PER_LABEL = 250
BALLAST = "ballast*"
"""Room a kiosk keeps free on its card; a copy of the card need not carry it."""

ANSWER_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPorts:
    """Where the programs of one door listen on the loopback address."""

    page: int
    scanner: int
    printer: int
    printer_page: int


class Site:
    """Starts, stops and asks the programs. `close` ends whatever still runs."""

    def __init__(self, folder: Path, *, has_plugs: bool = False) -> None:
        """`has_plugs`: each kiosk reaches the hub through a line that can be pulled."""
        self.folder = folder
        self.hub_port = free_port()
        self.lines: dict[Door, Line] = {door: Line(self.hub_port) for door in DOORS} if has_plugs else {}
        self.ports = {
            door: DoorPorts(
                page=free_port(), scanner=free_port(), printer=free_port(), printer_page=free_port()
            )
            for door in DOORS
        }
        self._is_closed = False
        self.hub: Program | None = None
        self.kiosks: dict[Door, Program] = {}
        self.printers: dict[Door, Program] = {}
        self.scanners: dict[Door, Scanner] = {}

    @property
    def hub_url(self) -> str:
        """The hub's address."""
        return f"http://127.0.0.1:{self.hub_port}"

    def page_url(self, door: Door) -> str:
        """The address of a kiosk's screen."""
        return f"http://127.0.0.1:{self.ports[door].page}"

    def printer_url(self, door: Door) -> str:
        """The address where a printer's labels can be seen."""
        return f"http://127.0.0.1:{self.ports[door].printer_page}"

    def labels_folder(self, door: Door) -> Path:
        """Where a printer's labels come out."""
        return self.folder / f"labels-{door}"

    def card_folder(self, door: Door) -> Path:
        """Where a kiosk keeps its data: its card."""
        return self.folder / f"kiosk-{door}"

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
            list(side_by_side.map(self._enrol, DOORS))
            list(side_by_side.map(self.start_printer, DOORS))
            list(side_by_side.map(self.start_kiosk, DOORS))

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

    def kill_kiosk(self, door: Door) -> None:
        """Pull a kiosk's plug."""
        self.scanners[door].close()
        self.kiosks[door].kill()

    def copy_card(self, door: Door, target: Path) -> None:
        """Copy a kiosk's card while it stands still for a moment, without its knowing: what a power cut would leave."""
        with self.kiosks[door].frozen():
            shutil.copytree(self.card_folder(door), target, ignore=shutil.ignore_patterns(BALLAST))

    def put_card(self, door: Door, source: Path) -> None:
        """Put a copy in the place of a kiosk's card; the kiosk is off."""
        shutil.rmtree(self.card_folder(door))
        shutil.copytree(source, self.card_folder(door))

    def back_up(self, folder: Path) -> None:
        """Have the hub's books backed up and the backup proven. Raises StartError where it does not count."""
        self._hub_command("backup", "--to", str(folder))

    def restore(self, folder: Path) -> None:
        """Put the hub back from its newest backup; the hub is off. Raises StartError."""
        self._hub_command("restore", "--from", str(folder), "--replace")

    def inspect_hub(self) -> str:
        """Hold every row of the hub's books against its ledger. Raises StartError where they do not balance."""
        return run_to_end(("hub", "--data", str(self.folder / "hub"), "--plant", PLANT, "verify"))

    def start_printer(self, door: Door) -> None:
        """Switch a printer on."""
        ports = self.ports[door]
        arguments = (
            *("printer-emulator", "--port", str(ports.printer), "--http", str(ports.printer_page)),
            *("--folder", str(self.labels_folder(door)), "--ms-per-label", str(MS_PER_LABEL)),
        )
        self.printers[door] = Program(f"printer {door}", arguments, self.folder / f"printer-{door}.log")
        self.printers[door].await_port(ports.printer)

    def start_kiosk(self, door: Door) -> None:
        """Start a kiosk, or start it again. Raises StartError."""
        self._see_that_it_is_open()
        config = self.folder / f"{door}.toml"
        kiosk = Program(
            f"kiosk {door}", ("kiosk", "--config", str(config)), self.folder / f"kiosk-{door}.log"
        )
        self.kiosks[door] = kiosk
        kiosk.await_port(self.ports[door].page)
        kiosk.await_port(self.ports[door].scanner)
        self.scanners[door] = Scanner(self.ports[door].scanner)

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

    def _hub_url_of(self, door: Door) -> str:
        return f"http://127.0.0.1:{self.lines[door].port}" if self.lines else self.hub_url

    def _put_in(self, kind: str, rows: Sequence[Mapping[str, str]]) -> None:
        """Put rows through the API, as an ERP would."""
        token = (self.folder / "hub" / "secrets" / "write-token").read_text(encoding="ascii").strip()
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.hub_url}/api/v1/reference/{kind}",
            data=json.dumps({"plant": PLANT, "rows": list(rows)}).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_S):  # noqa: S310 - loopback
            return

    def _hub_command(self, *arguments: str) -> None:
        run_to_end(("hub", "--data", str(self.folder / "hub"), "--plant", PLANT, *arguments))

    def _enrol(self, door: Door) -> None:
        device, ports = DEVICES[door], self.ports[door]
        credentials, reference = f"{door}-credentials.toml", f"{door}-reference.ndjson"
        self._hub_command(
            *("enrol", device, "--plant", PLANT, "--hub", self._hub_url_of(door)),
            *("--out", str(self.folder / credentials)),
        )
        self._hub_command("provision", device, "--plant", PLANT, "--out", str(self.folder / reference))
        settings = f"""\
data = "kiosk-{door}"
port = {ports.page}
credentials = "{credentials}"
provision = "{reference}"
samples = "{door}-samples.json"
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
        (self.folder / f"{door}.toml").write_text(settings, encoding="utf-8")
        (self.folder / f"{door}-samples.json").write_bytes(msgspec.json.encode(samples(door)))


def _file_rows(kind: str) -> list[dict[str, str]]:
    with (DATA / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def samples(door: Door) -> list[dict[str, Any]]:
    """Return the sheet of codes of the on-screen scanner, for whoever takes over by hand."""
    people = ("人员", "People")
    orders = ("单据", "Documents")
    places = ("库位", "Places")
    goods = ("货物", "Goods")
    cards = ("指令卡", "Command cards")
    other = ("别的码", "Other codes")
    rows: dict[Door, tuple[tuple[str, str, str, tuple[str, str]], ...]] = {
        "fabric": (
            ("王秀英", "Wang Xiuying", WANG, people),
            ("李强（主管）", "Li Qiang (leader)", LI, people),
            ("订单 0815 面料", "Order 0815, fabric", document_code("PO-2026-0815"), orders),
            ("订单 0817 纱线", "Order 0817, yarn", document_code("PO-2026-0817"), orders),
            ("移位卡", "Card: move", document_code("YW"), orders),
            ("盘点卡", "Card: stocktake", document_code("PD"), orders),
            ("RM-A-01", "RM-A-01", place_code("RM-A-01"), places),
            ("RM-A-02", "RM-A-02", place_code("RM-A-02"), places),
            ("待处理 RM-Q-01", "Quarantine RM-Q-01", place_code("RM-Q-01"), places),
            (
                "罗纹 12.4 kg 48 m D-204",
                "Rib 12.4 kg 48 m D-204",
                "]C131010001243110000048241F-2050\x1d10D-204",
                goods,
            ),
            (
                "罗纹 11.9 kg 46 m D-204",
                "Rib 11.9 kg 46 m D-204",
                "]C131010001193110000046241F-2050\x1d10D-204",
                goods,
            ),
        ),
        "trims": (
            ("陈海", "Chen Hai", CHEN, people),
            ("李强（主管）", "Li Qiang (leader)", LI, people),
            ("订单 0816 辅料", "Order 0816, trims", document_code("PO-2026-0816"), orders),
            ("移位卡", "Card: move", document_code("YW"), orders),
            ("盘点卡", "Card: stocktake", document_code("PD"), orders),
            ("TR-B-01", "TR-B-01", place_code("TR-B-01"), places),
            ("TR-B-02", "TR-B-02", place_code("TR-B-02"), places),
            ("纽扣一箱 144", "Buttons, carton of 144", "14006381333938", goods),
            ("拉链一箱 200", "Zips, carton of 200", "15012345678907", goods),
        ),
    }
    shared = (
        ("完成", "Done", DONE, cards),
        ("撤销", "Undo", UNDO, cards),
        ("是", "Yes", YES, cards),
        ("不认识的码", "A code nobody knows", "HELLO-42", other),
        ("损坏的库位码", "A damaged place code", place_code("RM-A-01")[:-2] + "77", other),
        ("别家的 EAN", "A foreign EAN", "5901234123457", other),
    )
    return [
        {"title": {"zh": zh, "en": en}, "code": code, "group": {"zh": group[0], "en": group[1]}}
        for zh, en, code, group in (*rows[door], *shared)
    ]
