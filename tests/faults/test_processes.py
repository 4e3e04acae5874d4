"""Real processes that are killed, stopped, starved and started twice."""

from __future__ import annotations

import contextlib
import os
import queue
import random
import resource
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.events.documents import LineRecorded
from domain.log import event_of
from tests.faults.plant_floor import HubProcess, Terminal, held_by, make_hub, running_hub
from tests.kiosk.process import KioskProcess, entries_of, write_settings
from tests.kiosk.test_kill import Watcher, _lot, roll
from tests.world import KEEPER, ORDER, badge_code, order_code, place_code

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SEED = 20261122
CLIENTS = tuple(f"K{number}" for number in range(1, 9))
KILLS = 6
NOTICED_S_MAX = 30.0


class Eyes(Watcher):
    """What an operator has been told so far."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.told: set[str] = set()

    def look(self, wait_s: float = 0.0) -> set[str]:
        """Take in every screen that came; returns the lots shown as stored, ever."""
        with contextlib.suppress(queue.Empty):
            while True:
                html = self._pushed.get(timeout=wait_s or 0.001)
                if "tone-stored" in html and _lot(html):
                    self.told.add(_lot(html))
        return self.told

    def waits_for(self, lot: str) -> None:
        """Wait until a lot is shown as stored."""
        end_s = time.monotonic() + NOTICED_S_MAX
        while lot not in self.look(0.05):
            assert time.monotonic() < end_s, f"{lot} was never confirmed"


@contextlib.contextmanager
def receiving(folder: Path, settings: Path) -> Iterator[tuple[KioskProcess, Eyes]]:
    """A kiosk in the middle of a receipt, with somebody who looks at it."""
    kiosk = KioskProcess(folder, settings)
    eyes = Eyes(kiosk.ready.split()[-1])
    try:
        kiosk.scan(badge_code(KEEPER), order_code(ORDER), roll(0), place_code("RM-A-01"))
        eyes.waits_for("L0")
        yield kiosk, eyes
    finally:
        eyes.close()
        if kiosk.process.poll() is None:
            kiosk.process.send_signal(signal.SIGCONT)
            kiosk.stop()
        else:
            kiosk._end()


def lots_of(folder: Path) -> list[str]:
    events = [event_of(entry.envelope) for entry in entries_of(folder)]
    return [str(one.values["lot"]) for one in events if isinstance(one, LineRecorded)]


def stop_still(*pids: int) -> None:
    """Stop processes and see that each of their threads stands: the signal alone is only a wish."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    end_s = time.monotonic() + NOTICED_S_MAX
    tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    while any(_fields(task)[0] != "T" for task in tasks if task.exists()):
        assert time.monotonic() < end_s, "it does not stand still"
        time.sleep(0.01)


def group_of(leader: int) -> list[int]:
    """Every process of a group: a hub is a server and its worker."""
    found = [one for one in Path("/proc").iterdir() if one.name.isdigit()]
    return [int(one.name) for one in found if one.exists() and int(_fields(one)[2]) == leader]


def _fields(process: Path) -> list[str]:
    """What the system says of a process after its name (proc(5)): state, parent, group …"""
    try:
        return (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:  # it ended in between
        return ["T", "0", "0"]


@contextlib.contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[Path]:
    """A disk of its own for a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take the last byte of a disk."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"x")
    return filler


# --- the hub ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def uploading(kiosks: list[Terminal]) -> Iterator[None]:
    """Let every kiosk record and upload without a pause meanwhile."""
    stopping = threading.Event()

    def work(one: Terminal) -> None:
        while not stopping.is_set():
            one.records(3)
            one.sync.round()
            time.sleep(0.01)

    threads = [threading.Thread(target=work, args=(one,), daemon=True) for one in kiosks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


@pytest.mark.fault("H1", "H2")
def test_a_hub_killed_while_eight_kiosks_upload_keeps_all_it_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    folder = tmp_path / "data"
    make_hub(folder, CLIENTS)
    hub = HubProcess(folder)
    kiosks = [Terminal(tmp_path / name, name, hub.address) for name in CLIENTS]
    try:
        with uploading(kiosks):
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.05, 0.6))
                promised = {one.name: one.store.log.acknowledged for one in kiosks}
                hub.kill()
                held = held_by(folder)
                for name, sequence in promised.items():
                    assert len(held.get(name, [])) >= sequence
                hub = HubProcess(folder, port=hub.target[1])
        for one in kiosks:
            one.drains()
            assert one.store.log.epoch == 1
        held = held_by(folder)
        assert held == {one.name: one.ids() for one in kiosks}
        assert sum(map(len, held.values())) > KILLS * len(CLIENTS)
    finally:
        for one in kiosks:
            one.close()
        hub.kill()


@pytest.mark.fault("N4", "H4")
def test_a_hub_that_stands_still_is_waited_for_no_longer_than_agreed_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_hub(folder, ["K1"])
    with running_hub(folder) as hub:
        kiosk = Terminal(tmp_path / "K1", "K1", hub.address)
        kiosk.records(10)
        stop_still(*group_of(hub.process.pid))
        kiosk.sync.round()
        assert kiosk.sync.connectivity.reason == "timeout"
        assert kiosk.store.log.acknowledged == 0
        kiosk.records(10)
        hub.signal(signal.SIGCONT)
        kiosk.drains()
        assert held_by(folder) == {"K1": kiosk.ids()}
        kiosk.close()


@pytest.mark.fault("H5")
def test_a_second_hub_on_one_database_writes_nothing_into_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_hub(folder, ["K1"])
    with running_hub(folder) as hub:
        with pytest.raises(RuntimeError), running_hub(folder):
            pass
        kiosk = Terminal(tmp_path / "K1", "K1", hub.address)
        kiosk.records(20)
        kiosk.drains()
        kiosk.close()
    assert len(held_by(folder)["K1"]) == 20
    with running_hub(folder):
        pass  # the lock went with its holder


@pytest.mark.fault("B3")
@pytest.mark.needs("mount")
def test_a_hub_whose_disk_is_full_answers_busy_shows_what_it_has_and_goes_on_with_room(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", 24) as disk:
        folder = disk / "data"
        make_hub(folder, ["K1"])
        with running_hub(folder) as hub:
            kiosk = Terminal(tmp_path / "K1", "K1", hub.address)
            kiosk.records(50)
            kiosk.drains()
            filler = fill(disk)
            for _ in range(40):
                kiosk.records(50)
                kiosk.sync.round()
                if kiosk.sync.connectivity.state == "slow":
                    break
            assert kiosk.sync.connectivity.reason == "busy"
            assert kiosk.store.log.pending > 0
            with urllib.request.urlopen(f"{hub.address}/api/v1/health", timeout=10) as answer:
                assert answer.status == 200
            filler.unlink()
            kiosk.drains()
            assert held_by(folder) == {"K1": kiosk.ids()}
            kiosk.close()


# --- the kiosk -------------------------------------------------------------------------------------------------------


@pytest.mark.fault("K4")
def test_a_kiosk_that_stood_still_takes_what_was_scanned_meanwhile_once(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, page=True)
    with receiving(tmp_path, settings) as (kiosk, eyes):
        stop_still(kiosk.process.pid)
        scanning = threading.Thread(target=kiosk.scan, args=(roll(1), roll(2)))
        scanning.start()
        scanning.join(0.3)
        assert scanning.is_alive()
        assert eyes.look(0.1) == {"L0"}
        kiosk.process.send_signal(signal.SIGCONT)
        scanning.join()
        eyes.waits_for("L2")
    assert lots_of(tmp_path) == ["L0", "L1", "L2"]


@pytest.mark.parametrize("_time", range(3))
def test_a_kiosk_that_just_stood_still_ends_when_it_is_told(tmp_path: Path, _time: int) -> None:
    """The system may hand the signal to any thread then; the main one has to find out by itself."""
    settings = write_settings(tmp_path, page=True)
    with receiving(tmp_path, settings) as (kiosk, _eyes):
        stop_still(kiosk.process.pid)
        kiosk.process.send_signal(signal.SIGCONT)
        kiosk.process.send_signal(signal.SIGTERM)
        assert kiosk.process.wait(20) == 0


@pytest.mark.fault("K5")
def test_a_kiosk_that_gets_no_more_memory_loses_nothing_it_confirmed(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, page=True)
    with receiving(tmp_path, settings) as (kiosk, eyes):
        pid = kiosk.process.pid
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
        used = pages * resource.getpagesize()
        resource.prlimit(pid, resource.RLIMIT_AS, (used, resource.RLIM_INFINITY))
        with pytest.raises(OSError):  # there is no room for one more thread
            urllib.request.urlopen(kiosk.ready.split()[-1], timeout=2)
        with contextlib.suppress(OSError):
            for number in range(1, 60):
                kiosk.scan(roll(number))
                eyes.look()
        eyes.look(0.2)
        if kiosk.process.poll() is None:
            resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            kiosk.kill()
    told = eyes.told
    lots = lots_of(tmp_path)
    assert told <= set(lots)
    assert len(lots) == len(set(lots))
    with receiving_again(tmp_path, settings) as (kiosk, eyes):
        kiosk.scan(roll(100))
        eyes.waits_for("L100")


@contextlib.contextmanager
def receiving_again(folder: Path, settings: Path) -> Iterator[tuple[KioskProcess, Eyes]]:
    kiosk = KioskProcess(folder, settings)
    eyes = Eyes(kiosk.ready.split()[-1])
    try:
        yield kiosk, eyes
    finally:
        eyes.close()
        kiosk.stop()


@pytest.mark.fault("D2")
@pytest.mark.needs("mount")
def test_a_kiosk_whose_card_is_full_confirms_nothing_it_cannot_keep_and_goes_on_with_room(
    tmp_path: Path,
) -> None:
    settings = write_settings(tmp_path, page=True)
    with small_disk(tmp_path / "data", 24) as disk:
        with receiving(tmp_path, settings) as (kiosk, eyes):
            filler = fill(disk)
            for number in range(1, 30):
                kiosk.scan(roll(number))
                eyes.look(0.02)
            refused = {f"L{number}" for number in range(1, 30)} - eyes.look(0.2)
            assert refused
            filler.unlink()
            end_s = time.monotonic() + NOTICED_S_MAX
            for number in range(100, 200):
                kiosk.scan(roll(number))
                if f"L{number}" in eyes.look(0.3):
                    break
                assert time.monotonic() < end_s, "it did not go on when there was room"
        lots = lots_of(tmp_path)
        assert eyes.told <= set(lots)
        assert len(lots) == len(set(lots))


@pytest.mark.fault("D5")
@pytest.mark.needs("mount")
def test_a_kiosk_on_a_read_only_card_says_so_and_does_not_begin(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    with small_disk(tmp_path / "data", 24) as disk:
        assert KioskProcess(tmp_path, settings).stop() == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(RuntimeError) as said:
            KioskProcess(tmp_path, settings)
        assert "Traceback" not in str(said.value)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert KioskProcess(tmp_path, settings).stop() == 0


@pytest.mark.fault("D8")
@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_a_kiosk_whose_file_was_replaced_by_an_empty_one_does_not_go_on_as_the_old_one(
    tmp_path: Path, how: str
) -> None:
    settings = write_settings(tmp_path)
    kiosk = KioskProcess(tmp_path, settings)
    kiosk.scan(badge_code(KEEPER))
    assert kiosk.stop() == 0
    for file in (tmp_path / "data").glob("kiosk.db*"):
        file.unlink()
    if how == "emptied":
        (tmp_path / "data" / "kiosk.db").touch()
    with pytest.raises(RuntimeError) as said:
        KioskProcess(tmp_path, settings)
    assert "Traceback" not in str(said.value)


@pytest.mark.fault("K7")
def test_of_two_kiosks_on_one_file_the_second_says_that_it_is_in_use_and_the_first_goes_on(
    tmp_path: Path,
) -> None:
    settings = write_settings(tmp_path, page=True)
    with receiving(tmp_path, settings) as (kiosk, eyes):
        with pytest.raises(RuntimeError) as said:
            KioskProcess(tmp_path, settings)
        assert "Traceback" not in str(said.value)
        kiosk.scan(roll(1))
        eyes.waits_for("L1")
    assert lots_of(tmp_path) == ["L0", "L1"]
