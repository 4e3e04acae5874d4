"""A program proves itself by working: it signs once, in its own trial, and never in another's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hub import trial as hub_trial
from kiosk import heartbeat as heartbeats
from kiosk.heartbeat import Heartbeat
from tests.updates.workshop import SmallBuilder, Workshop, held, root_with
from updates import starter
from updates.install import install
from updates.starter import STARTS_MAX, STATE_NAME, TRIAL, Root, begin_start, main
from updates.trial import OwnRelease, TrialWatch

WAIT_S = 20.0


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "workshop")


@pytest.fixture
def root(workshop: Workshop, tmp_path: Path) -> Root:
    """0.1.0 has proved itself, 0.2.0 has just been installed and started."""
    made = root_with(workshop, tmp_path / "root", "0.1.0")
    install(made, workshop.bundle("0.2.0"), builder=SmallBuilder())
    assert main(["--root", str(made.path)]) == 0
    return made


def own(root: Root, version: str = "0.2.0") -> OwnRelease:
    return OwnRelease.of_this_program(str(root.folder(version)))


def test_it_signs_once_it_has_worked_for_long_enough(root: Root) -> None:
    release = own(root)
    assert release.is_on_trial
    assert release.is_taken_back
    watch = TrialWatch(release)
    watch.look(59.9)
    assert not root.is_healthy(held(root))
    watch.look(60.0)
    assert root.is_healthy(held(root))
    begin_start(root)
    assert held(root).trial is None
    assert not own(root).is_on_trial


def test_the_program_can_read_what_holds_whatever_the_umask_of_its_unit(root: Root) -> None:
    state = root.path / STATE_NAME
    before = state.read_bytes()
    command = [sys.executable, "-I", starter.__file__, "--root", str(root.path)]
    subprocess.run(command, check=True, timeout=30, umask=0o077)
    assert state.read_bytes() != before, "the start was counted"
    assert state.stat().st_mode & 0o777 == 0o644


def test_the_release_that_still_runs_does_not_sign_for_the_one_that_was_installed(root: Root) -> None:
    TrialWatch(own(root, "0.1.0")).look(1e9)
    assert not root.is_healthy(held(root))


def test_a_sign_from_an_earlier_trial_counts_for_nothing(root: Root, workshop: Workshop) -> None:
    TrialWatch(own(root)).look(60)
    install(root, workshop.bundle("0.3.0"), builder=SmallBuilder())
    assert held(root).previous == "0.2.0"
    assert not root.is_healthy(held(root))


def test_the_first_release_of_a_machine_has_nothing_to_go_back_to(workshop: Workshop, tmp_path: Path) -> None:
    made = root_with(workshop, tmp_path / "new")
    install(made, workshop.bundle("0.1.0"), builder=SmallBuilder())
    assert own(made, "0.1.0").is_on_trial
    assert not own(made, "0.1.0").is_taken_back, "safe mode is all there is"
    for _ in range(STARTS_MAX + 2):
        begin_start(made)
    assert held(made).current == "0.1.0"


def test_a_program_outside_of_any_root_is_never_on_trial(tmp_path: Path) -> None:
    assert OwnRelease.of_this_program(str(tmp_path)) == OwnRelease()
    TrialWatch(OwnRelease()).look(1e9)


def test_a_sign_that_cannot_be_written_is_said_and_work_goes_on(
    root: Root, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(root.path / TRIAL)
    TrialWatch(own(root)).look(60)
    assert "release 0.2.0 works, but cannot sign it" in caplog.text


def test_the_scan_paths_beat_is_steady_only_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(heartbeats.time, "monotonic", lambda: now[0])
    heart = Heartbeat()
    assert heart.steady_s == 0
    for _ in range(11):
        heart.alive()
        now[0] += 1
    assert heart.steady_s == 10
    now[0] += 5
    assert heart.steady_s == 0, "it hangs"
    heart.alive()
    now[0] += 1
    heart.alive()
    assert heart.steady_s == 1


class Health(BaseHTTPRequestHandler):
    """Answers after health as it is told to."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == hub_trial.HEALTH_PATH else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        return


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hub_that_answers_with_errors_never_signs(
    root: Root, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_trial, "LOOK_EVERY_S", 0.01)
    looked: list[float] = []

    class Watch(TrialWatch):
        def look(self, steady_s: float) -> None:
            looked.append(steady_s)
            self.is_over = len(looked) >= 5 or steady_s >= 0.05

    monkeypatch.setattr(Health, "status", 500)
    hub_trial._watch(Watch(own(root)), "127.0.0.1", port)
    assert max(looked) < 0.05
    monkeypatch.setattr(Health, "status", 200)
    looked.clear()
    began_s = time.monotonic()
    while not looked or max(looked) < 0.01:
        hub_trial._watch(Watch(own(root)), "127.0.0.1", port)
        assert time.monotonic() - began_s < WAIT_S
