"""Real programs, really installed: a kiosk and a hub are updated in mid-shift, and a bad release goes again."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import pytest

from domain.events.terminal import KioskStarted, ReleaseChanged
from domain.log import event_of
from tests.faults.plant_floor import HubProcess, make_hub
from tests.kiosk.process import KioskProcess, entries_of, write_settings
from tests.test_distribution import BUILT_FROM, PIP_WHEEL, ROOT, files_of_packages
from tests.updates.workshop import Workshop, another_wheel, held
from tests.world import KEEPER, LEADER, badge_code
from updates.starter import HEALTHY_NAME, STARTER_NAME, STARTS_MAX, TRIAL, Root

Program = TypeVar("Program")
HEALTHY_AFTER_S = 1
HEALTHY_WITHIN_S = 60.0
BROKEN = "raise RuntimeError('this release was never tried')\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree's wheel, built without network."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*BUILT_FROM, *files_of_packages()):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run([*PIP_WHEEL, "--wheel-dir", str(out), str(source)], check=True, timeout=100)
    return next(out.glob("*.whl"))


class Machine:
    """A machine in the plant, with what systemd does on it and what somebody types."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self._wheel, self._folder = wheel, folder
        self._workshop = Workshop(folder / "workshop")
        self.root = Root(folder / "opt")
        self.program = (str(self.root.path / "current" / "bin" / "noac"),)

    def bundle(self, version: str, **changed: str) -> Path:
        files = {name.replace("__", "/") + ".py": text for name, text in changed.items()}
        return self._workshop.bundle_of(another_wheel(self._wheel, self._workshop.folder, version, files))

    def types(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "noac", "update", *words, "--root", str(self.root.path)],
            check=False,
            capture_output=True,
            text=True,
            timeout=100,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def installs(self, bundle: Path) -> None:
        """As `noac update install` from a stick; what every release needs is shared, to be quick."""
        packages = sysconfig.get_path("purelib")
        said = self.types(
            *("install", str(bundle), "--trust", str(self._workshop.public)),
            *("--healthy-after", str(HEALTHY_AFTER_S), "--share", packages),
        )
        assert "is installed. It is tried at the next start" in said

    def starts(self, start: Callable[[], Program]) -> tuple[Program, int]:
        """Start a program as its unit does, again while it fails; returns it and how many starts failed."""
        for failed in range(STARTS_MAX + 2):
            starter = [sys.executable, "-I", str(self.root.path / STARTER_NAME)]
            subprocess.run(starter, check=True, capture_output=True, timeout=30)
            try:
                return start(), failed
            except RuntimeError as error:
                told = str(error)
        pytest.fail(f"nothing starts any more: {told}")

    def waits_until_it_is_healthy(self) -> None:
        trial, until_s = held(self.root).trial, time.monotonic() + HEALTHY_WITHIN_S
        assert trial
        signed = self.root.path / TRIAL / HEALTHY_NAME
        while not signed.exists() or f'"change": {trial.change}}}' not in signed.read_text():
            assert time.monotonic() < until_s, "it never signed"
            time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.fault("K9")
@pytest.mark.timeout(300)
def test_a_kiosk_with_unsent_records_is_updated_and_a_bad_release_goes_by_itself(
    tmp_path: Path, wheel: Path
) -> None:
    machine, settings = Machine(tmp_path, wheel), write_settings(tmp_path)

    def start() -> KioskProcess:
        return KioskProcess(tmp_path, settings, program=machine.program)

    machine.installs(machine.bundle("0.9.1"))
    kiosk, failed = machine.starts(start)
    assert failed == 0
    kiosk.scan(badge_code(KEEPER))
    machine.waits_until_it_is_healthy()

    machine.installs(machine.bundle("0.9.2"))  # while the kiosk works
    kiosk.scan(badge_code(LEADER))
    assert kiosk.stop() == 0
    before = [one.digest for one in entries_of(tmp_path)]
    kiosk, failed = machine.starts(start)
    assert failed == 0
    machine.waits_until_it_is_healthy()
    assert "on trial" not in machine.types("status")

    machine.installs(machine.bundle("0.9.3", kiosk__app=BROKEN))
    kiosk.scan(badge_code(KEEPER))
    assert kiosk.stop() == 0
    kiosk, failed = machine.starts(start)
    assert failed == STARTS_MAX, "it was tried, did not end in safe mode, and was taken back"
    assert kiosk.stop() == 0
    assert "0.9.3 -> 0.9.2  failed" in machine.types("status")

    entries = entries_of(tmp_path)
    assert [one.digest for one in entries][: len(before)] == before, "nothing that was stored has changed"
    told = [event_of(one.envelope) for one in entries]
    versions = [one.software for one in told if isinstance(one, KioskStarted)]
    assert versions == ["noac 0.9.1", "noac 0.9.2", "noac 0.9.2"]
    changes = [one for one in told if isinstance(one, ReleaseChanged)]
    assert [(one.before, one.after, one.reason) for one in changes] == [
        ("", "0.9.1", "installed"),
        ("0.9.1", "0.9.2", "installed"),
        ("0.9.2", "0.9.3", "installed"),
        ("0.9.3", "0.9.2", "failed"),
    ]
    scans = [one.envelope.raw.text for one in entries if one.envelope.raw]
    in_order = [code for code, _ in groupby(scans)]  # one badge signs somebody off and somebody on
    assert in_order == [badge_code(KEEPER), badge_code(LEADER), badge_code(KEEPER)]


@pytest.mark.slow
@pytest.mark.fault("K9")
@pytest.mark.timeout(300)
def test_a_hub_on_trial_proves_itself_by_answering_and_a_bad_one_goes(tmp_path: Path, wheel: Path) -> None:
    machine, folder = Machine(tmp_path, wheel), tmp_path / "hub"
    make_hub(folder, [])

    def start() -> HubProcess:
        return HubProcess(folder, program=machine.program)

    machine.installs(machine.bundle("0.9.1"))
    hub, failed = machine.starts(start)
    assert failed == 0
    try:
        machine.waits_until_it_is_healthy()
    finally:
        hub.kill()
    machine.installs(machine.bundle("0.9.2", hub__app=BROKEN))
    hub, failed = machine.starts(start)
    hub.kill()
    assert failed == STARTS_MAX
    assert held(machine.root).current == "0.9.1"
