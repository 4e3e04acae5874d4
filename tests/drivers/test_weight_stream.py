"""Bytes of scales, good and bad: no noise, cut or old frame ever becomes a weight at rest."""

import os
import pty
import random
import tty
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quantity import Quantity
from drivers.scale import NoWeight, ScaleOutput, ScaleStatus, Weight, open_scale
from drivers.scales.and_cas import decode as decode_and_cas
from drivers.scales.mt_sics import ASK, decode_wide
from drivers.scales.virtual import VirtualScale
from drivers.serial_scale import SerialScale, SerialScaleSettings
from drivers.weight_stream import FRAME_BYTES_MAX, Reading, WeightStream
from tests.drivers.listening import Listener
from tests.terminal import VirtualClock

decode_mt_sics = decode_wide(10)
KG = Quantity.of("21.40", "KGM")
FRAMES = {
    "mt_sics": (decode_mt_sics, b"S S      21.40 kg\r\n"),
    "a&d indicator": (decode_and_cas, b"ST,GS,+0021.40kg\r\n"),
    "a&d balance": (decode_and_cas, b"ST,+00021.40 kg\r\n"),
    "cas": (decode_and_cas, b"ST,GS,1\xe0,00021.40 kg\r\n"),
}
FRAME = FRAMES["mt_sics"][1]
protocols = pytest.mark.parametrize("protocol", FRAMES)


def stable(stream: WeightStream, data: bytes, now_ms: int = 0) -> list[Quantity]:
    """Every weight at rest that comes of these bytes, read one by one, as slowly as nothing is left out."""
    told = [stream.feed(bytes([byte]), now_ms + at * 1_000) for at, byte in enumerate(data)]
    return [one.quantity for one in told if isinstance(one, Weight) and one.is_stable]


@pytest.mark.parametrize(
    ("decode", "line", "frame"),
    [
        (decode_mt_sics, b"S S      21.40 kg", Reading(quantity=KG, is_stable=True)),
        (
            decode_mt_sics,
            b"S D      -0.02 kg",
            Reading(quantity=Quantity.of("-0.02", "KGM"), is_stable=False),
        ),
        (decode_mt_sics, b"S S     100.00 g", Reading(quantity=Quantity.of(100, "GRM"), is_stable=True)),
        (decode_mt_sics, b"S S      21.40 ct", "unreadable"),
        (decode_mt_sics, b"S S     21.40 kg", "unreadable"),
        (decode_mt_sics, b"S I", "busy"),
        (decode_mt_sics, b"S +", "overload"),
        (decode_mt_sics, b"S -", "underload"),
        (decode_mt_sics, b"ES", "unreadable"),
        (decode_and_cas, b"ST,GS,+0021.40kg", Reading(quantity=KG, is_stable=True)),
        (decode_and_cas, b"US,NT,-  21.40kg", Reading(quantity=Quantity.of("-21.4", "KGM"), is_stable=False)),
        (decode_and_cas, b"ST,GS,+0047.20lb", Reading(quantity=Quantity.of("47.2", "LBR"), is_stable=True)),
        (decode_and_cas, b"ST,TR,+0001.20kg", "busy"),
        (decode_and_cas, b"OL,GS,+       kg", "overload"),
        (decode_and_cas, b"OL,GS,-       kg", "underload"),
        (decode_and_cas, b"ST,GS,+0021,40kg", "unreadable"),
        (decode_and_cas, b"ST,+00021.40 kg", Reading(quantity=KG, is_stable=True)),
        (decode_and_cas, b"QT,+00000021 PC", "unreadable"),
        (decode_and_cas, b"ST,GS,1\xe0,00021.40 kg", Reading(quantity=KG, is_stable=True)),
    ],
)
def test_each_frame_reads_as_its_manual_says(decode, line, frame):
    assert decode(line) == frame


@protocols
def test_a_weight_is_believed_when_it_was_said_twice(protocol):
    decode, frame = FRAMES[protocol]
    assert stable(WeightStream(decode, "bench"), frame * 2) == []  # the first one may be half a frame
    assert stable(WeightStream(decode, "bench"), frame * 3) == [KG]


@protocols
@pytest.mark.fault("S11")
def test_a_frame_that_lost_any_one_byte_is_no_other_weight(protocol):
    decode, frame = FRAMES[protocol]
    for at in range(len(frame)):
        cut = frame[:at] + frame[at + 1 :]
        assert set(stable(WeightStream(decode, "bench"), frame * 3 + cut + frame * 3)) <= {KG}, at


@protocols
@pytest.mark.fault("S11")
def test_a_stream_cut_at_any_byte_and_taken_up_again_at_any_other_is_no_other_weight(protocol):
    decode, frame = FRAMES[protocol]
    for end in range(len(frame)):
        for start in range(len(frame)):
            stream = WeightStream(decode, "bench")
            assert set(stable(stream, frame * 3 + frame[:end])) == {KG}
            stream.cut()
            assert set(stable(stream, frame[start:] + frame * 3, 10**6)) <= {KG}, (end, start)


@given(noise=st.binary(max_size=400), protocol=st.sampled_from(sorted(FRAMES)))
@pytest.mark.fault("S11")
def test_no_bytes_make_a_decoder_raise_or_give_a_weight_that_was_not_framed(noise, protocol):
    decode, _ = FRAMES[protocol]
    framed = {
        one.quantity
        for line in noise.replace(b"\r", b"\n").split(b"\n")
        if isinstance(one := decode(line), Reading)
    }
    assert set(stable(WeightStream(decode, "bench"), noise)) <= framed


@given(
    pieces=st.lists(
        st.sampled_from([frame for _, frame in FRAMES.values()]) | st.binary(max_size=30), max_size=30
    )
)
@pytest.mark.fault("S11")
def test_frames_amid_noise_give_the_weight_they_hold_or_none(pieces):
    for decode, _ in FRAMES.values():
        assert set(stable(WeightStream(decode, "bench"), b"".join(pieces))) <= {KG}


def test_noise_without_an_end_keeps_no_more_than_a_frame():
    stream = WeightStream(decode_mt_sics, "bench")
    stream.feed(b"\r\n", 0)
    told = stream.feed(b"x" * (FRAME_BYTES_MAX + 1), 1)
    assert isinstance(told, NoWeight)
    assert told.reason == "unreadable"
    assert set(stable(stream, b"\r\n" + FRAME * 3, 10**6)) == {KG}


@pytest.mark.parametrize("fault", ["noise", "garbage", "cut", "unstable", "silent", "overload"])
@pytest.mark.fault("S11")
def test_a_virtual_scale_that_misbehaves_gives_no_wrong_weight_and_is_well_again(fault):
    listener = Listener[ScaleOutput]()
    scale = open_scale({"kind": "virtual", "name": "bench"})
    assert isinstance(scale, VirtualScale)
    scale.start(listener)
    scale.put("21.40")
    listener.waits_for(lambda heard: isinstance(heard[-1], Weight) and heard[-1].is_stable, "at rest")
    scale.misbehave(fault)
    scale.put("7.10")
    seen = {one.quantity for one in listener.heard if isinstance(one, Weight) and one.is_stable}
    assert seen <= {Quantity.of(0, "KGM"), KG}
    scale.misbehave(None)
    wanted = Quantity.of("7.1", "KGM")
    listener.waits_for(
        lambda heard: isinstance(heard[-1], Weight) and heard[-1].is_stable and heard[-1].quantity == wanted,
        "7.1 kg",
    )
    scale.stop()


class Line:
    """A scale's end of a cable, whose kiosk end a test turns by hand: no thread, and a clock of our own."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        self.heard: list[ScaleOutput] = []
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        path = os.ttyname(self._slave)
        settings = SerialScaleSettings(kind="mt_sics", name="bench", path=path)
        self.scale = SerialScale(settings, self.clock, decode=decode_mt_sics, ask=ASK)
        self.scale._emit = self.heard.append
        self.scale._began(path)

    def sends(self, data: bytes, after_s: float = 0.1) -> None:
        self.clock.advance(after_s)
        self.scale._heard(data)

    def is_silent(self, seconds: float) -> None:
        for _ in range(int(seconds * 5)):
            self.clock.advance(0.2)
            self.scale._silent()

    def states(self) -> list[str]:
        return [one.state for one in self.heard if isinstance(one, ScaleStatus)]

    def rests(self) -> list[Quantity]:
        return [one.quantity for one in self.heard if isinstance(one, Weight) and one.is_stable]


@pytest.fixture
def line(tmp_path):
    return Line(tmp_path)


@pytest.mark.fault("S11")
def test_a_scale_that_falls_silent_is_said_to_be_gone_and_comes_back_with_its_next_frame(line):
    line.sends(FRAME * 3)
    line.is_silent(4)
    assert line.states() == ["ready", "lost"]
    line.sends(FRAME * 3)
    assert line.states() == ["ready", "lost", "ready"]


@pytest.mark.fault("S11")
def test_a_scale_that_talks_nonsense_is_said_to_fail(line):
    noise = random.Random(1)
    for _ in range(40):
        line.sends(noise.randbytes(30) + b"\r\n")
    assert line.states() == ["ready", "error"]
    assert line.rests() == []


@pytest.mark.fault("S11")
def test_bytes_that_waited_while_the_kiosk_was_held_up_are_thrown_away(line):
    line.sends(FRAME * 3)
    assert line.rests() == [KG]
    line.sends(b"S S      99.99 kg\r\n" * 5, after_s=30)
    line.sends(FRAME * 3)
    assert set(line.rests()) == {KG}
