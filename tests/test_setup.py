"""Setting up a machine: what is missing is installed, or named exactly with what is left out for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parent.parent / "setup"
NAMES = [
    line.split()[0]
    for line in (SETUP / "debian-packages.txt").read_text().splitlines()
    if not line.startswith("#")
]


class Machine:
    """A Debian machine of small scripts: what is installed stands in one file, what was called in another."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.installed = folder / "installed"
        self.installed.write_text("")
        self.called = folder / "called"
        self.called.write_text("")
        self.program("dpkg-query", f'shift 2\ngrep -qx "$1" "{self.installed}" && printf installed || exit 1')
        self.program("apt-cache", "printf '  Candidate: 1.0\\n'")
        self.program("sudo", "exit 1")
        self.program("id", "echo 1000")
        self.program(
            "apt-get",
            f'echo "$@" >>"{self.called}"\n'
            "for word; do case $word in -* | *::* | install | update) ;; "
            f'*) echo "$word" >>"{self.installed}" ;; esac; done',
        )

    def program(self, name: str, script: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def set_up(self, *lists: str) -> str:
        done = subprocess.run(
            [SETUP / "debian.sh", *lists],
            env=os.environ | {"PATH": f"{self.programs}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_ready_machine_is_left_alone(machine: Machine) -> None:
    machine.installed.write_text("\n".join(name.partition("|")[2] or name for name in NAMES))
    assert machine.set_up() == ""
    assert machine.called.read_text() == ""


def test_without_root_the_missing_packages_are_named_with_what_is_left_out(machine: Machine) -> None:
    machine.installed.write_text("\n".join(name.partition("|")[0] for name in NAMES if name != "zint"))
    told = machine.set_up()
    assert "zint                   tests that compare symbols with a second writer (zint)" in told
    assert "  sudo apt-get install -y --no-install-recommends zint \n" in told
    assert "chromium" not in told
    assert machine.called.read_text() == ""


def test_with_password_free_sudo_what_is_missing_is_installed_and_nothing_else(machine: Machine) -> None:
    conf = Path("/etc/postgresql-common/createcluster.conf")
    had_conf = conf.exists()
    machine.program(
        "sudo", 'shift\n[ "$1" = tee ] && exec cat\n[ "$1" = rm ] && exit\n[ "$1" = mkdir ] && exit\n"$@"'
    )
    machine.installed.write_text("zint\npostgresql\n")
    told = machine.set_up()
    assert "Missing" not in told
    installed = machine.installed.read_text().split()
    assert sorted(set(installed)) == sorted(name.partition("|")[0] for name in NAMES)
    [install] = [line for line in machine.called.read_text().splitlines() if " install " in line]
    assert "--no-install-recommends" in install
    assert " zint" not in install
    assert conf.exists() == had_conf


def test_another_list_is_taken_where_one_is_named(machine: Machine) -> None:
    told = machine.set_up("vm-packages.txt")
    assert "  qemu-system-x86 " in told
    assert "postgresql" not in told


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clone with nothing in it but the set-up, on a machine with a few small scripts for programs."""
    shutil.copytree(SETUP, tmp_path / "tree" / "setup")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(SETUP.parent / name, tmp_path / "tree")
    return tmp_path / "tree"


def make_environment(tree: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    for name in ("dirname", "mkdir", "id", "env"):
        found = shutil.which(name)
        assert found is not None
        if not (programs / name).exists():
            (programs / name).symlink_to(found)
    return subprocess.run(
        ["/bin/sh", tree / "setup" / "environment.sh"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_without_a_new_enough_python_the_command_that_brings_it_is_named(
    tree: Path, machine: Machine
) -> None:
    machine.program("python3", "exit 1")
    done = make_environment(tree, machine.programs)
    assert done.returncode == 1
    assert "NOAC needs Python 3.11 or newer" in done.stderr
    assert "sudo apt-get install -y python3" in done.stderr


def test_without_venv_and_without_root_the_command_that_brings_it_is_named(
    tree: Path, machine: Machine
) -> None:
    machine.program(
        "python3", 'case "$*" in *version_info*) ;; --version) echo Python 3.11 ;; *) exit 1 ;; esac'
    )
    done = make_environment(tree, machine.programs)
    assert done.returncode == 1
    assert (
        "Python's venv module is missing. This brings it:\n  sudo apt-get install -y python3-venv"
        in done.stderr
    )
