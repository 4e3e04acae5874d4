"""The way to the hub over real sockets: answers that are cut, flipped, dripped, repeated or somebody else's."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from domain.log import Head
from domain.wire import (
    MAC_HEADER,
    Accepted,
    Acknowledgement,
    Changes,
    Refusal,
    Snapshot,
    UploadHeader,
    answer_mac,
)
from kiosk import hub_client
from kiosk.hub_client import (
    HubAddress,
    HubBusyError,
    HubClient,
    HubError,
    HubRefusedError,
    HubUnreachableError,
    UploadTooLargeError,
)
from tests.own_pay import SHEET
from tests.world import NOW

KEY = bytes(range(32))
ANSWER = Acknowledgement(generation=1, accepted=Head(), safe=Head(), verdict=Accepted(), hub_time=NOW)
PAGE = Changes(
    generation=1, cursor="c1", changes=(), epoch=1, complete_through=0, position=0, more=False, hub_time=NOW
)
WHOLE = Snapshot(generation=1, cursor="c1", changes=(), epoch=1, complete_through=0, position=0, hub_time=NOW)
HEADER = UploadHeader(device="K1", epoch=1, first_sequence=1, previous_digest="0" * 64, events=0, head=Head())

Answer = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    """Says what the test wants said."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    say: Answer
    targets: list[str]

    def do_GET(self) -> None:
        self.targets.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).say(self, body)

    do_POST = do_GET  # noqa: N815 the names http.server asks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 its own name
        """Say nothing."""

    def answers(
        self, content: bytes, *, mac: str | None = None, status: int = 200, length: int | None = None
    ) -> None:
        given = self.headers[MAC_HEADER]
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.send_header(MAC_HEADER, answer_mac(KEY, given, status, content) if mac is None else mac)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], HubClient]]:
    servers: list[ThreadingHTTPServer] = []
    clients: list[HubClient] = []

    def begin(say: Answer) -> HubClient:
        handler = type("Saying", (Handler,), {"say": staticmethod(say), "targets": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        url = f"http://127.0.0.1:{server.server_address[1]}"
        clients.append(HubClient(HubAddress(url=url, plant="P1", device="K1", key=KEY)))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def saying(content: object, **more: object) -> Answer:
    return lambda handler, _body: handler.answers(msgspec.json.encode(content), **more)  # pyright: ignore[reportArgumentType]


def test_signed_answers_are_read(serve):
    assert serve(saying(ANSWER)).upload(HEADER, []) == ANSWER
    assert serve(saying(PAGE)).changes("", 0) == PAGE
    assert serve(saying(WHOLE)).snapshot() == WHOLE
    assert serve(saying(SHEET)).pay(SHEET.person) == SHEET


@pytest.mark.fault("N6", "A6")
@pytest.mark.parametrize(
    "say",
    [
        lambda handler, _body: handler.answers(b"<html>Log on to the guest network</html>", mac=""),
        saying(ANSWER, mac="0" * 64),
        saying(ANSWER, mac=hmac.new(bytes(32), b"another key", hashlib.sha256).hexdigest()),
        saying(ANSWER, status=204),
        saying(ANSWER, status=302),
        saying(Refusal(code="not_found", message=""), status=404),
    ],
)
def test_an_answer_that_is_not_the_hubs_own_is_none(serve, say):
    with pytest.raises(HubUnreachableError):
        serve(say).upload(HEADER, [])


@pytest.mark.fault("N10")
def test_no_flipped_bit_of_an_answer_is_believed(serve):
    whole = msgspec.json.encode(ANSWER)
    flips = [(place, 1 << place % 8) for place in range(len(whole))]

    def say(handler: Handler, _body: bytes) -> None:
        mac = answer_mac(KEY, handler.headers[MAC_HEADER], 200, whole)
        place, bit = flips[len(handler.targets) - 1]
        spoilt = bytearray(whole)
        spoilt[place] ^= bit
        handler.answers(bytes(spoilt), mac=mac)

    client = serve(say)
    for _ in flips:
        with pytest.raises(HubUnreachableError):
            client.upload(HEADER, [])


@pytest.mark.fault("N2")
def test_an_answer_cut_anywhere_is_none(serve):
    whole = msgspec.json.encode(ANSWER)
    cuts = list(range(0, len(whole), 9))

    def say(handler: Handler, _body: bytes) -> None:
        mac = answer_mac(KEY, handler.headers[MAC_HEADER], 200, whole)
        cut = cuts[len(handler.targets) - 1]
        handler.answers(whole[:cut], mac=mac, length=len(whole))
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    client = serve(say)
    for _ in cuts:
        with pytest.raises(HubUnreachableError):
            client.upload(HEADER, [])


@pytest.mark.fault("N3", "A7")
def test_the_answer_to_another_request_is_none_also_where_the_question_was_the_same(serve):
    recorded: list[tuple[bytes, str]] = []

    def say(handler: Handler, _body: bytes) -> None:
        content = msgspec.json.encode(PAGE)
        if not recorded:
            recorded.append((content, answer_mac(KEY, handler.headers[MAC_HEADER], 200, content)))
        handler.answers(recorded[0][0], mac=recorded[0][1])

    client = serve(say)
    assert client.changes("c1", 1) == PAGE
    with pytest.raises(HubUnreachableError):
        client.changes("c1", 1)


@pytest.mark.fault("N4")
def test_an_answer_that_drips_for_ever_is_given_up(serve, monkeypatch):
    monkeypatch.setattr(hub_client, "ANSWER_WHOLE_S", 0.2)
    given_up = threading.Event()

    def say(handler: Handler, _body: bytes) -> None:
        handler.answers(b"{", length=1_000_000)
        while not given_up.wait(0.02):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    client = serve(say)
    try:
        with pytest.raises(HubUnreachableError) as raised:
            client.upload(HEADER, [])
    finally:
        given_up.set()
    assert raised.value.reason == "timeout"


@pytest.mark.fault("N4")
def test_a_hub_that_takes_the_request_and_says_nothing_times_out(monkeypatch):
    monkeypatch.setattr(hub_client, "ANSWER_TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = HubClient(
            HubAddress(url=f"http://127.0.0.1:{mute.getsockname()[1]}", plant="P1", device="K1", key=KEY)
        )
        with pytest.raises(HubUnreachableError) as raised:
            client.snapshot()
    assert raised.value.reason == "timeout"


def test_an_answer_without_end_is_not_kept_in_memory(serve, monkeypatch):
    monkeypatch.setattr(hub_client, "ANSWER_BYTES_MAX", 1_000)
    with pytest.raises(HubUnreachableError, match="longer than"):
        serve(lambda handler, _body: handler.answers(b" " * 5_000)).upload(HEADER, [])


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "identity", HubRefusedError),
        (403, "revoked", HubRefusedError),
        (413, "too_large", UploadTooLargeError),
        (429, "busy", HubBusyError),
        (503, "busy", HubBusyError),
        (500, "http_500", HubBusyError),
    ],
)
def test_each_status_has_its_meaning_and_none_means_delete(
    serve, status: int, code: str, kind: type[HubError]
):
    with pytest.raises(kind) as raised:
        serve(saying(Refusal(code=code, message="", retry_after_s=7.0), status=status)).upload(HEADER, [])
    assert isinstance(raised.value, HubError)
    assert raised.value.reason == code
    if isinstance(raised.value, HubBusyError):
        assert raised.value.wait_s == 7.0


@pytest.mark.fault("N5")
def test_pages_shrink_on_a_line_that_does_not_carry_them_and_grow_again(serve):
    fails = [True, True, False, False, False]

    def say(handler: Handler, _body: bytes) -> None:
        if fails[len(handler.targets) - 1]:
            handler.answers(b"", mac="")
        else:
            handler.answers(msgspec.json.encode(PAGE))

    asked: list[str] = []

    def saying_and_noting(handler: Handler, body: bytes) -> None:
        asked.append(handler.path.partition("limit=")[2].partition("&")[0])
        say(handler, body)

    client = serve(saying_and_noting)
    for failing in fails:
        if failing:
            with pytest.raises(HubUnreachableError):
                client.changes("", 1)
        else:
            client.changes("", 1)
    assert asked == ["250", "125", "62", "124", "248"]
