"""The printer emulator prints what a printer would, and fails as printers do."""

import base64
import binascii
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.emulator import EmulatedPrinter, EmulatorPage
from drivers.emulator.label_folder import LabelFolder
from drivers.emulator.page import ACTIONS
from drivers.emulator.stream import Format, Question, open_stream
from drivers.languages import zpl
from labels.raster import rasterise
from tests.drivers.listening import eventually
from tests.drivers.printing import codes_on, printer_for, roll_layout

COUNTER_QUERY = b'! U1 getvar "odometer.total_label_count"\r\n'


@pytest.fixture
def emulator(tmp_path):
    made = EmulatedPrinter(folder=tmp_path / "labels", ms_per_label=0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def page(emulator):
    made = EmulatorPage(emulator)
    made.start()
    yield made
    made.stop()


def sends(emulator: EmulatedPrinter, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=5) as link:
        link.sendall(data)


def comes_out(emulator: EmulatedPrinter, labels: int) -> None:
    eventually(lambda: len(emulator.mechanism.labels) >= labels, f"{labels} labels")


def post(page: EmulatorPage, what: str, **headers: str) -> dict[str, object]:
    request = urllib.request.Request(page.url + "do/" + what, method="POST", headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.loads(answer.read())


def formats(data: bytes) -> list[Format]:
    return [item for item in open_stream("zpl").feed(data) if isinstance(item, Format)]


def black(image: Image.Image) -> set[tuple[int, int]]:
    return {(x, y) for x in range(image.width) for y in range(image.height) if not image.getpixel((x, y))}


def test_a_label_comes_out_with_every_dot_and_its_codes_readable(emulator):
    layout = roll_layout()
    sends(emulator, printer_for(emulator).encode(layout))
    comes_out(emulator, 1)
    picture = emulator.folder / emulator.mechanism.labels[0].file
    assert Image.open(picture).tobytes() == rasterise(layout).tobytes()
    codes = codes_on(picture)
    assert {"]C1", "]d2"} <= set(codes)
    assert codes["]C1"]


def test_the_folder_has_numbered_pictures_and_an_index(emulator):
    sends(emulator, zpl.encode_image(Image.new("1", (80, 40), 0), copies=3))
    comes_out(emulator, 3)
    index = json.loads((emulator.folder / "index.json").read_text())
    assert index["printed"] == 3
    assert [label["copy"] for label in index["labels"]] == [1, 2, 3]
    assert all((emulator.folder / label["file"]).exists() for label in index["labels"])
    assert not list(emulator.folder.glob(".*"))


def test_the_counter_goes_on_in_the_same_folder(tmp_path):
    from datetime import UTC, datetime

    image = Image.new("1", (8, 8))
    LabelFolder(tmp_path).keep(image, format_number=1, copy=1, time=datetime.now(UTC))
    assert LabelFolder(tmp_path).keep(image, format_number=1, copy=1, time=datetime.now(UTC)).number == 2


@given(st.lists(st.integers(1, 60), max_size=40))
def test_a_stream_may_be_cut_anywhere(sizes):
    image = Image.new("1", (24, 5), 1)
    image.paste(0, (3, 1, 20, 4))
    data = zpl.encode_image(image, copies=2) + zpl.STATUS.query + COUNTER_QUERY + zpl.encode_image(image)
    stream, items = open_stream("zpl"), []
    for size in sizes:
        items += stream.feed(data[:size])
        data = data[size:]
    items += stream.feed(data)
    kinds = [item.about if isinstance(item, Question) else type(item).__name__ for item in items]
    assert kinds == ["Format", "host_status", "label_counter", "Format"]
    assert all(black(item.image) == black(image) for item in items if isinstance(item, Format))
    assert not stream.unknown


def _packed(kind: bytes, raw: bytes) -> bytes:
    import zlib

    text = base64.b64encode(zlib.compress(raw) if kind == b"Z" else raw)
    return b":" + kind + b"64:" + text + b":%04X" % binascii.crc_hqx(text, 0)


@pytest.mark.parametrize(
    "field",
    [
        b"^GFA,6,6,2,F00FAAAA8001",
        b"^GFA,6,6,2,F00F\nAAAA\n8001",
        b"^GFA,6,6,2,FH0FJA8H01",
        b"^GFA,6,6,2," + _packed(b"Z", bytes.fromhex("F00FAAAA8001")),
        b"^GFA,6,6,2," + _packed(b"B", bytes.fromhex("F00FAAAA8001")),
        b"^GFB,6,6,2," + bytes.fromhex("F00FAAAA8001"),
    ],
    ids=["hexadecimal", "with line ends", "run lengths", "Z64", "B64", "raw bytes"],
)
def test_every_packing_of_a_picture_is_understood(field):
    (label,) = formats(b"^XA^PW16^LL3" + field + b"^FS^XZ")
    assert label.image.tobytes() == bytes(255 - byte for byte in bytes.fromhex("F00FAAAA8001"))


def test_comma_and_colon_fill_and_repeat_rows():
    (label,) = formats(b"^XA^PW16^LL4^GFA,8,8,2,F,:!:^FS^XZ")
    assert label.image.tobytes() == bytes.fromhex("0FFF0FFF00000000")


def test_raw_bytes_may_look_like_commands():
    (label,) = formats(b"^XA^PW24^LL1^GFB,3,3,3,^XZ^FS^XZ")
    assert label.image.tobytes() == bytes(255 - byte for byte in b"^XZ")


def test_home_and_origin_move_a_picture():
    (label,) = formats(b"^XA^PW16^LL16^LH2,3^FO4,5^GFA,1,1,1,80^FS^XZ")
    assert black(label.image) == {(6, 8)}


def test_unknown_commands_are_counted_and_do_no_harm():
    stream = open_stream("zpl")
    items = list(stream.feed(b"hello ^QQ1,2^XA^A0N,30^FDtext^FS^GFA,9,9,1,:Z64:????:0000^FS^PQ2^XZ~ZZ^XA^XZ"))
    assert [type(item) for item in items] == [Format, Format]
    assert [item.copies for item in items if isinstance(item, Format)] == [2, 1]
    assert stream.unknown["^QQ"] == 1
    assert stream.unknown["^FD"] == 1
    assert stream.unknown["^GF: packing"] == 1


@given(st.binary(max_size=1_500))
def test_no_bytes_stop_the_printer(noise):
    stream = open_stream("zpl")
    list(stream.feed(noise))
    stream.forget()
    assert len(formats(b"^XA^XZ")) == 1
    assert [type(item) for item in stream.feed(b"^XA^XZ")] == [Format]


def test_status_and_counter_are_answered_as_the_language_reads_them(emulator):
    printer = printer_for(emulator)
    link = printer.connect()
    assert link.status().is_ready
    assert link.labels_printed() == 0
    link.send(printer.encode(roll_layout(), 2))
    eventually(lambda: link.labels_printed() == 2, "two labels counted")
    assert link.status().is_idle
    link.close()


def test_with_paper_for_two_labels_the_third_waits(emulator, page):
    post(page, "paper-for?value=2")
    sends(emulator, zpl.encode_image(Image.new("1", (80, 40), 0), copies=3))
    eventually(lambda: "paper_out" in emulator.mechanism.state().conditions, "paper out")
    assert emulator.mechanism.state().labels_remaining == 1
    assert len(emulator.mechanism.labels) == 2
    post(page, "paper-in")
    comes_out(emulator, 3)


def test_power_off_forgets_what_was_not_printed(emulator, page):
    post(page, "pause")
    sends(emulator, zpl.encode_image(Image.new("1", (80, 40), 0)))
    eventually(lambda: emulator.mechanism.state().formats_waiting == 1, "one waits")
    post(page, "power-cycle?value=50")
    eventually(lambda: emulator.is_on, "on again")
    post(page, "resume")
    assert emulator.mechanism.state().formats_waiting == 0
    sends(emulator, zpl.encode_image(Image.new("1", (80, 40), 0)))
    comes_out(emulator, 1)
    assert len(emulator.mechanism.labels) == 1


def test_cancel_all_by_command_empties_the_buffer(emulator):
    emulator.mechanism.obey("pause")
    sends(emulator, zpl.encode_image(Image.new("1", (80, 40), 0)) + b"~JA")
    eventually(
        lambda: emulator.received_bytes > 40 and not emulator.mechanism.state().formats_waiting, "empty"
    )


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_button_of_the_page_does_something_and_answers_with_the_state(page, action):
    state = post(page, f"{action}?value=1")
    assert {"state", "labels", "is_on"} <= set(state)


def test_the_page_shows_both_languages_and_its_labels(emulator, page):
    sends(emulator, zpl.encode_image(Image.new("1", (80, 40), 0), copies=2))
    comes_out(emulator, 2)
    html = urllib.request.urlopen(page.url, timeout=5).read().decode()
    assert "缺纸" in html
    assert "Paper out" in html
    state = json.loads(urllib.request.urlopen(page.url + "state.json", timeout=5).read())
    assert [label["number"] for label in state["labels"]] == [2, 1]
    png = urllib.request.urlopen(page.url + "labels/" + state["labels"][0]["file"], timeout=5).read()
    assert png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("path", "status"), [("labels/../index.json", 404), ("labels/%2e%2e/index.json", 404), ("nothing", 404)]
)
def test_nothing_but_labels_is_given_out(page, path, status):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(page.url + path, timeout=5)
    assert refused.value.code == status


@pytest.mark.parametrize(
    ("what", "headers", "status"),
    [
        ("smoke", {}, 404),
        ("slow?value=fast", {}, 400),
        ("pause", {"Host": "evil.example"}, 403),
        ("pause", {"Origin": "http://evil.example"}, 403),
    ],
)
def test_wrong_and_foreign_requests_are_refused(emulator, page, what, headers, status):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(page, what, **headers)
    assert refused.value.code == status
    assert emulator.mechanism.state().conditions == ()


def test_the_command_says_its_addresses_prints_and_ends_on_sigterm(tmp_path):
    program = "from drivers.emulator import command; command()"
    options = ["--port", "0", "--http", "0", "--folder", str(tmp_path / "out"), "--ms-per-label", "0"]
    with subprocess.Popen(
        [sys.executable, "-c", program, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        words = process.stdout.readline().split()
        port = int(words[2].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            link.sendall(zpl.encode_image(Image.new("1", (80, 40), 0)))
        eventually((tmp_path / "out" / "index.json").exists, "a label")
        started_s = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - started_s < 5


def test_a_port_in_use_is_named_by_the_command(emulator, tmp_path):
    from click.testing import CliRunner

    from drivers.emulator import command

    done = CliRunner().invoke(
        command, ["--port", str(emulator.port), "--http", "0", "--folder", str(tmp_path)]
    )
    assert done.exit_code == 1
    assert str(emulator.port) in done.output
    assert "--port" in done.output
