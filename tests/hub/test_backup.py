"""Backups: only what is new is added, every one is proven before it counts, and a broken byte anywhere is seen."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.log import Head
from hub.backup import NoBackupError, back_up, manifests, newest, prove
from hub.chained import BrokenFileError
from hub.exception import first_owner
from hub.manifest import read_manifest
from hub.store.database import writing
from hub.store.tables import backups, discrepancies, safe_heads
from tests.hub.plant import START, Kiosk, P, Plant

DAY = timedelta(days=1)


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def brings(plant: Plant, kiosk: Kiosk, lines: int = 3) -> None:
    for _ in range(lines):
        kiosk.receives("1")
    first = len(kiosk.entries) - lines + 1
    plant.takes(kiosk, kiosk.upload(first))


def flip(path: Path, at: int = -20) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def open_ones(plant: Plant) -> list[str]:
    return [row["detail_json"] for row in plant.rows(discrepancies, kind="backup") if not row["closed_at"]]


def safe(plant: Plant) -> list[tuple[str, int, int, str]]:
    return [(row["device"], row["epoch"], row["sequence"], row["digest"]) for row in plant.rows(safe_heads)]


@pytest.mark.fault("B5")
def test_only_a_proven_backup_moves_the_safe_head_and_every_answer_says_it(
    plant: Plant, tmp_path: Path
) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)
    assert plant.takes(kiosk).safe == Head()
    proven = kiosk.head
    outcome = back_up(plant.engine, P, tmp_path, START)
    assert (outcome.problem, outcome.position, outcome.events_new) == ("", 3, 3)
    brings(plant, kiosk)
    answer = plant.takes(kiosk)
    assert (answer.safe, answer.accepted) == (proven, kiosk.head), "what came after it is not safe yet"
    assert [(row["position"], row["problem"]) for row in plant.rows(backups)] == [(3, "")]


def test_the_safe_head_is_that_of_the_epoch_that_was_uploaded(plant: Plant, tmp_path: Path) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)
    back_up(plant.engine, P, tmp_path, START)
    again = Kiosk(name="K1", epoch=2)
    again.receives("1")
    assert plant.takes(again).safe == Head()


def test_the_next_backup_adds_only_what_is_new_and_rewrites_nothing(plant: Plant, tmp_path: Path) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk, 30)
    back_up(plant.engine, P, tmp_path, START)
    before = {path.name: path.read_bytes() for path in (tmp_path / P).glob("*.ndjson.gz")}
    brings(plant, kiosk, 2)
    outcome = back_up(plant.engine, P, tmp_path, START + DAY)
    assert (outcome.problem, outcome.position, outcome.events_new) == ("", 32, 2)
    after = {path.name: path.read_bytes() for path in (tmp_path / P).glob("*.ndjson.gz")}
    assert {name: after[name] for name in before} == before
    added = sorted(name for name in after if name.startswith("ledger-") and name not in before)
    manifest = newest(tmp_path / P)
    assert [manifest.files[name].lines for name in added] == [2]
    assert [manifest.files[name].lines for name in manifest.named("ledger")] == [30, 2]
    assert len(manifest.named("reference")) == 1, "reference data did not change"
    prove(tmp_path / P, manifest)


def test_keys_are_for_their_owner_alone(plant: Plant, tmp_path: Path) -> None:
    brings(plant, plant.kiosk("K1"))
    back_up(plant.engine, P, tmp_path, START)
    private = tmp_path / P / "private"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in private.iterdir()] == [0o600]
    public = b"".join(path.read_bytes() for path in (tmp_path / P).glob("*.json"))
    assert (b"k" * 32).hex().encode() not in public


def files_of_a_backup() -> list[str]:
    return ["ledger-", "heads-", "discrepancies-", "private/devices-", "reference-", "unproven-"]


@pytest.mark.parametrize("file", files_of_a_backup())
@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.95])
@pytest.mark.fault("B5")
def test_one_broken_byte_in_any_file_and_the_backup_does_not_count(
    tmp_path: Path, file: str, where: float
) -> None:
    plant = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)

    def breaks(manifest: Path) -> None:
        (path,) = manifest.parent.glob(f"{file}*")
        flip(path, int(where * path.stat().st_size))

    outcome = back_up(plant.engine, P, tmp_path / "to", START, written=breaks)
    assert outcome.problem
    assert manifests(tmp_path / "to" / P) == []
    assert (safe(plant), plant.takes(kiosk).safe) == ([], Head())
    (told,) = open_ones(plant)
    assert json.loads(told)["folder"] == str(tmp_path / "to")
    again = back_up(plant.engine, P, tmp_path / "to", START + DAY)
    assert (again.problem, open_ones(plant)) == ("", []), "the next good one closes it"
    assert safe(plant) == [("K1", 1, 3, kiosk.head.digest)]
    assert [bool(row["problem"]) for row in plant.rows(backups)] == [True, False]
    plant.close()


@pytest.mark.fault("B5")
def test_a_bad_backup_leaves_the_safe_head_where_the_last_good_one_put_it(
    plant: Plant, tmp_path: Path
) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)
    back_up(plant.engine, P, tmp_path, START)
    before = safe(plant)
    brings(plant, kiosk)
    for day in (1, 2):
        outcome = back_up(
            plant.engine,
            P,
            tmp_path,
            START + day * DAY,
            written=lambda path: flip(max(path.parent.glob("ledger-*"))),
        )
        assert outcome.problem
    assert safe(plant) == before
    assert len(open_ones(plant)) == 1, "one cause is open once"


@pytest.mark.fault("B5")
def test_a_file_that_broke_later_is_said_once_and_written_anew(plant: Plant, tmp_path: Path) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)
    back_up(plant.engine, P, tmp_path, START)
    flip(tmp_path / P / "ledger-000001.ndjson.gz")
    found = back_up(plant.engine, P, tmp_path, START + DAY)
    assert "ledger-000001" in found.problem
    assert len(open_ones(plant)) == 1
    after = back_up(plant.engine, P, tmp_path, START + 2 * DAY)
    assert (after.problem, after.events_new, open_ones(plant)) == ("", 0, [])
    prove(tmp_path / P, newest(tmp_path / P))


@pytest.mark.fault("A10", "B8")
def test_a_ledger_that_was_altered_by_hand_is_not_proven(tmp_path: Path) -> None:
    plant = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)
    with writing(plant.engine) as connection:
        connection.execute(text("DROP TRIGGER events_refuse_update"))
        forged = kiosk.entries[1].body.replace(b'"1"', b'"7"')
        connection.execute(text("UPDATE events SET body = :body WHERE position = 2"), {"body": forged})
    outcome = back_up(plant.engine, P, tmp_path / "to", START)
    assert "position 2" in outcome.problem
    assert safe(plant) == []
    plant.close()


def test_a_backup_goes_on_from_an_earlier_one_when_the_newest_is_not_of_this_ledger(
    plant: Plant, tmp_path: Path
) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk)
    back_up(plant.engine, P, tmp_path, START)
    other = Plant(f"sqlite:///{tmp_path / 'other.sqlite'}")
    stranger = other.kiosk("K1")
    brings(other, stranger, 4)
    outcome = back_up(other.engine, P, tmp_path, START + DAY)
    assert (outcome.problem, outcome.events_new) == ("", 4), "nothing of another ledger is built upon"
    prove(tmp_path / P, newest(tmp_path / P))
    assert newest(tmp_path / P, START).position == 3
    other.close()


def test_a_clock_that_was_wrong_once_does_not_hide_the_newest_backup(plant: Plant, tmp_path: Path) -> None:
    kiosk = plant.kiosk("K1")
    brings(plant, kiosk, 1)
    back_up(plant.engine, P, tmp_path, START + 4000 * DAY)
    brings(plant, kiosk, 1)
    back_up(plant.engine, P, tmp_path, START)
    assert newest(tmp_path / P).position == 2


def test_old_registers_go_and_every_backup_that_is_kept_can_still_be_proven(
    plant: Plant, tmp_path: Path
) -> None:
    kiosk = plant.kiosk("K1")
    for day in range(6):
        brings(plant, kiosk, 1)
        assert not back_up(plant.engine, P, tmp_path, START + day * DAY, keep=3).problem
    kept = [read_manifest(path) for path in manifests(tmp_path / P)]
    assert [manifest.position for manifest in kept] == [4, 5, 6]
    for manifest in kept:
        prove(tmp_path / P, manifest)
    assert len(list((tmp_path / P).glob("heads-*"))) == 3
    assert len(list((tmp_path / P).glob("ledger-*"))) == 6, "the ledger is never removed"


def test_where_there_is_no_room_the_backup_does_not_count_and_says_so(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brings(plant, plant.kiosk("K1"))

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hub.backup.write_chained", full)
    outcome = back_up(plant.engine, P, tmp_path, START)
    assert "No space left" in outcome.problem
    assert len(open_ones(plant)) == 1
    assert safe(plant) == []


def test_what_a_killed_backup_left_is_cleared_away(plant: Plant, tmp_path: Path) -> None:
    brings(plant, plant.kiosk("K1"))
    (tmp_path / P / "private").mkdir(parents=True)
    left = [tmp_path / P / "ledger-000001.ndjson.gz.part", tmp_path / P / "private" / "devices-x.part"]
    for path in left:
        path.write_bytes(b"half")
    assert not back_up(plant.engine, P, tmp_path, START).problem
    assert not any(path.exists() for path in left)


def test_an_empty_folder_holds_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NoBackupError):
        newest(tmp_path)


def test_a_manifest_that_was_altered_is_no_manifest(plant: Plant, tmp_path: Path) -> None:
    brings(plant, plant.kiosk("K1"))
    back_up(plant.engine, P, tmp_path, START)
    (path,) = manifests(tmp_path / P)
    path.write_text(path.read_text().replace('"position": 3', '"position": 2'))
    with pytest.raises(BrokenFileError, match="not the one that was written"):
        newest(tmp_path / P)


def test_a_backup_that_does_not_count_is_somebodys_to_mend(plant: Plant, tmp_path: Path) -> None:
    brings(plant, plant.kiosk("K1"))
    outcome = back_up(plant.engine, P, tmp_path / "to", START, written=flip)
    assert outcome.problem
    [row] = plant.rows(discrepancies, kind="backup")
    assert row["owner"] == first_owner("backup", operator="", device="") != ""
