"""Every kind of scanner keeps the same promises. A new kind adds one rig to RIGS."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.settings import SettingsError
from drivers.scanner import Garbled, Scan, ScannerOutput, ScannerStatus, open_scanner, scanner_kinds
from drivers.scanners.virtual import VirtualScanner
from tests.drivers.listening import ScannerListener, eventually
from tests.scanners.guns import GUNS


class Rig(ABC):
    """A kind of scanner with its cable in the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scanner: Any = None

    @abstractmethod
    def settings(self) -> dict[str, Any]: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def scans(self, text: str) -> None: ...

    @abstractmethod
    def begins(self, text: str) -> None:
        """The first part of a code, without its end."""

    @abstractmethod
    def unplug(self) -> None: ...


class GunRig(Rig):
    """A real kind of scanner: its cable is that of `tests/scanners/guns.py`."""

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__(folder)
        self.gun = GUNS[kind](folder, "device")

    def settings(self):
        return {key: value for key, value in self.gun.table.items() if key != "name"}

    def plug_in(self):
        self.gun.plug_in()

    def scans(self, text):
        self.gun.scans(text)

    def begins(self, text):
        self.gun.sends(self.gun.begun(text))

    def unplug(self):
        self.gun.unplug()


class VirtualRig(Rig):
    def settings(self):
        return {"kind": "virtual"}

    def plug_in(self):
        if isinstance(self.scanner, VirtualScanner):
            self.scanner.replug()

    def scans(self, text):
        self.scanner.scan(text)

    def begins(self, text):
        self.scanner.scan(text, fault="no_terminator")

    def unplug(self):
        self.scanner.unplug()


class CameraRig(Rig):
    """The page's camera: a code is there whole or not at all."""

    def settings(self):
        return {"kind": "camera"}

    def plug_in(self):
        self.scanner.tell("ready")

    def scans(self, text):
        assert self.scanner.scan(text, "]C0")

    def begins(self, text):
        """It never hands over a part."""

    def unplug(self):
        self.scanner.tell("lost")


RIGS: dict[str, Callable[[Path], Rig]] = {
    **{kind: partial(GunRig, kind=kind) for kind in GUNS},
    "camera": CameraRig,
    "virtual": VirtualRig,
}


@pytest.fixture(params=scanner_kinds())
def rig(request, tmp_path):
    assert request.param in RIGS, f"the kind {request.param} needs a rig in this file"
    made = RIGS[request.param](tmp_path)
    made.scanner = open_scanner({"name": "door", **made.settings()})
    yield made
    made.scanner.stop()


@pytest.fixture
def listener():
    return ScannerListener()


def ready(rig, listener, times: int = 1):
    if rig.scanner._emit is None:
        rig.scanner.start(listener)
    plugging = threading.Thread(target=rig.plug_in)
    plugging.start()
    plugging.join(10)
    listener.waits_for_state("ready", times)


def test_every_kind_has_a_rig_here():
    assert set(scanner_kinds()) == set(RIGS)


def test_it_has_the_name_of_the_settings(rig):
    assert rig.scanner.name == "door"


def test_codes_arrive_whole_in_order_and_stamped(rig, listener):
    ready(rig, listener)
    codes = ["ZPA01C", "4006381333931", "a{b}~|\\ c"]
    for number, code in enumerate(codes, start=1):
        rig.scans(code)
        listener.waits_for(lambda _, n=number: len(listener.texts()) == n, code)
    scans = [each for each in listener.heard if isinstance(each, Scan)]
    assert [each.text for each in scans] == codes
    assert {each.device for each in scans} == {"door"}
    assert all(each.event_time.utcoffset() == timedelta(0) for each in scans)
    assert [each.monotonic_ms for each in scans] == sorted(each.monotonic_ms for each in scans)


@pytest.mark.fault("S1")
def test_unplugged_it_says_so_and_comes_back_by_itself(rig, listener):
    for number in range(1, 4):
        ready(rig, listener, number)
        rig.scans(f"CODE{number}")
        listener.waits_for(lambda _, n=number: len(listener.texts()) == n, "scan")
        rig.unplug()
        listener.waits_for_state("lost", number)
    assert listener.texts() == ["CODE1", "CODE2", "CODE3"]


@pytest.mark.fault("S2")
def test_a_code_cut_off_by_the_unplugged_cable_is_never_completed(rig, listener):
    ready(rig, listener)
    rig.begins("HALF")
    rig.unplug()
    listener.waits_for_state("lost")
    ready(rig, listener, 2)
    rig.scans("NEXT")
    listener.waits_for(lambda _: "NEXT" in listener.texts(), "next")
    assert listener.texts() == ["NEXT"]
    assert set(listener.garbled()) <= {"unplugged"}


def test_after_stop_it_is_silent_and_its_threads_are_gone(rig, listener):
    ready(rig, listener)
    rig.scanner.stop()
    heard = len(listener.heard)
    eventually(lambda: not [t for t in threading.enumerate() if t.name == "scanner-door"], "threads are gone")
    assert len(listener.heard) == heard


def test_an_unknown_key_is_refused_with_the_nearest_known_one(rig):
    with pytest.raises(SettingsError, match="name"):
        open_scanner({"nmae": "door", **rig.settings()})


def test_an_unknown_kind_is_refused_with_the_nearest_known_one():
    with pytest.raises(SettingsError, match="did you mean 'virtual'"):
        open_scanner({"kind": "vitrual", "name": "door"})
    with pytest.raises(SettingsError, match="kind"):
        open_scanner({"name": "door"})


def test_what_a_scanner_says_can_be_written_down_and_read_back(rig, listener):
    ready(rig, listener)
    rig.scans("ZPA01C")
    listener.waits_for_texts("ZPA01C")
    outputs = [
        *listener.heard,
        Garbled(device="door", reason="too_long"),
        ScannerStatus(device="d", state="lost"),
    ]
    for output in outputs:
        assert msgspec.json.decode(msgspec.json.encode(output), type=ScannerOutput) == output
