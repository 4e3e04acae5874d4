"""The programs and libraries tests may need, how to see whether they are here, and how to get them."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path


def chromium() -> str | None:
    """The path of Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def postgresql_programs() -> Path | None:
    """The folder that holds initdb, postgres and pg_ctl, or None. Debian keeps them off the PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def _shared_sqlite() -> bool:
    """Whether Python's sqlite3 uses a library of its own file, whose file layer a test can exchange."""
    import sqlite3

    with Path("/proc/self/maps").open(encoding="utf-8") as maps:
        return bool(sqlite3.sqlite_version) and any("libsqlite3.so" in line for line in maps)


def _mount() -> bool:
    """Whether small disks can be mounted here: as root, where the machine allows it."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False)
        return tried.returncode == 0 and not subprocess.run(["umount", folder], check=False).returncode


def _chinese_font() -> bool:
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return False
    listed = subprocess.run([fc_list, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _npm_peers() -> bool:
    """Whether `setup/peers.sh` has installed the npm packages of tests/peers."""
    return (Path(__file__).parent / "peers" / "node_modules" / ".noac-setup").exists()


# tool: is it here, and what brings it. What `make setup` can install begins with apt-get, or with its own name.
_TOOLS: dict[str, tuple[Callable[[], bool], str]] = {
    "chromium": (lambda: chromium() is not None, "apt-get install chromium"),
    "chinese-font": (_chinese_font, "apt-get install fonts-wqy-microhei"),
    "dmtx": (lambda: ctypes.util.find_library("dmtx") is not None, "apt-get install libdmtx0b"),
    "emupos": (lambda: find_spec("emupos") is not None, "a Python of at least 3.13, which it wants"),
    "mount": (_mount, "root, on a machine that lets it mount a tmpfs"),
    "npm-peers": (_npm_peers, "make setup"),
    "postgresql": (lambda: postgresql_programs() is not None, "apt-get install postgresql"),
    "shared-sqlite": (_shared_sqlite, "a Python that links SQLite dynamically, as Debian's does"),
    "systemd-analyze": (lambda: shutil.which("systemd-analyze") is not None, "apt-get install systemd"),
    "uinput": (lambda: os.access("/dev/uinput", os.W_OK), "a machine with /dev/uinput, as root"),
    "zbar": (lambda: ctypes.util.find_library("zbar") is not None, "apt-get install libzbar0"),
    "zint": (lambda: shutil.which("zint") is not None, "apt-get install zint"),
}


def can_be_set_up(tool: str) -> bool:
    """Whether `make setup` brings this tool, given root; the others depend on the machine."""
    return _TOOLS[tool][1].startswith(("apt-get", "make setup"))


@cache
def missing(tool: str) -> str | None:
    """Why a test that needs `tool` cannot run here, with the way out; None when it can."""
    is_here, way_out = _TOOLS[tool]
    return None if is_here() else f"{tool} is missing: {way_out}"
