"""Backup, verify, restore and export as somebody types them: what they say, and with which exit code they end."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import command
from hub.photo_copies import in_backup
from hub.photos import photo_folder
from hub.store.database import StoreBusyError
from tests.hub.plant import P, Plant
from tests.pictures import jpeg


def noac_hub(data: Path, *arguments: str, config: str = "") -> Result:
    given = ["--data", str(data)]
    if config:
        (data.parent / "hub.toml").write_text(config)
        given = ["--config", str(data.parent / "hub.toml"), *given]
    return CliRunner().invoke(command, [*given, *arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A hub's data folder after a short day."""
    folder = tmp_path / "data"
    folder.mkdir()
    plant = Plant(f"sqlite:///{folder / 'hub.sqlite'}")
    kiosk = plant.kiosk("K1")
    for value in ("1", "2", "3"):
        kiosk.receives(value)
    plant.takes(kiosk)
    plant.books()
    plant.close()
    return folder


def balances(data: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "hub.sqlite") as database:
        return database.execute("SELECT * FROM balances ORDER BY place").fetchall()


def test_from_backup_to_verified_to_restored(data: Path, tmp_path: Path) -> None:
    to = tmp_path / "to"
    made = noac_hub(data, "backup", "--to", str(to))
    assert (made.exit_code, made.output) == (0, "P1: proven through position 3, 3 new events\n")
    checked = noac_hub(data, "verify", str(to))
    assert checked.exit_code == 0
    assert "P1: proven through position 3" in checked.output
    fresh = tmp_path / "fresh"
    back = noac_hub(fresh, "restore", "--from", str(to))
    assert back.exit_code == 0, back.output
    assert "P1: restored through position 3" in back.output
    assert "generation 101" in back.output
    assert balances(fresh) == balances(data)
    assert noac_hub(fresh, "verify").exit_code == 0
    assert noac_hub(fresh, "backup", "--to", str(to)).output.endswith("position 3, 0 new events\n")


@pytest.mark.fault("B5")
def test_a_backup_that_does_not_count_ends_with_exit_code_one_and_says_why(
    data: Path, tmp_path: Path
) -> None:
    to = tmp_path / "to"
    assert noac_hub(data, "backup", "--to", str(to)).exit_code == 0
    ledger = to / P / "ledger-000001.ndjson.gz"
    ledger.write_bytes(ledger.read_bytes()[:-9])
    checked = noac_hub(data, "verify", str(to))
    assert checked.exit_code == 2
    assert "ledger-000001.ndjson.gz" in checked.output
    assert "文件已损坏" in checked.output
    refused = noac_hub(tmp_path / "fresh", "restore", "--from", str(to))
    assert refused.exit_code == 2
    assert not (tmp_path / "fresh" / "hub.sqlite").exists(), "nothing was begun"
    again = noac_hub(data, "backup", "--to", str(to))
    assert again.exit_code == 1
    assert "does not count / 此备份无效" in again.output
    assert noac_hub(data, "backup", "--to", str(to)).exit_code == 0


def test_the_folder_of_the_settings_must_be_there(data: Path, tmp_path: Path) -> None:
    config = f'[backup]\nfolder = "{tmp_path / "disk"}"\n'
    missing = noac_hub(data, "backup", config=config)
    assert missing.exit_code == 2
    assert "is its disk mounted?" in missing.output
    (tmp_path / "disk").mkdir()
    assert noac_hub(data, "backup", config=config).exit_code == 0
    assert (tmp_path / "disk" / P).is_dir()


def test_without_any_folder_the_command_says_how_to_name_one(data: Path) -> None:
    asked = noac_hub(data, "backup")
    assert asked.exit_code == 2
    assert "--to names the folder" in asked.output


@pytest.mark.fault("B8")
def test_books_altered_by_hand_end_verify_with_exit_code_one(data: Path) -> None:
    assert noac_hub(data, "verify").output == "P1: 0 findings / 问题数 0\n"
    with sqlite3.connect(data / "hub.sqlite") as database:
        database.execute("UPDATE balances SET value = value + 1 WHERE place = 'A1'")
    found = noac_hub(data, "verify")
    assert found.exit_code == 1
    assert "balances A1/I1/L1" in found.output
    assert noac_hub(data, "rebuild").exit_code == 0
    assert noac_hub(data, "verify").exit_code == 0


def test_a_restore_over_something_asks_first_and_then_sets_it_aside(data: Path, tmp_path: Path) -> None:
    noac_hub(data, "backup", "--to", str(tmp_path / "to"))
    refused = noac_hub(data, "restore", "--from", str(tmp_path / "to"))
    assert refused.exit_code == 2
    assert "--replace" in refused.output
    done = noac_hub(data, "restore", "--from", str(tmp_path / "to"), "--replace")
    assert done.exit_code == 0
    (aside,) = [path for path in data.glob("hub.sqlite.before_*") if not path.name.endswith(("-wal", "-shm"))]
    assert str(aside) in done.output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--at", "yesterday"], "neither a day"), (["--at", "2020-01-01"], "no proven backup from before")],
)
def test_a_moment_no_backup_is_from_is_refused(
    data: Path, tmp_path: Path, arguments: list[str], word: str
) -> None:
    noac_hub(data, "backup", "--to", str(tmp_path / "to"))
    refused = noac_hub(tmp_path / "fresh", "restore", "--from", str(tmp_path / "to"), *arguments)
    assert refused.exit_code == 2
    assert word in refused.output


def test_a_folder_without_backups_is_none(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (["verify", str(tmp_path / "empty")], ["restore", "--from", str(tmp_path / "empty")]):
        refused = noac_hub(data, *arguments)
        assert refused.exit_code == 2
        assert "no proven backup" in refused.output


def test_an_export_says_how_far_it_goes(data: Path, tmp_path: Path) -> None:
    made = noac_hub(data, "export", "--to", str(tmp_path / "export"))
    assert made.exit_code == 0
    assert "P1 through position 3" in made.output
    assert json.loads((tmp_path / "export" / "manifest.json").read_text())["position"] == 3
    again = noac_hub(data, "export", "--to", str(tmp_path / "export"))
    assert again.exit_code == 2
    assert "not empty" in again.output


@pytest.mark.fault("B4")
@pytest.mark.parametrize("page", range(1, 40, 3))
def test_a_damaged_database_is_told_and_put_back_from_the_backup(
    data: Path, tmp_path: Path, page: int
) -> None:
    assert noac_hub(data, "backup", "--to", str(tmp_path / "to")).exit_code == 0
    sound = balances(data)
    with sqlite3.connect(data / "hub.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
    with (data / "hub.sqlite").open("r+b") as file:
        file.seek(page * page_bytes + 100)
        file.write(b"\xa5" * (page_bytes - 100))
    for arguments in (["verify"], ["backup", "--to", str(tmp_path / "to")]):
        told = noac_hub(data, *arguments)
        assert told.exception is None or isinstance(told.exception, SystemExit), (arguments, told.exception)
    back = noac_hub(data, "restore", "--from", str(tmp_path / "to"), "--replace")
    assert back.exit_code == 0, back.output
    assert balances(data) == sound
    assert noac_hub(data, "verify").exit_code == 0


def test_a_trial_that_finds_no_room_does_not_count(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreBusyError("database or disk is full")

    monkeypatch.setattr("hub.backup.load_plant", full)
    made = noac_hub(data, "backup", "--to", str(tmp_path / "to"))
    assert made.exit_code == 1
    assert "on trial: database or disk is full" in made.output


def test_photos_go_along_with_a_backup_and_come_back_and_a_damaged_one_is_said(
    data: Path, tmp_path: Path
) -> None:
    digest = photo_folder(data, P).keep(jpeg())
    to, fresh = tmp_path / "to", tmp_path / "fresh"
    assert "P1: 1 photos / 照片 1\n" in noac_hub(data, "backup", "--to", str(to)).output
    assert "photos" not in noac_hub(data, "backup", "--to", str(to)).output
    assert noac_hub(data, "verify", str(to)).exit_code == 0
    back = noac_hub(fresh, "restore", "--from", str(to))
    assert "P1: 1 photos / 照片 1\n" in back.output
    assert photo_folder(fresh, P).read(digest) == jpeg()
    in_backup(to, P).path(digest).write_bytes(b"spoilt")
    found = noac_hub(data, "verify", str(to))
    assert (found.exit_code, f"photo {digest} is not what its name says" in found.output) == (1, True)
    photo_folder(data, P).path(digest).write_bytes(b"spoilt")
    assert noac_hub(data, "verify").exit_code == 1
