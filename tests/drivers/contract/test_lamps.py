"""Every kind of lamp keeps the same promises. A new kind adds one rig to RIGS."""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import tty
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Self

import gpiod
import pytest

from domain.settings import SettingsError
from drivers.lamp import DARK, Lamp, LampStatus, Light, Shine, lamp_kinds, open_lamp
from drivers.lamps.serial_tower import MODELS
from tests.drivers.listening import Listener, eventually

GREEN, AMBER, RED, BUZZER = Light.GREEN, Light.AMBER, Light.RED, Light.BUZZER
LONG_MS, SHORT_MS = 60_000, 150


class Rig(ABC):
    """A kind of lamp that the test can look at. It has no blue."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch

    @abstractmethod
    def settings(self) -> dict[str, Any]: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def shows(self) -> set[Light]:
        """Return what is on."""


class LedRig(Rig):
    """LEDs as the kernel shows them, in a folder."""

    def settings(self) -> dict[str, Any]:
        lights = {one: f"tower:{one}" for one in (GREEN, AMBER, RED, BUZZER)}
        return {"kind": "leds", "folder": str(self.folder), "lights": lights}

    def plug_in(self) -> None:
        for one in (GREEN, AMBER, RED, BUZZER):
            led = self.folder / f"tower:{one}"
            led.mkdir(parents=True)
            (led / "max_brightness").write_text("255\n")
            (led / "brightness").write_text("0")

    def unplug(self) -> None:
        self.folder.rename(self.folder.with_name("gone"))

    def shows(self) -> set[Light]:
        return {
            one
            for one in (GREEN, AMBER, RED, BUZZER)
            if (self.folder / f"tower:{one}" / "brightness").read_text() == "255"
        }


class TowerRig(Rig):
    """A tower behind a pseudo-terminal that does what the bytes say."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, patch)
        self.on: set[Light] = set()
        self.master = -1

    def settings(self) -> dict[str, Any]:
        return {"kind": "serial_tower", "path": str(self.folder / "tty"), "model": "adafruit_5125"}

    def plug_in(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "tty").symlink_to(os.ttyname(slave))
        os.close(slave)

    def unplug(self) -> None:
        os.close(self.master)
        (self.folder / "tty").unlink()

    def shows(self) -> set[Light]:
        try:
            said = os.read(self.master, 4096)
        except OSError:
            said = b""
        for byte in said:
            for light, (on, off) in MODELS["adafruit_5125"].items():
                if byte == int(on, 16):
                    self.on.add(light)
                if byte == int(off, 16):
                    self.on.discard(light)
        return self.on


class GpioRig(Rig):
    """A chip that only remembers: what stands behind it is the kernel's, and needs a machine with pins."""

    LINES: ClassVar = {GREEN: 17, AMBER: 27, RED: 22, BUZZER: 23}

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, patch)
        self.is_there, self.values = False, dict[int, Any]()
        patch.setattr(gpiod, "request_lines", self._request)

    def settings(self) -> dict[str, Any]:
        return {"kind": "gpio", "chip": "/dev/gpiochip9", "lights": dict(self.LINES), "active_low": True}

    def _request(self, path: str, consumer: str, config: dict[Any, Any]) -> GpioRig:
        if not self.is_there:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        [(lines, how)] = config.items()
        assert (path, consumer, set(lines)) == ("/dev/gpiochip9", "noac", set(self.LINES.values()))
        assert how.active_low
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def set_values(self, values: dict[int, Any]) -> None:
        if not self.is_there:
            raise OSError(errno.ENODEV, "No such device")
        self.values = values

    def plug_in(self) -> None:
        self.is_there = True

    def unplug(self) -> None:
        self.is_there = False

    def shows(self) -> set[Light]:
        return {one for one, line in self.LINES.items() if self.values.get(line) is gpiod.line.Value.ACTIVE}


RIGS: dict[str, type[Rig]] = {"leds": LedRig, "serial_tower": TowerRig, "gpio": GpioRig}


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr("drivers.lamp_device.TOLD_AGAIN_MS", 50)
    return RIGS[request.param](tmp_path / "lamp", monkeypatch)


@pytest.fixture
def ear() -> Listener[LampStatus]:
    return Listener()


@pytest.fixture
def lamp(rig: Rig, ear: Listener[LampStatus]) -> Iterator[Lamp]:
    lamp = open_lamp({**rig.settings(), "name": "tower", "rescan_ms": 20})
    yield lamp
    lamp.stop()


def test_every_kind_has_a_rig() -> None:
    assert sorted(RIGS) == list(lamp_kinds())


def test_it_flashes_an_answer_and_goes_back_to_what_it_stands_at(
    rig: Rig, lamp: Lamp, ear: Listener[LampStatus]
) -> None:
    rig.plug_in()
    lamp.start(ear)
    eventually(lambda: [one.state for one in ear.heard] == ["ready"], "its state")
    lamp.stand(Shine(lights=frozenset({AMBER})))
    eventually(lambda: rig.shows() == {AMBER}, "amber")
    lamp.flash(Shine(lights=frozenset({RED, BUZZER}), lasts_ms=SHORT_MS))
    eventually(lambda: rig.shows() == {RED, BUZZER}, "red and buzzer")
    eventually(lambda: rig.shows() == {AMBER}, "amber")
    lamp.stand(DARK)
    eventually(lambda: rig.shows() == set(), "it is dark")


def test_it_blinks(rig: Rig, lamp: Lamp, ear: Listener[LampStatus]) -> None:
    rig.plug_in()
    lamp.start(ear)
    lamp.stand(Shine(lights=frozenset({GREEN}), blink_ms=60))
    for _ in range(3):
        eventually(lambda: rig.shows() == {GREEN}, "green")
        eventually(lambda: rig.shows() == set(), "it is dark")


def test_the_next_answer_takes_the_place_of_the_one_before(
    rig: Rig, lamp: Lamp, ear: Listener[LampStatus]
) -> None:
    rig.plug_in()
    lamp.start(ear)
    lamp.flash(Shine(lights=frozenset({RED}), lasts_ms=LONG_MS))
    eventually(lambda: rig.shows() == {RED}, "red")
    lamp.flash(Shine(lights=frozenset({GREEN}), lasts_ms=LONG_MS))
    eventually(lambda: rig.shows() == {GREEN}, "green")


def test_a_lamp_without_blue_shows_amber_for_it(rig: Rig, lamp: Lamp, ear: Listener[LampStatus]) -> None:
    rig.plug_in()
    lamp.start(ear)
    lamp.stand(Shine(lights=frozenset({Light.BLUE})))
    eventually(lambda: rig.shows() == {AMBER}, "amber")


def test_one_that_was_pulled_out_says_so_and_comes_back_as_it_should_be(
    rig: Rig, lamp: Lamp, ear: Listener[LampStatus]
) -> None:
    lamp.start(ear)
    eventually(lambda: [one.state for one in ear.heard] == ["searching"], "its state")
    rig.plug_in()
    lamp.stand(Shine(lights=frozenset({RED})))
    eventually(lambda: rig.shows() == {RED}, "red")
    rig.unplug()
    eventually(lambda: ear.heard[-1].state in {"lost", "searching"}, "its state")
    assert [one.state for one in ear.heard][:3] == ["searching", "ready", "lost"]
    rig.plug_in()
    eventually(lambda: ear.heard[-1].state == "ready", "its state")
    eventually(lambda: rig.shows() == {RED}, "red")


def test_it_is_dark_when_the_kiosk_has_stopped(rig: Rig, lamp: Lamp, ear: Listener[LampStatus]) -> None:
    rig.plug_in()
    lamp.start(ear)
    lamp.stand(Shine(lights=frozenset({RED})))
    eventually(lambda: rig.shows() == {RED}, "red")
    lamp.stop()
    assert rig.shows() == set()


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "gpio", "name": "a"},
        {"kind": "gpio", "name": "a", "lights": {"violet": 3}},
        {"kind": "gpio", "name": "a", "lights": {"red": -1}},
        {"kind": "leds", "name": "a", "lights": {"red": "../../etc"}},
        {"kind": "serial_tower", "name": "a", "model": "adafruit_5125"},
        {"kind": "serial_tower", "name": "a", "path": "/dev/ttyUSB0"},
        {"kind": "serial_tower", "name": "a", "path": "/dev/ttyUSB0", "on": {"red": "11"}},
        {
            "kind": "serial_tower",
            "name": "a",
            "path": "/dev/ttyUSB0",
            "on": {"red": "1"},
            "off": {"red": "2"},
        },
        {"kind": "lighthouse", "name": "a"},
    ],
)
def test_a_lamp_that_cannot_be_is_refused_before_anything_is_touched(table: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        open_lamp(table)


def test_a_relay_board_is_bytes_in_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = TowerRig(tmp_path / "lamp", monkeypatch)
    rig.plug_in()
    lamp = open_lamp(
        {
            "kind": "serial_tower",
            "name": "relay",
            "path": str(rig.folder / "tty"),
            "on": {"red": "a00101a2"},
            "off": {"red": "a00100a1"},
        }
    )
    lamp.start(lambda _status: None)
    said = bytearray()

    def heard(bytes_: bytes) -> bool:
        with contextlib.suppress(OSError):  # nothing yet, or nobody has opened the line
            said.extend(os.read(rig.master, 4096))
        return bytes_ in said

    eventually(lambda: heard(bytes.fromhex("a00100a1")), "the bytes")
    lamp.stand(Shine(lights=frozenset({RED})))
    eventually(lambda: heard(bytes.fromhex("a00101a2")), "the bytes")
    lamp.stop()
