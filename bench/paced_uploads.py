"""Stations that check in each so many seconds, evenly spread: every upload goes out at its time, or soon after.

A process of its own, so that the hub's interpreter has nothing of it. Each station keeps one connection; a few threads
look after many of them.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.kiosk_logs import Batch
from bench.uploaders import KioskConnection, Told, UploadFailedError

THREADS = 16
READY_TIMEOUT_S = 120.0
_plans = msgspec.msgpack.Decoder(list[tuple[float, list[Batch]]])


class PacedUploads:
    """A process of stations. `plans`: for each when (s) its first upload is due, and its uploads."""

    def __init__(
        self, folder: Path, port: int, plans: Sequence[tuple[float, list[Batch]]], every_s: float
    ) -> None:
        """`every_s` lies between two uploads of a station."""
        path = folder / "stations.plan"
        path.write_bytes(msgspec.msgpack.encode(plans))
        self._output = folder / "stations.told"
        command = [
            sys.executable,
            "-m",
            "bench.paced_uploads",
            str(port),
            str(every_s),
            str(path),
            str(self._output),
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
        )

    def begin(self) -> None:
        """Let them work, once all are connected. Raises UploadFailedError."""
        if not self._process.stdout or not self._process.stdout.readline() or not self._process.stdin:
            raise UploadFailedError("the stations did not start")
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def is_over(self) -> bool:
        """Tell whether all uploads were answered."""
        return self._process.poll() is not None

    def told(self, timeout_s: float) -> list[Told]:
        """Return what was acknowledged. Raises UploadFailedError."""
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            raise UploadFailedError(f"the check-ins did not end in {timeout_s:g} s") from error
        if code:
            raise UploadFailedError("a station failed; it said why above")
        return msgspec.msgpack.decode(self._output.read_bytes(), type=list[Told])

    def close(self) -> None:
        """Leave nothing running."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()


class _Hand:
    """One thread's stations, their uploads in the order they are due."""

    def __init__(self, port: int, plans: Sequence[tuple[float, list[Batch]]], every_s: float) -> None:
        connections = [KioskConnection(port) for _ in plans]
        self._connections = connections
        self._due = sorted(
            (
                (first_s + every_s * number, at, batch)
                for at, (first_s, batches) in enumerate(plans)
                for number, batch in enumerate(batches)
            ),
            key=lambda one: one[0],
        )
        self.told: list[Told] = []
        self.failure: Exception | None = None

    def run(self, begun_s: float) -> None:
        """Send everything at its time; what goes wrong is kept in `failure`."""
        try:
            for due_s, at, batch in self._due:
                wait_s = begun_s + due_s - time.monotonic()
                if wait_s > 0:
                    time.sleep(wait_s)
                told, _ = self._connections[at].deliver(batch)
                self.told.append(msgspec.structs.replace(told, sent_s=min(told.sent_s, begun_s + due_s)))
        except (OSError, UploadFailedError, msgspec.MsgspecError) as error:
            self.failure = error
        finally:
            for connection in self._connections:
                connection.close()


def _main(port: str, every_s: str, plan: str, output: str) -> int:
    plans = _plans.decode(Path(plan).read_bytes())
    hands = [_Hand(int(port), plans[number::THREADS], float(every_s)) for number in range(THREADS)]
    print("ready", flush=True)
    sys.stdin.readline()
    begun_s = time.monotonic()
    threads = [threading.Thread(target=hand.run, args=(begun_s,)) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Path(output).write_bytes(msgspec.msgpack.encode([told for hand in hands for told in hand.told]))
    failures = [hand.failure for hand in hands if hand.failure]
    for failure in failures:
        print(f"station: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
