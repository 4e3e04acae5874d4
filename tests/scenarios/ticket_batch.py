"""A lay is cut and its tickets are asked for; the door's printer prints them, and each says in dots which it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.labels import LabelRequested
from domain.wire import Change
from drivers.emulator import EmulatedPrinter
from drivers.job import Job
from drivers.printer import open_printer
from drivers.spooler import Spooler, SpoolerSettings
from kiosk.devices import media_of
from tests.drivers.listening import Listener
from tests.drivers.printing import tiny_label
from tests.sewing import SIZES, WANG
from tests.terminal import Terminal
from tests.world import badge_code, unit_code

QUICK = SpoolerSettings(look_interval_ms=10, retry_first_ms=10, retry_max_ms=20, confirm_interval_ms=5)


def signed_on_at_cutting(folder: Path, changes: Sequence[Change]) -> Iterator[Terminal]:
    """The kiosk of the cutting table, with somebody signed on; at the end nothing was said without words."""
    made = Terminal(folder / "kiosk", more=changes)
    made.scans(badge_code(WANG))
    yield made
    assert made.unspoken() == []
    made.close()


def cut_tickets(terminal: Terminal, pieces: str = "20") -> list[LabelRequested]:
    """Cut a lay of 25 plies and 3 places in the marker, so many pieces to a bundle; the tickets it asks for."""
    terminal.touches("home")
    terminal.touches("station")
    terminal.touches("lay")
    terminal.touches("lay_order", SIZES.number)
    terminal.touches("lay_colour", "navy")
    for field, digits in (("lay_length", "480"), ("bundle_pieces", pieces), ("size.M", "1"), ("size.L", "2")):
        terminal.touches("tile", field)
        terminal.types(digits)
    for roll, plies in (("R0001", "15"), ("R0002", "10")):
        terminal.scans(unit_code(roll))
        terminal.types(plies)
    before = len(terminal.events(LabelRequested))
    terminal.scans(control_code(ControlCommand.DONE))
    return terminal.events(LabelRequested)[before:]


def ticket_number(serial: str) -> int:
    """The number a ticket's label says in dots."""
    return int(serial[-6:], 36)


OTHER = 60_000
"""What a label's dots say that is no ticket."""


def prints_tickets(terminal: Terminal, emulator: EmulatedPrinter, media: str = "") -> Spooler:
    """The door's printer, on the kiosk's own queue; `media` is what the settings say is in it."""
    printer = open_printer(
        {"name": "door", "profile": "emulator", "address": emulator.address, "media": media}
    )

    def render(job: Job) -> bytes:
        number = ticket_number(job.data["serial"]) if job.template == "bundle_ticket" else OTHER
        return tiny_label(printer, replace(job, job_id=str(number)))

    spooler = Spooler(
        printer=printer,
        queue=terminal.store.jobs,
        render=render,
        emit=Listener(),
        media_of=media_of,
        clock=terminal.clock,
        settings=QUICK,
    )
    spooler.start()
    return spooler
