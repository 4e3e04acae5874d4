"""One hub to a database: a second one, a restore or a fold anew beside it is refused with a word."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import command
from hub.store.database import StoreBusyError, has_reset_fault, open_database, writing
from hub.store.lock import StoreHeldError, holding


@pytest.mark.fault("H5")
def test_a_database_is_held_by_one_at_a_time(database_url: str) -> None:
    open_database(database_url).dispose()
    with holding(database_url), pytest.raises(StoreHeldError, match="another hub"), holding(database_url):
        pass
    with holding(database_url):
        pass  # it is free again


@pytest.mark.fault("H5")
def test_a_holder_that_was_killed_holds_nothing(database_url: str) -> None:
    program = (
        "import sys; from hub.store.lock import holding\n"
        f"with holding({database_url!r}):\n print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreHeldError), holding(database_url):
            pass
        holder.kill()
        holder.wait(20)
    for _ in range(200):  # a server notices a client's end when it next looks
        try:
            with holding(database_url):
                return
        except StoreHeldError:
            continue
    pytest.fail("it is still held")


@pytest.mark.fault("H5")
@pytest.mark.parametrize(
    "arguments", [["rebuild"], ["restore", "--from", "nowhere"], []], ids=["rebuild", "restore", "hub"]
)
def test_nothing_that_needs_the_database_alone_begins_beside_a_hub(
    tmp_path: Path, arguments: list[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    with holding(url):
        given = ["--data", str(tmp_path), "--port", "0", *arguments]
        result = CliRunner().invoke(command, given)
    assert result.exit_code == 2
    assert "another hub runs on it" in result.output
    assert "数据库正在使用" in result.output


def test_work_beside_a_hub_goes_on(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    with holding(f"sqlite:///{tmp_path / 'hub.sqlite'}"):
        for arguments in (
            ["devices"],
            ["export", "--to", str(tmp_path / "export")],
            ["backup", "--to", str(tmp_path / "to")],
            ["verify"],
            ["verify", str(tmp_path / "to")],
        ):
            result = CliRunner().invoke(command, ["--data", str(tmp_path), *arguments])
            assert result.exit_code == 0, (arguments, result.output)


def hub_on(url: str, folder: Path) -> subprocess.Popen[str]:
    command_line = [
        sys.executable,
        "-m",
        "noac",
        "hub",
        "--data",
        str(folder),
        "--database",
        url,
        "--port",
        "0",
    ]
    with (folder.parent / "hub.log").open("a") as log:
        return subprocess.Popen(
            command_line, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )


@pytest.mark.fault("H5")
def test_a_second_hub_process_is_refused_while_the_first_serves_and_admitted_when_it_was_killed(
    database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    first = hub_on(database_url, folder)
    try:
        assert first.stdout
        address = first.stdout.readline().split()[-1]
        second = hub_on(database_url, folder)
        assert second.wait(60) == 2
        assert second.stdout
        assert second.stdout.read() == "", "it served nothing"
        second.stdout.close()
        assert "another hub runs on it" in (tmp_path / "hub.log").read_text()
        with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=20) as answer:
            assert answer.status == 200, "the first is not disturbed"
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(30)
    third = hub_on(database_url, folder)
    try:
        assert third.stdout
        assert "http://" in third.stdout.readline()
    finally:
        os.killpg(third.pid, signal.SIGTERM)
        assert third.wait(60) == 0
        for one in (first, third):
            if one.stdout:
                one.stdout.close()


# --- taking turns ----------------------------------------------------------------------------------------------------


@pytest.mark.fault("B7")
@pytest.mark.parametrize(
    ("version", "is_faulty"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_a_library_with_the_reset_fault_is_known_by_its_version(
    version: tuple[int, int, int], is_faulty: bool
) -> None:
    assert has_reset_fault(version) is is_faulty


@pytest.mark.fault("B7")
def test_with_a_faulty_library_nobody_commits_before_anothers_checkpoint_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.database.has_reset_fault", lambda _version: True)
    monkeypatch.setattr("hub.store.database.BUSY_TIMEOUT_MS", 50)
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    one, other = open_database(url), open_database(url)  # as two processes have it
    with (tmp_path / "hub.sqlite.turn").open("ab") as at_work:
        fcntl.flock(at_work, fcntl.LOCK_EX)  # somebody's checkpoint: SQLite itself would let a commit through
        with pytest.raises(StoreBusyError, match="another program writes"), writing(one):
            pass
    for engine in (one, other):
        with writing(engine):
            pass
        engine.dispose()


def test_with_a_sound_library_nobody_waits_for_a_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.database.has_reset_fault", lambda _version: False)
    engine = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with writing(engine):
        assert not (tmp_path / "hub.sqlite.turn").exists()
    engine.dispose()
