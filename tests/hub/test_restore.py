"""Putting a hub back: the same facts and the same stock, a new generation, and nothing there was is written over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, inspect, text

from domain.wire import Accepted, Resend
from hub.backup import back_up, manifests
from hub.chained import BrokenFileError, read_chained, write_chained
from hub.manifest import read_manifest, write_manifest
from hub.recovery import UNKNOWN_GENERATIONS, RestoreRefusedError, moment, put_back
from hub.store.database import generation_of, open_database, reading, set_generation, writing
from hub.store.devices import revoke
from hub.store.event_log import end_of
from hub.store.migration import FIRST_VERSION
from hub.store.reference import write_records
from hub.store.tables import (
    PROJECTED,
    devices,
    discrepancies,
    events,
    heads,
    reference,
    reference_history,
    safe_heads,
)
from tests.hub.plant import START, Kiosk, P, Plant, reference_records
from tests.hub.shapes import fill, live, make_shape

DAY = timedelta(days=1)
SAME = (events, heads, devices, reference, reference_history, *PROJECTED)


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def lived(plant: Plant) -> Kiosk:
    kiosk, thief = plant.kiosk("K1"), plant.kiosk("K2", revoked=True)
    kiosk.receives("21.4")
    kiosk.receives("5", to="NOWHERE")
    plant.takes(kiosk)
    thief.receives("9")
    plant.takes(thief)
    plant.books()
    return kiosk


def tables(plant: Plant) -> dict[str, object]:
    return {table.name: plant.rows(table) for table in SAME}


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> str:
    """A second, empty database; a file beside PostgreSQL too, for a backup may go from the one to the other."""
    return f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"


@pytest.mark.fault("H6", "B4")
def test_what_comes_back_is_what_was_there_in_the_next_generation(
    plant: Plant, elsewhere: str, tmp_path: Path
) -> None:
    kiosk = lived(plant)
    before = tables(plant)
    assert not back_up(plant.engine, P, tmp_path / "to", START).problem
    done = put_back(elsewhere, tmp_path / "to", START)
    assert (done.positions, done.generation, done.set_aside) == ({P: 3}, 1 + UNKNOWN_GENERATIONS, "")
    restored = Plant.again(elsewhere)
    assert tables(restored) == before
    assert [row["sequence"] for row in restored.rows(safe_heads, device="K1")] == [2]
    answer = restored.takes(kiosk)
    assert (answer.verdict, answer.accepted, answer.generation) == (Accepted(), kiosk.head, done.generation)
    assert answer.safe == kiosk.head
    restored.close()


@pytest.mark.fault("H6")
def test_a_kiosk_that_knows_more_than_the_backup_brings_it_again(
    plant: Plant, elsewhere: str, tmp_path: Path
) -> None:
    kiosk = lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    for _ in range(3):
        kiosk.receives("1")
    plant.takes(kiosk, kiosk.upload(3))
    plant.books()
    put_back(elsewhere, tmp_path / "to", START)
    restored = Plant.again(elsewhere)
    late = kiosk.receives("2")
    answer = restored.takes(kiosk, kiosk.upload(6))
    assert answer.verdict == Resend(from_sequence=3, reason="gap")
    assert restored.takes(kiosk, kiosk.upload(3)).accepted == late.head
    restored.books()
    assert restored.balances()["A1", "I1"] == 21 + 3 + 2
    restored.close()


def test_a_database_with_something_in_it_is_not_written_over(plant: Plant, tmp_path: Path) -> None:
    lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    before = tables(plant)
    url = plant.engine.url.render_as_string(hide_password=False)
    with pytest.raises(RestoreRefusedError, match="--replace"):
        put_back(url, tmp_path / "to", START)
    assert tables(plant) == before


def test_a_database_that_is_replaced_is_kept_aside(plant: Plant, tmp_path: Path) -> None:
    kiosk = lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    kiosk.receives("1")
    plant.takes(kiosk, kiosk.upload(3))
    url = plant.engine.url.render_as_string(hide_password=False)
    plant.close()
    done = put_back(url, tmp_path / "to", START, replace=True)
    assert done.set_aside
    engine = open_database(url)
    with reading(engine) as connection:
        assert (end_of(connection, P), generation_of(connection)) == (3, 2)
        if engine.dialect.name == "postgresql":
            schema = done.set_aside.removeprefix("schema ")
            kept = connection.execute(text(f"SELECT count(*) FROM {schema}.events")).scalar()  # noqa: S608 (our own name)
            assert "events_refuse_change" in str(
                connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).all()
            )
        else:
            aside = open_database(f"sqlite:///{done.set_aside}")
            with reading(aside) as other:
                kept = end_of(other, P)
            aside.dispose()
    assert kept == 4
    assert inspect(engine).has_table("events")
    engine.dispose()


def test_no_generation_is_given_twice_whatever_is_restored(plant: Plant, tmp_path: Path) -> None:
    lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    given = [
        put_back(f"sqlite:///{tmp_path / f'{number}.sqlite'}", tmp_path / "to", START).generation
        for number in range(3)
    ]
    assert given == [101, 201, 301], "what was given since the backup is not known: there is room for it"
    url = plant.engine.url.render_as_string(hide_password=False)
    with writing(plant.engine) as connection:
        set_generation(connection, 400)  # it went on after the backup
    plant.close()
    assert put_back(url, tmp_path / "to", START, replace=True).generation == 401


def test_an_earlier_backup_can_be_asked_for(plant: Plant, elsewhere: str, tmp_path: Path) -> None:
    kiosk = lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    kiosk.receives("1")
    plant.takes(kiosk, kiosk.upload(3))
    back_up(plant.engine, P, tmp_path / "to", START + DAY)
    done = put_back(elsewhere, tmp_path / "to", START, at=START + timedelta(hours=1))
    assert done.positions == {P: 3}


@pytest.mark.parametrize("kind", ["ledger-", "reference-", "private/devices-", "heads-"])
def test_nothing_is_touched_when_a_file_is_broken(tmp_path: Path, kind: str) -> None:
    plant = Plant(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    before = tables(plant)
    (path,) = (tmp_path / "to" / P).glob(f"{kind}*")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(BrokenFileError, match=path.name.partition("-")[0]):
        put_back(f"sqlite:///{tmp_path / 'hub.sqlite'}", tmp_path / "to", START, replace=True)
    assert tables(plant) == before
    assert not list(tmp_path.glob("hub.sqlite.before*"))
    plant.close()


def test_a_hub_put_back_by_hand_is_found_out_by_what_a_kiosk_heard(plant: Plant) -> None:
    from msgspec.structs import replace

    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    upload = kiosk.upload()
    heard = replace(upload, header=replace(upload.header, generation=4))
    assert plant.takes(kiosk, heard).generation == 5
    assert plant.takes(kiosk, heard).generation == 5, "once"
    wild = replace(upload, header=replace(upload.header, generation=10**12))
    assert plant.takes(kiosk, wild).generation == 5, "nobody heard of that"
    again = replace(upload, header=replace(upload.header, generation=6))
    assert plant.takes(kiosk, again).generation == 5, (
        "a kiosk that lies makes the others begin afresh once at most"
    )


def test_a_day_means_its_end_where_the_plant_is() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert moment("2026-11-22", zone) == datetime(2026, 11, 22, 15, 59, 59, 999999, tzinfo=UTC)
    assert moment("2026-11-22T08:00", zone) == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="yesterday"):
        moment("yesterday", zone)


@pytest.mark.fault("H7")
def test_after_an_upgrade_what_was_parked_as_unknown_is_booked_by_itself(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.events.documents import LineRecorded
    from hub.refold import refold_what_is_known_now
    from hub.store.tables import discrepancies, dispositions

    kiosk = plant.kiosk("K1")
    kiosk.receives("5")
    with monkeypatch.context() as older:
        older.setattr(LineRecorded, "schema", 0)  # a hub that does not know this event yet
        plant.takes(kiosk)
        plant.books()
        assert [row["code"] for row in plant.rows(dispositions)] == ["unknown_event"]
        assert refold_what_is_known_now(plant.engine, [P]) == []
    assert plant.balances() == {}
    assert refold_what_is_known_now(plant.engine, [P]) == [P]
    assert plant.rows(dispositions) == []
    assert plant.balances() == {("SUP", "I1"): -5, ("A1", "I1"): 5}
    assert [row for row in plant.rows(discrepancies) if row["closed_at"] is None] == []
    with reading(plant.engine) as connection:
        assert generation_of(connection) == 2, "kiosks take the new balances: their cursors mean nothing now"
    assert refold_what_is_known_now(plant.engine, [P]) == []


def test_what_was_kept_from_a_file_is_restored_into_either_database(
    database_url: str, tmp_path: Path
) -> None:
    plant = Plant(f"sqlite:///{tmp_path / 'small.sqlite'}")
    lived(plant)
    before = tables(plant)
    assert not back_up(plant.engine, P, tmp_path / "to", START).problem
    plant.close()
    put_back(database_url, tmp_path / "to", START)
    restored = Plant.again(database_url)
    assert tables(restored) == before
    restored.close()


def test_every_plant_of_a_hub_comes_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    plant = Plant(url)
    lived(plant)
    with writing(plant.engine) as connection:
        write_records(connection, plant.log, "P2", reference_records())
    for named in (P, "P2"):
        assert not back_up(plant.engine, named, tmp_path / "to", START).problem
    plant.close()
    done = put_back(f"sqlite:///{tmp_path / 'again.sqlite'}", tmp_path / "to", START)
    assert done.positions == {P: 3, "P2": 0}


def test_a_restore_that_fails_half_way_leaves_an_empty_database(
    plant: Plant, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)

    def breaks(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr("hub.restore._load_table", breaks)
        with pytest.raises(OSError, match="Input/output"):
            put_back(elsewhere, tmp_path / "to", START)
    assert put_back(elsewhere, tmp_path / "to", START).positions == {P: 3}, (
        "nothing was left, so none is replaced"
    )


@pytest.mark.fault("A3")
def test_who_was_enrolled_or_revoked_since_the_backup_stays_so_where_the_old_database_can_be_asked(
    plant: Plant, tmp_path: Path
) -> None:
    lived(plant)
    back_up(plant.engine, P, tmp_path / "to", START)
    late = plant.kiosk("K3")
    with writing(plant.engine) as connection:
        assert revoke(connection, P, "K1")
    url = plant.engine.url.render_as_string(hide_password=False)
    plant.close()
    put_back(url, tmp_path / "to", START, replace=True)
    restored = Plant.again(url)
    assert restored.device("K1").revoked, "a stolen kiosk is not admitted by a restore"
    late.receives("1")
    assert restored.takes(late).accepted == late.head, "nobody has to enrol it again"
    restored.close()


@pytest.mark.fault("H6")
def test_a_backup_of_an_older_version_is_put_back_into_a_database_of_today(
    plant: Plant, elsewhere: str, tmp_path: Path
) -> None:
    lived(plant)
    row = {
        "id": "f" * 16,
        "kind": "fork",
        "key": "K1/1",
        "owner": "K1",
        "opened_at": "2026-11-22T20:00:00.000000Z",
    }
    rest = {"closed_at": None, "amount": 0, "unit": "", "detail_json": "{}", "is_projected": False}
    with writing(plant.engine) as connection:
        at = {"plant": P, "opened_position": 1, "position": 1}
        connection.execute(insert(discrepancies).values(**row, **rest, **at))
    back_up(plant.engine, P, tmp_path / "to", START)
    path = manifests(tmp_path / "to" / P)[0]
    manifest = read_manifest(path)
    (name,) = manifest.named("discrepancies")
    held = list(read_chained(path.parent / name, manifest.files[name]))
    assert held
    younger = ("due", "settled_position")  # version 3 brought these
    older = [{key: value for key, value in one.items() if key not in younger} for one in held]
    (path.parent / name).unlink()
    files = {**manifest.files, name: write_chained(path.parent / name, older)}
    path.unlink()
    write_manifest(path, replace(manifest, files=files))

    put_back(elsewhere, tmp_path / "to", START)

    restored = Plant.again(elsewhere)
    assert restored.rows(discrepancies) == plant.rows(discrepancies)
    restored.close()


@pytest.mark.fault("H6", "H8")
def test_a_database_of_an_older_version_is_set_aside_unchanged_and_its_enrolments_are_taken_over(
    empty_database_url: str, tmp_path: Path
) -> None:
    today = f"sqlite:///{tmp_path / 'today.sqlite'}"
    live(today)
    plant = Plant.again(today)
    assert not back_up(plant.engine, P, tmp_path / "to", START).problem
    make_shape(empty_database_url, FIRST_VERSION)
    with writing(plant.engine) as connection:
        revoke(connection, P, "K1")
    fill(empty_database_url, today)

    with pytest.raises(RestoreRefusedError, match="--replace"):
        put_back(empty_database_url, tmp_path / "to", START)
    done = put_back(empty_database_url, tmp_path / "to", START, replace=True)

    assert (done.generation, bool(done.set_aside)) == (2, True)
    restored = Plant.again(empty_database_url)
    assert restored.rows(devices) == plant.rows(devices), "revoked after the backup was made"
    assert tables(restored)["events"] == tables(plant)["events"]
    for one in (plant, restored):
        one.close()
