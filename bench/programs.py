"""The programs under measurement: real `noac` processes, started, awaited, weighed, and never left running."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
LOG_CHARS_SHOWN = 2_000


class ProgramError(RuntimeError):
    """A program did not come up: what it said."""


class Program:
    """One `noac` command. It is ready when it says so in its first line on standard output."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        """Start it; what goes wrong is written to `log`."""
        self._log = log
        self._begun = time.monotonic()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "noac", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                cwd=Path(__file__).parents[1],
            )
        self.ready = ""
        self.start_s = 0.0

    def await_ready(self) -> str:
        """Wait for its first line and return it; `start_s` is then how long that took. Raises ProgramError."""
        output = self._process.stdout
        if output is None:
            raise ProgramError("it has no standard output")
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            if selector.select(START_TIMEOUT_S):
                self.ready = output.readline().decode(errors="replace").strip()
        self.start_s = time.monotonic() - self._begun
        if not self.ready:
            self.kill()
            said = self._log.read_text(encoding="utf-8", errors="replace")[-LOG_CHARS_SHOWN:]
            raise ProgramError(f"not ready after {self.start_s:.1f} s: {said}")
        return self.ready

    @property
    def address(self) -> str:
        """Where it serves, from its first line."""
        return self.ready.split()[-1]

    @property
    def memory_mb(self) -> float:
        """Resident memory (VmRSS) of the process and everything it started, in MB of a million bytes."""
        return sum(_resident_kib(one) for one in _family(self._process.pid)) * 1024 / 1e6

    def stop(self) -> None:
        """End it as a person would; after STOP_TIMEOUT_S by force."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_S)
        self.kill()

    def kill(self) -> None:
        """Pull the plug: SIGKILL for it and everything it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> list[int]:
    """Return a process and all its descendants (proc(5), /proc/pid/task/tid/children)."""
    found, waiting = list[int](), [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += [int(child) for child in children.read_text().split()]
    return found


def _resident_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0  # it ended while we looked
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) if lines else 0
