"""The page's server: loopback only, its own origin only, touches in, screens out."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import socketio
from socketio.exceptions import ConnectionError as SocketError

from domain.names import Names
from kiosk.page import TOUCH_VALUE_CHARS_MAX, PagePort, Touch
from kiosk.web import Page, Sample, VirtualPanel, load_samples
from kiosk.web.page import SOCKETS_MAX
from kiosk.web.virtual_panel import SAMPLES_MAX, SamplesError
from tests.browser.kiosk_screens import screens

WAIT_S = 10


class Served:
    """A page that is being served, and what came in through it."""

    def __init__(self) -> None:
        self.touches: list[Touch] = []
        self.scans: list[str] = []
        self.touched = threading.Event()
        samples = (
            Sample(
                title=Names(zh="库位 A-01-03", en="Place A-01-03"),
                code='ZP"A0103<F',
                group=Names(zh="库位", en="Places"),
            ),
            Sample(
                title=Names(zh="是", en="Yes"), code="ZCYES", group=Names(zh="指令卡", en="Command cards")
            ),
            Sample(title=Names(zh="别的", en="Other"), code="HELLO"),
        )
        self.page = Page(virtual_panel=VirtualPanel(on_virtual_scan=self._scan, samples=samples))
        self.page.start("127.0.0.1", 0, self.take)

    def _scan(self, text: str, _symbology: str | None) -> bool:
        self.scans.append(text)
        return True

    def take(self, touch: Touch) -> None:
        self.touches.append(touch)
        self.touched.set()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self.ask(urllib.request.Request(self.page.address + path, headers=headers))

    def post(self, path: str, body: object, **headers: str) -> tuple[int, str]:
        headers = {"Content-Type": "application/json", "Origin": self.page.address, **headers}
        data = json.dumps(body).encode()
        return self.ask(urllib.request.Request(self.page.address + path, data=data, headers=headers))

    def ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def browser(
        self, origin: str | None = None
    ) -> tuple[socketio.Client, list[dict[str, object]], threading.Event]:
        client, pushed, came = socketio.Client(reconnection=False), [], threading.Event()
        client.on("screen", lambda push: (pushed.append(push), came.set()))
        headers = {"Origin": origin} if origin else {}
        client.connect(self.page.address, headers=headers, transports=["websocket"], wait_timeout=WAIT_S)
        return client, pushed, came


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    made.page.stop()


@pytest.fixture
def connect(
    served: Served,
) -> Iterator[Callable[..., tuple[socketio.Client, list[dict[str, object]], threading.Event]]]:
    clients: list[socketio.Client] = []

    def made(**how: str):
        opened = served.browser(**how)
        clients.append(opened[0])
        return opened

    yield made
    served.page.stop()  # a client that leaves first waits three seconds for the server's farewell
    for client in clients:
        client.disconnect()


def test_a_page_is_what_the_kiosk_expects(served: Served):
    port: PagePort = served.page
    assert port.show


@pytest.mark.fault("K8")
def test_whoever_connects_gets_the_current_screen_and_then_every_newer_one(served: Served, connect):
    served.page.show(screens("en")["home"])
    _, pushed, came = connect()
    assert came.wait(WAIT_S)
    assert "Welcome, Li Xiuying" in str(pushed[0]["html"])
    came.clear()
    served.page.show(screens("en")["move"])
    assert came.wait(WAIT_S)
    assert "Scan where it goes" in str(pushed[1]["html"])


def test_the_first_page_holds_the_screen_already(served: Served):
    served.page.show(screens("zh-CN")["home"])
    status, html = served.get("/")
    assert status == 200
    assert "李秀英，您好" in html


def test_a_touch_reaches_the_kiosk_with_the_turn_it_was_seen_on(served: Served, connect):
    client, _, came = connect()
    assert came.wait(WAIT_S)
    client.emit("touch", {"action": "pick", "value": "PO-1", "turn": 7})
    assert served.touched.wait(WAIT_S)
    assert served.touches == [Touch(action="pick", value="PO-1", turn=7)]


@pytest.mark.parametrize(
    "message",
    [
        None,
        "done",
        {},
        {"action": 1, "turn": 1},
        {"action": "done", "turn": "x"},
        {"action": "a" * 41, "turn": 1},
        {"action": "pick", "value": "v" * (TOUCH_VALUE_CHARS_MAX + 1), "turn": 1},
    ],
)
@pytest.mark.fault("A9")
def test_what_is_no_touch_is_dropped_and_the_next_touch_counts(served: Served, connect, message: object):
    client, _, came = connect()
    assert came.wait(WAIT_S)
    client.emit("touch", message)
    client.emit("touch", {"action": "done", "turn": 8})
    assert served.touched.wait(WAIT_S)
    assert served.touches == [Touch(action="done", turn=8)]


@pytest.mark.fault("A9")
def test_another_origin_gets_no_socket(served: Served):
    with pytest.raises(SocketError):
        served.browser(origin="http://evil.example")


def test_another_name_for_loopback_gets_nothing(served: Served):
    port = served.page.address.rpartition(":")[2]
    assert served.get("/", Host=f"evil.example:{port}")[0] == 403
    assert served.get("/", Host=f"localhost:{port}")[0] == 403


@pytest.mark.fault("A9")
def test_long_polling_is_not_offered(served: Served):
    assert served.get("/socket.io/?EIO=4&transport=polling")[0] == 400


def test_one_socket_too_many_is_refused(served: Served, connect):
    for _ in range(SOCKETS_MAX):
        connect()
    with pytest.raises(SocketError):
        served.browser()


def test_the_content_policy_allows_our_own_files_only(served: Served):
    with urllib.request.urlopen(served.page.address + "/", timeout=WAIT_S) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "<style" not in html
    assert " style=" not in html


@pytest.mark.parametrize("path", ["/static/kiosk.css", "/static/page.js", "/assets/socket.io.min.js"])
def test_the_pages_files_are_served(served: Served, path: str):
    assert served.get(path)[0] == 200


@pytest.mark.parametrize(
    "path", ["/static/../page.py", "/static/%2e%2e/page.py", "/assets/../errors.py", "/etc/passwd"]
)
def test_no_other_file_is_served(served: Served, path: str):
    assert served.get(path)[0] == 404


def test_a_port_in_use_is_an_error_that_names_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Page().start("127.0.0.1", taken.getsockname()[1], lambda _touch: None)


def test_the_page_is_served_on_loopback_only():
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        Page().start("0.0.0.0", 0, lambda _touch: None)  # noqa: S104 - the refusal is the point


def test_after_stopping_no_touch_comes_in_and_the_port_is_free(served: Served, connect):
    client, _, came = connect()
    assert came.wait(WAIT_S)
    port = int(served.page.address.rpartition(":")[2])
    served.page.stop()
    client.disconnect()
    assert not served.touches
    again = Page()
    again.start("127.0.0.1", port, lambda _touch: None)
    again.stop()


def test_a_virtual_scan_reaches_the_scanner_exactly_as_written(served: Served):
    assert served.post("/scan", {"text": "]C1010691\x1d10LT"})[0] == 202
    assert served.scans == ["]C1010691\x1d10LT"]


@pytest.mark.fault("A9")
def test_a_virtual_scan_from_another_page_is_refused(served: Served):
    assert served.post("/scan", {"text": "X"}, Origin="http://evil.example")[0] == 403
    assert not served.scans


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"text": ""}, {"text": "x" * 4_097}, [], "x", None])
def test_a_virtual_scan_that_no_scanner_could_deliver_is_refused(served: Served, body: object):
    assert served.post("/scan", body)[0] == 400
    assert not served.scans


def test_the_sheet_of_samples_is_shown_escaped(served: Served):
    status, html = served.get("/scan?lang=en")
    assert status == 200
    assert "Place A-01-03" in html
    assert "ZP&#34;A0103&lt;F" in html
    assert html.index("<h2>Places</h2>") < html.index("<h2>Command cards</h2>") < html.index("HELLO")


def test_without_a_virtual_scanner_there_is_no_such_page():
    page = Page()
    page.start("127.0.0.1", 0, lambda _touch: None)
    try:
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(page.address + "/scan", timeout=WAIT_S)
    finally:
        page.stop()


def test_a_sheet_is_read_from_its_file(tmp_path: Path):
    sheet = tmp_path / "samples.json"
    sheet.write_text('[{"title": {"zh": "是", "en": "Yes"}, "code": "ZCYES"}]', encoding="utf-8")
    assert load_samples(sheet) == (Sample(title=Names(zh="是", en="Yes"), code="ZCYES"),)


@pytest.mark.parametrize("text", ["", "{}", '[{"code": 5}]', '[{"title": {}, "code": "X", "colour": "red"}]'])
def test_a_sheet_that_is_none_is_named(tmp_path: Path, text: str):
    sheet = tmp_path / "samples.json"
    sheet.write_text(text, encoding="utf-8")
    with pytest.raises(SamplesError, match=r"samples\.json"):
        load_samples(sheet)


def test_a_sheet_has_an_end(tmp_path: Path):
    sheet = tmp_path / "samples.json"
    sheet.write_text(json.dumps([{"title": {}, "code": "X"}] * (SAMPLES_MAX + 1)), encoding="utf-8")
    with pytest.raises(SamplesError, match=str(SAMPLES_MAX)):
        load_samples(sheet)
