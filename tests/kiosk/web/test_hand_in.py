"""Codes that a page hands in from its camera: only from our own page, only while it has one, and as they are."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from drivers.clock import SystemClock
from drivers.scanner import Scan, ScannerOutput, ScannerStatus
from drivers.scanners.camera import CameraScanner, Settings
from kiosk.web import Page
from kiosk.web.hand_in import PageCamera

CODE = {"text": "0109501101530003\x1d10L", "symbology": "]d2", "source": "camera"}


class Served:
    """A page with a camera's scanner behind it."""

    def __init__(self) -> None:
        self.heard: list[ScannerOutput] = []
        self.scanner = CameraScanner(Settings(kind="camera", name="tablet"), SystemClock())
        self.scanner.start(self.heard.append)
        self.page = Page(scan_camera=self.scanner)
        self.page.start("127.0.0.1", 0, lambda _touch: None)

    def post(self, body: object, **headers: str) -> int:
        headers = {"Content-Type": "application/json", "Origin": self.page.address, **headers}
        asked = urllib.request.Request(
            f"{self.page.address}/scan", data=json.dumps(body).encode(), headers=headers
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    made.page.stop()
    made.scanner.stop()


def test_a_code_goes_on_with_its_separators_and_its_symbology(served: Served):
    served.scanner.tell("ready")
    assert served.post(CODE) == 202
    scan = served.heard[-1]
    assert isinstance(scan, Scan)
    assert (scan.text, scan.symbology, scan.device) == (CODE["text"], "]d2", "tablet")


@pytest.mark.fault("A9")
def test_a_code_of_another_site_is_not_taken(served: Served):
    served.scanner.tell("ready")
    assert served.post(CODE, Origin="http://evil.example") == 403
    assert served.post(CODE, Host="evil.example") == 403
    assert [one for one in served.heard if isinstance(one, Scan)] == []


def test_a_code_without_a_page_that_has_a_camera_is_not_taken(served: Served):
    assert served.post(CODE) == 409
    served.scanner.tell("ready")
    served.scanner.tell("lost")
    assert served.post(CODE) == 409
    assert [one for one in served.heard if isinstance(one, Scan)] == []


@pytest.mark.parametrize(
    "body",
    [
        {**CODE, "text": ""},
        {**CODE, "text": "x" * 4097},
        {**CODE, "text": 5},
        {**CODE, "symbology": "]" * 9},
        {**CODE, "source": "elsewhere"},
        [],
    ],
)
def test_what_no_camera_could_see_is_not_taken(served: Served, body: object):
    served.scanner.tell("ready")
    assert served.post(body) == 400
    assert [one for one in served.heard if isinstance(one, Scan)] == []


def test_a_kiosk_without_a_virtual_scanner_takes_nothing_for_it(served: Served):
    assert served.post({"text": "X"}) == 404


def test_the_decoder_alone_may_compile_webassembly(served: Served):
    def policy(path: str) -> str:
        with urllib.request.urlopen(served.page.address + path, timeout=10) as answer:
            return answer.headers["Content-Security-Policy"]

    assert "wasm-unsafe-eval" in policy("/assets/camera_decode.js")
    for path in ("/", "/static/page.js", "/assets/camera_scan.js", "/assets/zxing_reader.js"):
        assert "unsafe" not in policy(path)


def test_several_pages_are_one_scanner_which_is_there_while_one_of_them_has_a_camera(served: Served):
    camera = PageCamera(served.scanner)
    camera.left("nobody")
    camera.heard("one", {"trouble": "no_camera"})
    camera.heard("two", {"trouble": ""})
    camera.heard("two", {"trouble": "in_use"})
    camera.heard("two", "nonsense")
    camera.heard("one", {"trouble": ""})
    camera.left("one")
    camera.left("two")
    states = [(one.state, one.detail) for one in served.heard if isinstance(one, ScannerStatus)]
    assert states == [
        ("ready", ""),
        ("error", "in_use"),
        ("ready", ""),
        ("error", "in_use"),
        ("lost", "no page with a camera is open"),
    ]
