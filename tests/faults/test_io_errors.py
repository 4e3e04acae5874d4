"""The n-th call to the disk fails, for n = 1, 2, 3 … until the use case passes untouched; once, and from then on.

Whatever fails: nobody is told "stored" of what is not, nothing is there by half, and the same act works afterwards.
"""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.wire import Change, Changes
from hub.importer import run_import
from hub.store.database import StoreBusyError, reading, writing
from kiosk.screen import ReprintView, Tone
from kiosk.store.errors import StoreError
from kiosk.store.log import Origin
from kiosk.store.store import Store
from tests.faults.disk import Disk, Failure, Trouble
from tests.faults.powercut import roll
from tests.faults.sqlite_disk import under_sqlite
from tests.hub.plant import Kiosk, P, Plant
from tests.scenarios.test_location_move import IN_STOCK, ROLL
from tests.terminal import Terminal, VirtualClock
from tests.world import (
    BUTTON,
    ITEMS,
    KEEPER,
    LEADER,
    NOW,
    ORDER,
    badge_code,
    order_code,
    place_code,
    unit_code,
)

pytestmark = [pytest.mark.slow, pytest.mark.needs("shared-sqlite"), pytest.mark.timeout(300)]
TROUBLES: tuple[Trouble, ...] = ("io_error", "disk_full", "short_write", "failed_sync", "read_only")
CALLS_EACH = 12
STRIDE, STRIDE_LASTING = 11, 40
"""So many calls of the hub are failed one by one; after them every so many: they are pages of the same write."""
CALLS_MAX = 2_000
EVERYTHING_SURVIVES, ONLY_SYNCED_SURVIVES = 1.0, 0.0


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of failures are thousands of complaints, all of them asked for."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def hub_numbers(failure: Failure) -> Iterator[int]:
    stride = STRIDE_LASTING if failure.is_lasting else STRIDE
    yield from range(1, CALLS_EACH + 1)
    yield from range(CALLS_EACH + stride, CALLS_MAX, stride)


def every_failure() -> Iterator[Callable[[int], Failure]]:
    for trouble in TROUBLES:
        for is_lasting in (False, True):
            yield lambda nth, trouble=trouble, is_lasting=is_lasting: Failure(
                trouble=trouble, nth=nth, is_lasting=is_lasting
            )


def after(disk: Disk, likely: float) -> Disk:
    return Disk({name: file.survivor(random.Random(1), likely) for name, file in disk.files.items()})


def apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Say where two dumps differ."""
    return str({name: (one[name], other.get(name)) for name in one if one[name] != other.get(name)})[:2000]


# --- the kiosk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class UseCase:
    """What comes before, and the one act that is to be whole or not there."""

    before: Callable[[Terminal], object]
    act: Callable[[Terminal], object]
    ready: Callable[[Terminal], object] = lambda _: None
    """What comes before it in the same life of the process."""
    is_promise: bool = True
    """Whether returning without complaint means that it is on the disk."""


def receives(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER), order_code(ORDER), roll("L1"), place_code("RM-A-01"))
    assert terminal.tone is Tone.STORED


def moves(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "YW")
    terminal.scans(unit_code(ROLL))


def counts(terminal: Terminal) -> None:
    terminal.scans(badge_code(KEEPER))
    terminal.touches("open_document", "PD")
    terminal.scans(place_code("RM-A-01"), control_code(ControlCommand.QUANTITY, "503"))


def submits(terminal: Terminal) -> None:
    counts(terminal)
    terminal.scans(BUTTON.number)
    for _ in range(3):
        terminal.scans(control_code(ControlCommand.DONE))
        if terminal.screen.question:
            terminal.touches("yes")


def asks_for_reprint(terminal: Terminal) -> None:
    receives(terminal)
    terminal.touches("home")
    terminal.touches("reprint")
    assert isinstance(terminal.view, ReprintView)
    job = terminal.view.jobs[0].job
    terminal.store.jobs.mark(job, "printed", "")  # what waits still is not asked for a second time
    terminal.touches("select_job", job)


def asks_to_undo(terminal: Terminal) -> None:
    receives(terminal)
    terminal.scans(control_code(ControlCommand.UNDO))


def is_sent(terminal: Terminal) -> None:
    receives(terminal)
    terminal.store.acknowledge(terminal.store.log.head.sequence)


PAGE = Changes(
    generation=1,
    cursor="r2",
    changes=tuple(
        Change(
            kind="item",
            key=item.id,
            body={"id": item.id, "number": item.number, "names": {}, "unit": item.unit},
        )
        for item in ITEMS
    ),
    epoch=1,
    complete_through=1,
    position=1,
    more=False,
    hub_time=NOW,
)


def hears(terminal: Terminal) -> None:
    terminal.store.care.hear(terminal.store.log.head_at(terminal.store.log.acknowledged), NOW)


SCREEN_CASES = {
    "sign on": UseCase(before=lambda _: None, act=lambda one: one.scans(badge_code(KEEPER))),
    "receipt line": UseCase(before=receives, act=lambda one: one.scans(roll("L2"))),
    "move line": UseCase(before=moves, act=lambda one: one.scans(place_code("RM-A-02"))),
    "stocktake line": UseCase(before=counts, act=lambda one: one.scans(BUTTON.number)),
    "undo": UseCase(before=asks_to_undo, act=lambda one: one.scans(control_code(ControlCommand.YES))),
    "complete": UseCase(before=receives, act=lambda one: one.scans(control_code(ControlCommand.DONE))),
    "approve": UseCase(before=submits, act=lambda one: one.scans(badge_code(LEADER))),
    "label again": UseCase(before=asks_for_reprint, act=lambda one: one.touches("reprint_reason", "damaged")),
    "refused scan": UseCase(before=receives, act=lambda one: one.scans("NOBODY-KNOWS-THIS")),
}
STORE_CASES = {
    "label state": UseCase(
        before=receives,
        act=lambda one: one.store.jobs.mark(one.store.jobs.latest()[0].requested.job, "sending", ""),
    ),
    "acknowledge": UseCase(before=receives, act=lambda one: one.store.acknowledge(3), is_promise=False),
    "apply changes": UseCase(before=receives, act=lambda one: one.store.apply(PAGE, NOW)),
    "begin epoch": UseCase(before=receives, act=lambda one: one.store.begin_epoch(2, NOW)),
    "forget": UseCase(
        before=is_sent, ready=hears, act=lambda one: one.store.care.forget_some(retention_days=-1)
    ),
}


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the file holds, but for the note that it was opened anew."""
    connection = store.connection
    tables = [
        row[0] for row in connection.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    held = {name: connection.rows(f"SELECT * FROM {name}") for name in tables}  # noqa: S608 (its own names)
    held["meta"] = [row for row in held["meta"] if row[0] != "reopened"]
    return {name: sorted(rows, key=repr) for name, rows in held.items()}


def reopened(folder: Path, disk: Disk) -> dict[str, list[tuple[Any, ...]]]:
    origin = Origin(plant="P1", device="K1", boot_id="boot-1", software="noac test")
    with under_sqlite(disk), contextlib.closing(Store(folder, origin)) as store:
        assert store.connection.rows("PRAGMA integrity_check") == [("ok",)]
        assert store.log.damages() == []
        return dump(store)


@dataclass(kw_only=True)
class Rig:
    """A kiosk as it is before the act, made again for every failure."""

    folder: Path
    case: UseCase
    image: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "kiosk.db").touch()
        disk = Disk()
        with under_sqlite(disk), contextlib.closing(Terminal(self.folder, balances=IN_STOCK)) as terminal:
            self.case.before(terminal)
        self.image = disk.image()

    @contextlib.contextmanager
    def terminal(self) -> Iterator[tuple[Disk, Terminal]]:
        disk = Disk(self.image)
        clock = VirtualClock(NOW)
        clock.advance(60)
        with under_sqlite(disk), contextlib.closing(Terminal(self.folder, clock=clock)) as terminal:
            self.case.ready(terminal)
            yield disk, terminal

    def expected(self) -> tuple[Any, Any, tuple[object, str]]:
        """What the file holds before and after, and how the screen answers."""
        with self.terminal() as (_, terminal):
            before = dump(terminal.store)
            self.case.act(terminal)
            assert terminal.tone is not Tone.FAULT
            return before, dump(terminal.store), (terminal.tone, terminal.says)


@pytest.mark.fault("D3", "K3", "D2")
@pytest.mark.parametrize("name", SCREEN_CASES)
def test_an_act_is_confirmed_only_when_it_is_on_the_disk_and_is_never_there_by_half(
    tmp_path: Path, name: str
) -> None:
    rig = Rig(folder=tmp_path, case=SCREEN_CASES[name])
    before, done, answer = rig.expected()
    assert before != done
    refused = 0
    for make in every_failure():
        for nth in range(1, CALLS_MAX):
            with rig.terminal() as (disk, terminal):
                screens = len(terminal.page.screens)
                disk.failure = failure = make(nth)
                rig.case.act(terminal)
                disk.failure = None
                told = (terminal.tone, terminal.says) == answer and len(terminal.page.screens) > screens
                refused += not told
                synced, visible = after(disk, ONLY_SYNCED_SURVIVES), after(disk, EVERYTHING_SURVIVES)
                if failure.hits:
                    terminal.waits(10)
                held = dump(terminal.store)
                if held == before:
                    rig.case.act(terminal)
                    assert (terminal.tone, terminal.says) == answer, (
                        f"{failure}: the same act does not work afterwards"
                    )
            for disk_left in (synced, visible):
                left = reopened(tmp_path, disk_left)
                assert left in (before, done), f"{failure}: half of it is there: {apart(left, before)}"
                assert not told or left == done, f"{failure}: confirmed and not there"
            assert held in (before, done), f"{failure}: the kiosk goes on with half of it"
            assert told or held == reopened(tmp_path, visible), f"{failure}: the kiosk believes otherwise"
            if not failure.hits:
                break
        else:
            pytest.fail("it never passed untouched")
    assert refused > 0


@pytest.mark.fault("D3")
@pytest.mark.parametrize("name", STORE_CASES)
def test_what_printers_and_the_hub_bring_is_on_the_disk_whole_or_not_at_all(
    tmp_path: Path, name: str
) -> None:
    case = STORE_CASES[name]
    rig = Rig(folder=tmp_path, case=case)
    before, done, _ = rig.expected()
    refused = 0
    for make in every_failure():
        for nth in range(1, CALLS_MAX):
            with rig.terminal() as (disk, terminal):
                disk.failure = failure = make(nth)
                told = True
                try:
                    case.act(terminal)
                except StoreError:
                    told = False
                    refused += 1
                disk.failure = None
                synced, visible = after(disk, ONLY_SYNCED_SURVIVES), after(disk, EVERYTHING_SURVIVES)
                assert terminal.store.log.damages() == []
            for disk_left in (synced, visible):
                left = reopened(tmp_path, disk_left)
                assert left in (before, done), f"{failure}: half of it is there: {apart(left, before)}"
                assert not (told and case.is_promise) or left == done, (
                    f"{failure}: taken for done and not there"
                )
            if not failure.hits:
                break
        else:
            pytest.fail("it never passed untouched")
    assert refused > 0 or not case.is_promise


# --- the hub ---------------------------------------------------------------------------------------------------------

SHEET = "编号,名称,单位\nY-100,棉纱,kg\nF-200,平纹布,MTR\n".encode()


def imports(plant: Plant, _kiosk: Kiosk) -> None:
    with writing(plant.engine) as connection:
        run_import(connection, plant.log, plant=P, kind="items", data=SHEET, dry_run=False)


HUB_CASES: dict[str, Callable[[Plant, Kiosk], object]] = {
    "ingest": lambda plant, kiosk: plant.takes(kiosk),
    "booking": lambda plant, _: plant.books(),
    "import": imports,
}


def hub_dump(plant: Plant) -> dict[str, list[tuple[Any, ...]]]:
    with reading(plant.engine) as connection:
        names = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        held = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names}  # noqa: S608 (its own names)
        return {name: sorted((tuple(row) for row in rows), key=repr) for name, rows in held.items()}


def hub_reopened(url: str, disk: Disk) -> dict[str, list[tuple[Any, ...]]]:
    with under_sqlite(disk):
        plant = Plant(url)
        try:
            with reading(plant.engine) as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            return hub_dump(plant)
        finally:
            plant.close()


@pytest.mark.fault("H1", "B3", "B1")
@pytest.mark.parametrize("name", HUB_CASES)
def test_what_the_hub_answers_for_is_on_the_disk_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    act = HUB_CASES[name]
    url = (
        f"sqlite:///{tmp_path / 'hub.sqlite'}"  # what lies beside the database is in a folder of this machine
    )
    disk = Disk()
    with under_sqlite(disk):
        plant = Plant(url)
        kiosk = plant.kiosk("K1")
        for value in ("1", "2", "3"):
            kiosk.receives(value)
        if name == "booking":
            plant.takes(kiosk)
        plant.close()
    image = disk.image()
    with under_sqlite(Disk(image)):
        plant = Plant(url)
        before = hub_dump(plant)
        act(plant, kiosk)
        done = hub_dump(plant)
        plant.close()
    assert before != done
    refused = 0
    for make in every_failure():
        for nth in hub_numbers(make(1)):
            disk = Disk(image)
            with under_sqlite(disk):
                plant = Plant(url)
                disk.failure = failure = make(nth)
                told = True
                try:
                    act(plant, kiosk)
                except StoreBusyError:
                    told = False
                    refused += 1
                disk.failure = None
                synced, visible = after(disk, ONLY_SYNCED_SURVIVES), after(disk, EVERYTHING_SURVIVES)
                if not told:
                    act(plant, kiosk)  # asked again, it does it
                    assert plant.books() == (0 if name == "import" else 3)
                plant.close()
            for disk_left in (synced, visible):
                left = hub_reopened(url, disk_left)
                assert left in (before, done), f"{failure}: half of it is there: {apart(left, before)}"
                assert not told or left == done, f"{failure}: answered for and not there"
            if not failure.hits:
                break
        else:
            pytest.fail("it never passed untouched")
    assert refused > 0


def test_a_failure_strikes_the_call_it_names_and_only_that_one() -> None:
    disk = Disk()
    file = disk.open("a", create=True)
    assert file is not None
    disk.failure = Failure(trouble="short_write", nth=2)
    struck = []
    for nth in count(1):
        try:
            disk.write(file, 0, b"abcd")
        except Exception:  # noqa: BLE001 - any of them would be a strike
            struck.append(nth)
        if nth == 4:
            break
    assert struck == [2]
    assert bytes(file.visible) == b"abcd"
