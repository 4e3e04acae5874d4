"""A printer on the network: raw TCP, port 9100 as a rule ("JetDirect", AppSocket)."""

import contextlib
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from domain.settings import SettingsError, SettingsProblem
from drivers.errors import AnswerTimeoutError, TransportError
from drivers.transport import ANSWER_BYTES_MAX, Connection, Transport

PORT_DEFAULT = 9100
CONNECT_TIMEOUT_S = 3.0
SEND_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 3.0
CHUNK_BYTES = 16_384


class TcpTransport:
    """A host and a port that take print data."""

    answers = True

    def __init__(self, address: str, host: str, port: int) -> None:
        self.address = address
        self._target = (host, port)

    def connect(self) -> Connection:
        """Open the connection; raises TransportError when nobody listens within the time-out."""
        try:
            link = socket.create_connection(self._target, timeout=CONNECT_TIMEOUT_S)
        except OSError as error:
            raise TransportError(
                attempted="connect",
                device=self.address,
                reason=str(error),
                advice="check that the printer is switched on and the cable is in",
            ) from error
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return TcpConnection(self.address, link)


class TcpConnection:
    """One open connection to a network printer."""

    def __init__(self, address: str, link: socket.socket) -> None:
        self._address = address
        self._link = link

    def send(self, data: bytes) -> None:
        """Hand over all bytes; a printer that takes none for SEND_TIMEOUT_S counts as gone."""
        self._link.settimeout(SEND_TIMEOUT_S)
        sent_bytes = 0
        view = memoryview(data)
        try:
            while sent_bytes < len(data):
                sent_bytes += self._link.send(view[sent_bytes : sent_bytes + CHUNK_BYTES])
        except OSError as error:
            raise TransportError(
                attempted="send a print job",
                device=self._address,
                reason=str(error),
                advice="see whether a label came out before printing it again",
                sent_bytes=sent_bytes,
            ) from error

    def query(self, question: bytes, is_complete: Callable[[bytes], bool]) -> bytes:
        """Ask and wait at most ANSWER_TIMEOUT_S for the whole answer; answers that came late are dropped."""
        answer = b""
        try:
            self._drain()
            self._link.settimeout(ANSWER_TIMEOUT_S)
            self._link.sendall(question)
            deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
            while not is_complete(answer):
                self._link.settimeout(max(0.001, deadline_s - time.monotonic()))
                piece = self._link.recv(ANSWER_BYTES_MAX)
                answer += piece
                if not piece or len(answer) > ANSWER_BYTES_MAX:
                    raise self._no_answer(
                        TransportError, "the connection ended" if not piece else "too long an answer"
                    )
        except TimeoutError as error:
            raise self._no_answer(AnswerTimeoutError, f"no answer in {ANSWER_TIMEOUT_S:g} s") from error
        except OSError as error:
            raise self._no_answer(TransportError, str(error)) from error
        return answer

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError):
            self._link.close()

    def _drain(self) -> None:
        """Throw away what came too late for an earlier question; an ended connection is an OSError."""
        self._link.setblocking(False)
        try:
            while piece := self._link.recv(ANSWER_BYTES_MAX):
                del piece
        except BlockingIOError:
            return
        raise ConnectionResetError("the printer ended the connection")

    def _no_answer(self, family: type[TransportError], reason: str) -> TransportError:
        return family(
            attempted="ask the status",
            device=self._address,
            reason=reason,
            advice="check the printer's display and its network settings",
        )


def open(address: str) -> Transport:  # noqa: A001  the folder's contract: every kind is opened with `open`
    """The transport for `tcp://host[:port]`; raises SettingsError for anything else."""
    parts = urlsplit(address)
    try:
        port = parts.port or PORT_DEFAULT
    except ValueError as error:
        raise _bad_address(address) from error
    if not parts.hostname or parts.path not in {"", "/"}:
        raise _bad_address(address)
    return TcpTransport(address, parts.hostname, port)


def _bad_address(address: str) -> SettingsError:
    reason = f"{address!r} names no host and port"
    return SettingsError(
        "printer", [SettingsProblem(key="address", reason=reason, did_you_mean="tcp://host:9100")]
    )
