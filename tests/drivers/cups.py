"""A print server of its own for one test: CUPS as it is installed, with a raw queue whose printer is a file."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

PATIENCE_S = 20.0
OWNER, GROUP = "nobody", "nogroup"
RUNS_AS = ("setpriv", f"--reuid={OWNER}", f"--regid={GROUP}", "--clear-groups", "--")
"""What stands before the command where the tests run as root: CUPS refuses to serve as root."""

DAEMON = "/usr/sbin/cupsd"
SETTINGS = """
Listen 127.0.0.1:{port}
WebInterface No
Browsing Off
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Location /admin>
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {folder}/etc
ServerBin {folder}/bin
StateDir {folder}/state
CacheDir {folder}/cache
RequestRoot {folder}/spool
TempDir {folder}/tmp
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
User {user}
Group {group}
"""
BACKEND = """#!/bin/sh
[ $# -eq 0 ] && echo 'direct paper "Paper" "Paper"' && exit 0
cat "${{6:--}}" >> {folder}/paper
"""


class Cups:
    """One server with the queue `dock`."""

    def __init__(self) -> None:
        if not os.access(DAEMON, os.X_OK):
            pytest.fail("CUPS is not installed: make setup installs it")
        # CUPS wants short paths that its user may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="noac-cups-"))
        self.folder.chmod(0o711)
        self.paper = self.folder / "paper"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._prepare()
        user = RUNS_AS if os.geteuid() == 0 else ()
        self._process = subprocess.Popen(
            [
                *user,
                DAEMON,
                "-f",
                "-c",
                str(self.folder / "cupsd.conf"),
                "-s",
                str(self.folder / "files.conf"),
            ]
        )
        self.tells("lpadmin", "-p", "dock", "-E", "-v", "paper:/", "-m", "raw")

    def _prepare(self) -> None:
        is_root = os.geteuid() == 0
        for name in ("etc/ppd", "bin/backend", "bin/daemon", "state", "cache", "spool", "tmp", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        user = OWNER if is_root else os.environ.get("USER", "")
        group = GROUP if is_root else user
        (self.folder / "cupsd.conf").write_text(SETTINGS.format(port=self.port))
        (self.folder / "files.conf").write_text(FILES.format(folder=self.folder, user=user, group=group))
        for one in Path("/usr/lib/cups/daemon").iterdir():  # CUPS starts backends by a program of its own
            (self.folder / "bin/daemon" / one.name).symlink_to(one)
        backend = self.folder / "bin/backend/paper"
        backend.write_text(BACKEND.format(folder=self.folder))
        backend.chmod(0o700)
        if is_root:
            for one in (self.folder, *self.folder.rglob("*")):
                if not one.is_symlink():
                    shutil.chown(one, OWNER, GROUP)

    def tells(self, program: str, *arguments: str) -> str:
        """Run one of its commands, again while it is still starting."""
        command = [program, "-h", f"127.0.0.1:{self.port}", *arguments]
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            done = subprocess.run(command, capture_output=True, check=False, text=True)
            if not done.returncode:
                return done.stdout
            assert time.monotonic() < deadline_s, done.stderr
            time.sleep(0.1)

    def stop(self) -> None:
        """End it, and leave nothing."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        shutil.rmtree(self.folder)
