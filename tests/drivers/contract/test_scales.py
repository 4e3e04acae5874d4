"""Every kind of scale keeps the same promises. A new kind adds one rig to RIGS."""

import os
import pty
import threading
import time
import tty
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.quantity import Quantity
from domain.settings import SettingsError
from drivers.scale import NoWeight, ScaleOutput, ScaleStatus, Weight, open_scale, scale_kinds
from drivers.scales.virtual import VirtualScale
from tests.drivers.listening import Listener, eventually

FRAME_S = 0.03


class Rig(ABC):
    """A kind of scale with its cable and its pan in the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scale: Any = None

    @abstractmethod
    def settings(self) -> dict[str, Any]: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def put(self, kilograms: str) -> None:
        """Lay so much on it; it comes to rest there."""

    @abstractmethod
    def moves(self) -> None:
        """From now on it does not come to rest."""

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def close(self) -> None:
        """Let go of everything."""


class SerialRig(Rig):
    """A scale behind a pseudo-terminal, which sends its frames again and again."""

    KIND = ""

    @abstractmethod
    def frame(self, kilograms: str, *, is_stable: bool) -> bytes: ...

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._master = -1
        self._frame = b""
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def _send(self) -> None:
        while not self._done.wait(FRAME_S):
            with self._lock:
                if self._master >= 0 and self._frame:
                    os.write(self._master, self._frame)

    def settings(self):
        return {"kind": self.KIND, "path": str(self.folder / "line"), "rescan_ms": 20}

    def plug_in(self):
        master, slave = pty.openpty()
        tty.setraw(slave)
        (self.folder / "line").symlink_to(os.ttyname(slave))
        os.close(slave)
        self.says("0.00", is_stable=True)
        with self._lock:
            self._master = master

    def says(self, kilograms: str, *, is_stable: bool) -> None:
        with self._lock:
            self._frame = self.frame(kilograms, is_stable=is_stable)

    def put(self, kilograms):
        self.says(kilograms, is_stable=True)

    def moves(self):
        self.says("3.33", is_stable=False)

    def unplug(self):
        with self._lock:
            (self.folder / "line").unlink()
            os.close(self._master)
            self._master = -1

    def close(self):
        self._done.set()
        self._thread.join(5)
        if self._master >= 0:
            os.close(self._master)


class MtSicsRig(SerialRig):
    KIND = "mt_sics"

    def frame(self, kilograms: str, *, is_stable: bool) -> bytes:
        return f"S {'S' if is_stable else 'D'} {kilograms:>10} kg\r\n".encode()


class AndCasRig(SerialRig):
    KIND = "and_cas"

    def frame(self, kilograms: str, *, is_stable: bool) -> bytes:
        return f"{'ST' if is_stable else 'US'},GS,+{kilograms:0>7}kg\r\n".encode()


class VirtualRig(Rig):
    def settings(self):
        return {"kind": "virtual"}

    def plug_in(self):
        if isinstance(self.scale, VirtualScale):
            self.scale.replug()
            self.scale.misbehave(None)

    def put(self, kilograms):
        self.scale.put(kilograms)

    def moves(self):
        self.scale.misbehave("unstable")

    def unplug(self):
        self.scale.unplug()

    def close(self):
        self.scale.stop()


RIGS = {"and_cas": AndCasRig, "mt_sics": MtSicsRig, "virtual": VirtualRig}


@pytest.fixture(params=scale_kinds())
def rig(request, tmp_path):
    assert request.param in RIGS, f"the kind {request.param} needs a rig in this file"
    made = RIGS[request.param](tmp_path)
    made.scale = open_scale({"name": "bench", **made.settings()})
    yield made
    made.scale.stop()
    made.close()


@pytest.fixture
def listener():
    return Listener[ScaleOutput]()


def states(listener) -> list[str]:
    return [one.state for one in listener.heard if isinstance(one, ScaleStatus)]


def ready(rig, listener, times: int = 1):
    if times == 1:
        rig.scale.start(listener)
    rig.plug_in()
    listener.waits_for(lambda _: states(listener).count("ready") >= times, "ready")


def at_rest(kilograms: str):
    wanted = Quantity.of(kilograms, "KGM")
    return lambda heard: (
        isinstance(heard[-1], Weight) and heard[-1].is_stable and heard[-1].quantity == wanted
    )


def test_every_kind_has_a_rig_here():
    assert set(scale_kinds()) == set(RIGS)


def test_a_weight_at_rest_arrives_with_name_unit_and_moment(rig, listener):
    ready(rig, listener)
    rig.put("21.40")
    listener.waits_for(at_rest("21.4"), "21.4 kg at rest")
    weights = [one for one in listener.heard if isinstance(one, Weight)]
    assert {one.device for one in weights} == {"bench"}
    assert [one.monotonic_ms for one in weights] == sorted(one.monotonic_ms for one in weights)


@pytest.mark.fault("S11")
def test_what_does_not_come_to_rest_is_never_stable(rig, listener):
    ready(rig, listener)
    rig.put("21.40")
    listener.waits_for(at_rest("21.4"), "at rest")
    rig.moves()
    listener.waits_for(lambda heard: isinstance(heard[-1], Weight) and not heard[-1].is_stable, "moving")
    count = len(listener.heard)
    listener.waits_for(lambda heard: len(heard) > count + 2, "more of it")
    assert not any(isinstance(one, Weight) and one.is_stable for one in listener.heard[count:])


@pytest.mark.fault("S11")
def test_unplugged_it_says_so_and_weighs_again_within_3_s_of_being_plugged_in(rig, listener):
    for number in range(1, 4):
        ready(rig, listener, number)
        plugged_in_s = time.monotonic()
        rig.put(f"{number}.50")
        listener.waits_for(at_rest(f"{number}.5"), f"load {number}")
        assert time.monotonic() - plugged_in_s < 3
        rig.unplug()
        listener.waits_for(lambda _, n=number: states(listener).count("lost") >= n, "lost")


def test_a_weight_at_rest_is_said_again_but_not_more_often_than_a_screen_can_show(rig, listener):
    ready(rig, listener)
    rig.put("5.00")
    listener.waits_for(at_rest("5"), "at rest")
    count = len(listener.heard)
    listener.waits_for(lambda heard: len(heard) >= count + 2, "said again")
    first, second = listener.heard[-2:]
    assert second.monotonic_ms - first.monotonic_ms >= 450


def test_after_stop_it_is_silent_and_its_threads_are_gone(rig, listener):
    ready(rig, listener)
    rig.scale.stop()
    heard = len(listener.heard)
    eventually(lambda: not [t for t in threading.enumerate() if t.name == "scale-bench"], "threads are gone")
    assert len(listener.heard) == heard


def test_an_unknown_key_or_kind_is_refused_by_name(rig):
    with pytest.raises(SettingsError, match="name"):
        open_scale({"nmae": "bench", **rig.settings()})
    with pytest.raises(SettingsError, match="did you mean 'virtual'"):
        open_scale({"kind": "vitrual", "name": "bench"})


def test_what_a_scale_says_can_be_written_down_and_read_back(rig, listener):
    ready(rig, listener)
    listener.waits_for(at_rest("0"), "at rest")
    for output in (*listener.heard, NoWeight(reason="overload", device="bench", monotonic_ms=1)):
        assert msgspec.json.decode(msgspec.json.encode(output), type=ScaleOutput) == output
