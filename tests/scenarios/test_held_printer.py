"""Other labels go into the printer: the storekeeper holds it, nothing comes out meanwhile, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.events.labels import LabelReported, LabelRequested, PrinterHeld, PrinterReleased
from drivers.emulator import EmulatedPrinter
from drivers.job import Job, PrinterHealth
from drivers.printer import open_printer
from drivers.spooler import Spooler, SpoolerSettings
from kiosk.screen import DeviceHealth, ReprintView, Words
from tests.drivers.listening import Listener, eventually
from tests.drivers.printing import printed_numbers, tiny_label
from tests.terminal import Terminal
from tests.world import KEEPER, badge_code

SEEDS = range(3)
TAPS = 40
QUICK = SpoolerSettings(look_interval_ms=10, retry_first_ms=10, retry_max_ms=20, confirm_interval_ms=5)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "kiosk")
    made.scans(badge_code(KEEPER))
    made.touches("reprint")
    yield made
    assert made.unspoken() == []
    made.close()


def buttons(terminal: Terminal) -> dict[str, str]:
    assert isinstance(terminal.view, ReprintView)
    return {one.action: one.value for one in terminal.view.buttons}


def door(terminal: Terminal) -> DeviceHealth:
    return next(one for one in terminal.screen.frame.devices if one.name == "door")


def prints(terminal: Terminal, emulator: EmulatedPrinter) -> Spooler:
    """The door's printer, on the kiosk's own queue; each label says in dots the how-manieth asked for it is."""
    printer = open_printer({"name": "door", "profile": "emulator", "address": emulator.address})

    def render(job: Job) -> bytes:
        number = int(job.job_id.partition("J")[2].partition(".")[0], 36)
        return tiny_label(printer, replace(job, job_id=str(number)))

    spooler = Spooler(
        printer=printer,
        queue=terminal.store.jobs,
        render=render,
        emit=Listener(),
        clock=terminal.clock,
        settings=QUICK,
    )
    spooler.start()
    return spooler


def state_of(terminal: Terminal, job: str) -> str:
    found = terminal.store.jobs.job(job)
    assert found is not None
    return found.state


def test_one_touch_holds_a_printer_and_one_lets_it_go(terminal: Terminal) -> None:
    terminal.takes(PrinterHealth(printer="door", state="ready", event_time=terminal.clock.now()))
    assert door(terminal).is_ready
    assert buttons(terminal)["hold_printer"] == "door"
    terminal.touches("hold_printer", "door")
    assert terminal.events(PrinterHeld) == [PrinterHeld(printer="door")]
    assert not door(terminal).is_ready
    assert door(terminal).says == Words(key="device.printer.on_hold")
    assert all("door" in sentence for sentence in terminal.spoken())
    assert buttons(terminal)["release_printer"] == "door"
    terminal.touches("release_printer", "door")
    assert terminal.events(PrinterReleased) == [PrinterReleased(printer="door")]
    assert door(terminal).is_ready


def test_a_held_printer_is_still_held_after_the_power_came_back(terminal: Terminal) -> None:
    terminal.touches("command_sheet")
    terminal.touches("hold_printer", "door")
    terminal.restarts()
    assert terminal.store.jobs.is_on_hold("door")
    assert terminal.store.jobs.oldest("door") is None
    assert door(terminal).queued == 1


def test_two_taps_hold_it_one_time_and_a_printer_nobody_has_is_not_held(terminal: Terminal) -> None:
    terminal.touches("hold_printer", "door")
    terminal.touches("hold_printer", "door")
    terminal.touches("hold_printer", "window")
    assert terminal.events(PrinterHeld) == [PrinterHeld(printer="door")]


def test_a_label_taken_up_in_the_moment_of_the_touch_does_not_go_out(terminal: Terminal) -> None:
    terminal.touches("command_sheet")
    taken = terminal.store.jobs.oldest("door")
    assert taken is not None
    terminal.touches("hold_printer", "door")
    assert not terminal.store.jobs.mark(taken.job_id, "sending", "")
    terminal.touches("release_printer", "door")
    assert terminal.store.jobs.mark(taken.job_id, "sending", "")


def test_the_label_on_its_way_comes_out_and_is_told_though_the_printer_is_held(terminal: Terminal) -> None:
    terminal.touches("command_sheet")
    taken = terminal.store.jobs.oldest("door")
    assert taken is not None
    assert terminal.store.jobs.mark(taken.job_id, "sending", "")
    terminal.touches("hold_printer", "door")
    assert terminal.store.jobs.mark(taken.job_id, "printed", "")
    assert state_of(terminal, taken.job_id) == "printed"


def test_a_label_of_a_held_printer_can_be_cancelled(terminal: Terminal) -> None:
    terminal.touches("hold_printer", "door")
    terminal.touches("command_sheet")
    job = terminal.events(LabelRequested)[-1].job
    terminal.touches("cancel_job", job)
    assert terminal.events(LabelReported)[-1] == LabelReported(job=job, state="cancelled")
    terminal.touches("release_printer", "door")
    assert terminal.store.jobs.oldest("door") is None


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_tapped_each_label_comes_out_once_and_none_while_it_is_held(
    terminal: Terminal, emulator: EmulatedPrinter, seed: int
) -> None:
    fate = random.Random(seed)
    spooler = prints(terminal, emulator)
    try:
        for _ in range(TAPS):
            match fate.randrange(4):
                case 0:
                    terminal.touches("hold_printer", "door")
                    gone = [one for one in terminal.store.jobs.latest(2 * TAPS) if not one.is_waiting]
                    eventually(
                        lambda gone=gone: len(printed_numbers(emulator)) == len(gone),
                        "what was on its way is out",
                    )
                case 1:
                    terminal.touches("release_printer", "door")
                case _:
                    before = len(printed_numbers(emulator))
                    terminal.touches("command_sheet")
                    if terminal.store.jobs.is_on_hold("door"):
                        assert len(printed_numbers(emulator)) == before
            spooler.wake()
        terminal.touches("release_printer", "door")
        wanted = terminal.events(LabelRequested)
        spooler.wake()
        eventually(
            lambda: all(state_of(terminal, one.job) == "printed" for one in wanted), "every label is out"
        )
    finally:
        spooler.stop()
    assert printed_numbers(emulator) == list(range(1, len(wanted) + 1))
