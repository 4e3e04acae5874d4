"""Programs of a demonstration: started in a group of their own, awaited, stopped, and never left running."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
LOOK_EVERY_S = 0.05
LOG_LINES_SHOWN = 20
TIME_ZONE = "Asia/Shanghai"
"""Where the plant lives, for the hub by its settings and for the kiosks by their machine: one clock on every screen."""


class StartError(RuntimeError):
    """A program did not come up: its name, and the last lines it wrote."""


class Program:
    """One `noac` command as a process; what it writes goes to a log file beside its data."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "noac", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"TZ": TIME_ZONE},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process's id, which is its group's id too."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def await_port(self, port: int) -> None:
        """Wait until it listens. Raises StartError if it ends, or does not within START_TIMEOUT_S."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.is_running:
            with socket.socket() as probe:
                probe.settimeout(1.0)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(LOOK_EVERY_S)
        last = self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        raise StartError(f"{self.name} did not open port {port}:\n" + "\n".join(last))

    def stop(self) -> None:
        """End it as a person would; after STOP_TIMEOUT_S by force."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_S)
        self.kill()

    @contextlib.contextmanager
    def frozen(self) -> Generator[None]:
        """Let it stand still, without its knowing."""
        os.killpg(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Pull the plug: SIGKILL for it and everything it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def run_to_end(arguments: Sequence[str], timeout_s: float = 120.0) -> str:
    """Run one `noac` command to its end and return what it wrote. Raises StartError if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "noac", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        raise StartError(f"noac {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
