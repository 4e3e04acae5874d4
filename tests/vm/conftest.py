"""One machine for the whole story, and a report of it: `make vm`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from drivers.emulator.device import EmulatedPrinter
from tests.vm.image import make_image
from tests.vm.kiosk_pc import KioskPc
from tests.vm.machine import Machine
from tests.vm.report import Report
from tests.vm.stick import make_stick

BUILD = Path(__file__).parents[2] / "build" / "vm"
MS_PER_LABEL = 200
REPORT = pytest.StashKey[Report]()

AGAIN = "again"
"""Go on with the disk of the last run and the release on it, for whoever works on the tests."""

Timed = Callable[[str], AbstractContextManager[None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the machine out of `make test`: it takes minutes and emulates a whole PC."""
    if os.environ.get("NOAC_VM"):
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="a machine in software: make vm"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what became of each test for the report."""
    told = yield
    report = item.session.stash.get(REPORT, None)
    if report is not None and told.when == "call":
        report.tests.append((item.name, told.outcome, call.duration))
    return told


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """What is measured and seen; written at the end."""
    made = Report()
    request.session.stash[REPORT] = made
    yield made
    made.write()


@pytest.fixture(scope="session")
def timed(report: Report) -> Timed:
    """Measure a step of the story."""

    @contextmanager
    def measured(step: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        report.steps.append((step, time.monotonic() - begun))

    return measured


@pytest.fixture(scope="session")
def pc(timed: Timed, report: Report, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskPc]:
    """A kiosk as it leaves the workshop: set up, running, nothing plugged in but a printer."""
    with timed("Debian made (kept below build/vm until its packages change)"):
        image = make_image(BUILD)
    stick = BUILD / "stick.img"
    with timed("release built and signed, stick written"):
        make_stick(BUILD / "stick", stick)
    printer = EmulatedPrinter(folder=tmp_path_factory.mktemp("labels"), ms_per_label=MS_PER_LABEL)
    printer.start()
    machine = Machine(image, BUILD / "run", printer_port=printer.port, stick=stick)
    kiosk = KioskPc(machine, printer)
    is_new = os.environ["NOAC_VM"] != AGAIN or not machine.disk.exists()
    try:
        if is_new:
            machine.make_disk()
        with timed("first start of the machine"):
            machine.power_on()
        kiosk.take_the_stick()
        if is_new:
            with timed("release installed from the stick"):
                kiosk.install()
        else:
            report.notes.append("The release on the disk had been installed from a stick by a run before.")
            kiosk.begin_anew()
        with timed("users, units, rules and settings put in place"):
            kiosk.set_up()
        with timed("kiosk started"):
            kiosk.start()
        kiosk.watch()
        yield kiosk
    finally:
        machine.switch_off()
        printer.stop()
