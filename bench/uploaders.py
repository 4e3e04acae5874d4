"""Kiosks that send what they have, as fast as the hub answers: each on a connection of its own, in processes apart.

The requests are made beforehand, so that the machine's two cores work for the hub and not for its load. A sender waits
where the hub asks it to, and sends again what it was told it could not take.
"""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from bench.kiosk_logs import Batch
from domain.wire import Accepted, Acknowledgement

ANSWER_TIMEOUT_S = 60.0
READY_TIMEOUT_S = 120.0
BUSY_WAIT_S = 0.2
HTTP_OK, HTTP_BUSY = 200, 503

_batches = msgspec.msgpack.Decoder(list[Batch])
_answers = msgspec.json.Decoder(Acknowledgement)


class UploadFailedError(RuntimeError):
    """An upload was not answered as it must be."""


class Told(Struct, frozen=True, kw_only=True):
    """One acknowledgement: when it was asked for and came (CLOCK_MONOTONIC, s), and the ledger's position in it."""

    sent_s: float
    answered_s: float
    position: int
    events: int


class Uploaders:
    """Several processes of uploaders. `send` lets all of them begin at once."""

    def __init__(self, port: int, logs: Sequence[Path], processes: int) -> None:
        """`logs` are files of batches, one a kiosk."""
        self._outputs = [log.with_suffix(".told") for log in logs[:processes]]
        self._processes = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "bench.uploaders",
                    str(port),
                    str(output),
                    *map(str, logs[number::processes]),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[1],
            )
            for number, output in enumerate(self._outputs)
        ]

    def await_ready(self) -> None:
        """Wait until all have read their logs and are connected. Raises UploadFailedError."""
        for process in self._processes:
            if not process.stdout or not process.stdout.readline():
                raise UploadFailedError("an uploader did not start")

    def send(self) -> None:
        """Let them begin."""
        for process in self._processes:
            if process.stdin:
                process.stdin.write(b"go\n")
                process.stdin.flush()

    def await_end(self, timeout_s: float) -> list[Told]:
        """Return all that was acknowledged, in the order it was. Raises UploadFailedError."""
        deadline = time.monotonic() + timeout_s
        for process in self._processes:
            try:
                code = process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired as error:
                raise UploadFailedError(f"the uploads did not end in {timeout_s:g} s") from error
            if code:
                raise UploadFailedError("an uploader failed; it said why above")
        told = [
            one
            for output in self._outputs
            for one in msgspec.msgpack.decode(output.read_bytes(), type=list[Told])
        ]
        return sorted(told, key=lambda one: one.answered_s)

    def close(self) -> None:
        """Leave nothing running."""
        for process in self._processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()


class KioskConnection:
    """One kiosk's connection to the hub: delivers uploads made beforehand, and obeys the answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), ANSWER_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._incoming = self._socket.makefile("rb")

    def deliver(self, batch: Batch) -> tuple[Told, float]:
        """Send an upload until it is taken; return what was told, and how long (s) the hub asks to wait.

        Raises UploadFailedError.
        """
        sent_s = time.monotonic()
        while True:
            self._socket.sendall(batch.request)
            status, body, is_last = _answer(self._incoming)
            if is_last:
                self.close()
                self._connect()
            if status == HTTP_OK:
                break
            if status != HTTP_BUSY:
                raise UploadFailedError(f"status {status}: {body[:200]!r}")
            time.sleep(BUSY_WAIT_S)
        answered_s = time.monotonic()
        said = _answers.decode(body)
        if not isinstance(said.verdict, Accepted) or said.accepted.sequence != batch.through:
            raise UploadFailedError(f"through {batch.through} was sent, the answer is {body[:300]!r}")
        told = Told(sent_s=sent_s, answered_s=answered_s, position=said.position, events=batch.events)
        return told, said.wait_s

    def close(self) -> None:
        """Hang up."""
        self._incoming.close()
        self._socket.close()


class _Kiosk:
    """One connection, one log."""

    def __init__(self, port: int, log: Path) -> None:
        self._batches = _batches.decode(log.read_bytes())
        self._connection = KioskConnection(port)
        self.told: list[Told] = []
        self.failure: Exception | None = None

    def run(self) -> None:
        """Send everything; what goes wrong is kept in `failure`."""
        try:
            for batch in self._batches:
                told, wait_s = self._connection.deliver(batch)
                self.told.append(told)
                if wait_s:
                    time.sleep(wait_s)
        except (OSError, UploadFailedError, msgspec.MsgspecError) as error:
            self.failure = error
        finally:
            self._connection.close()


def _answer(incoming: IO[bytes]) -> tuple[int, bytes, bool]:
    """Read one HTTP answer with a Content-Length, and whether it is the connection's last (RFC 9112, 6 and 9.6)."""
    first = incoming.readline()
    length, is_last = 0, False
    while (line := incoming.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        match name.lower():
            case b"content-length":
                length = int(value)
            case b"connection":
                is_last = value.strip().lower() == b"close"
            case _:
                pass
    parts = first.split()
    if len(parts) < 2:  # noqa: PLR2004 - version and status
        raise UploadFailedError("the hub closed the connection")
    return int(parts[1]), incoming.read(length), is_last


def _main(port: str, output: str, logs: Sequence[str]) -> int:
    kiosks = [_Kiosk(int(port), Path(log)) for log in logs]
    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=kiosk.run) for kiosk in kiosks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Path(output).write_bytes(msgspec.msgpack.encode([told for kiosk in kiosks for told in kiosk.told]))
    failures = [kiosk.failure for kiosk in kiosks if kiosk.failure]
    for failure in failures:
        print(f"uploader: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2], sys.argv[3:]))
