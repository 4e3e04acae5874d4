"""An export: all of it of one moment, each row tied to the one before, nothing rounded, nothing left out."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from domain.log import digest_of, seal
from hub.export import ExportError, export_plant
from hub.store.database import writing
from hub.store.reference import Author, Record, write_records
from hub.store.tables import discrepancies, dispositions, events, movements
from tests.hub.plant import START, P, Plant


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    plant = Plant(database_url)
    yield plant
    plant.close()


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a file as docs/export.md says, with nothing of ours."""
    before, found = "0" * 64, list[dict[str, Any]]()
    for line in gzip.decompress(path.read_bytes()).splitlines():
        digest, _, text = line.partition(b" ")
        before = hashlib.sha256(before.encode() + text).hexdigest()
        assert digest.decode() == before, f"{path.name} row {len(found) + 1}"
        found.append(json.loads(text))
    return found


def lived(plant: Plant) -> None:
    """A day with a kiosk that received, one that was revoked, and a line nobody can read."""
    kiosk, thief = plant.kiosk("K1"), plant.kiosk("K2", revoked=True)
    kiosk.receives("21.4")
    kiosk.receives("0.000001", to="NOWHERE")
    plant.takes(kiosk)
    thief.receives("99")
    plant.takes(thief)
    strange = b'{"previous_digest":"%s","\xff":1}' % kiosk.head.digest.encode()
    after = seal(
        replace(kiosk.entries[-1].envelope, sequence=4, event_id="f" * 32, previous_digest=digest_of(strange))
    )
    upload = kiosk.upload(3)
    header = replace(upload.header, first_sequence=3, events=2, head=after.head)
    header = replace(header, previous_digest=kiosk.head.digest)
    for _ in range(2):
        plant.takes(kiosk, replace(upload, header=header, bodies=(strange, after.body)))
    plant.books()


def test_an_export_holds_every_entry_byte_for_byte_and_what_became_of_it(
    plant: Plant, tmp_path: Path
) -> None:
    import base64

    lived(plant)
    folder = tmp_path / "export"
    manifest = export_plant(plant.engine, P, folder, START)
    ledger = rows_of(folder / "ledger-000001.ndjson.gz")
    bodies = [
        row["body"].encode() if "body" in row else base64.b64decode(row["body_base64"]) for row in ledger
    ]
    assert bodies == [bytes(row["body"]) for row in plant.rows(events)]
    assert "body_base64" in ledger[3]
    assert [digest_of(body) for body in bodies] == [row["digest"] for row in ledger]
    assert [row["position"] for row in ledger] == list(range(1, manifest.position + 1))
    states = rows_of(folder / "dispositions.ndjson.gz")
    assert [row["position"] for row in states] == [row["position"] for row in ledger]
    told = {row["position"]: (row["state"], row["code"]) for row in plant.rows(dispositions)}
    assert {row["position"]: (row["state"], row["code"]) for row in states} == {
        position: told.get(position, ("booked", "")) for position in range(1, manifest.position + 1)
    }
    assert {state for state, _ in told.values()} >= {"parked", "booked_with_exception"}


def test_an_export_tells_who_wrote_which_reference_data(plant: Plant, tmp_path: Path) -> None:
    author = Author(person="1050", at="2026-11-22T09:00:00.000000Z", means="office")
    records = [Record(kind="place", key=key, body={"code": key}) for key in ("N-1", "N-2")]
    with writing(plant.engine) as connection:
        write_records(connection, plant.log, P, records, author)
    export_plant(plant.engine, P, tmp_path / "export", START)
    (told,) = rows_of(tmp_path / "export" / "authors.ndjson.gz")
    assert (told["person"], told["means"], told["at"]) == ("1050", "office", author.at)
    written = {
        row["key"]
        for row in rows_of(tmp_path / "export" / "reference.ndjson.gz")
        if told["from_revision"] <= row["revision"] <= told["through_revision"]
    }
    assert written == {"N-1", "N-2"}


def test_amounts_are_decimals_as_text_and_balances_are_the_fold_of_the_movements(
    plant: Plant, tmp_path: Path
) -> None:
    from decimal import Decimal

    lived(plant)
    export_plant(plant.engine, P, tmp_path / "export", START)
    moves = rows_of(tmp_path / "export" / "movements.ndjson.gz")
    assert len(moves) == len(plant.rows(movements))
    assert {row["value"] for row in moves} >= {"21.4", "0.000001"}
    fold: dict[tuple[str, str], Decimal] = {}
    for row in moves:
        for place, sign in ((row["source"], -1), (row["target"], 1)):
            fold[place, row["item"]] = fold.get((place, row["item"]), Decimal(0)) + sign * Decimal(
                row["value"]
            )
    balances = rows_of(tmp_path / "export" / "balances.ndjson.gz")
    assert all(isinstance(row["value"], str) for row in balances)
    held = {(row["place"], row["item"]): Decimal(row["value"]) for row in balances}
    assert {key: value for key, value in held.items() if value} == {
        key: value for key, value in fold.items() if value
    }


def test_the_manifest_names_every_file_and_covers_itself(plant: Plant, tmp_path: Path) -> None:
    lived(plant)
    folder = tmp_path / "export"
    export_plant(plant.engine, P, folder, START)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {path.name for path in folder.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, note in manifest["files"].items():
        data = (folder / name).read_bytes()
        lines = gzip.decompress(data).splitlines()
        end = lines[-1][:64].decode() if lines else "0" * 64
        assert note == {"lines": len(lines), "end": end, "sha256": hashlib.sha256(data).hexdigest()}, name
    digest = manifest.pop("digest")
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest == hashlib.sha256(canonical.encode()).hexdigest()
    assert (manifest["format"], manifest["version"], manifest["plant"]) == ("noac-export", 1, P)


def test_what_is_not_booked_yet_is_not_exported(plant: Plant, tmp_path: Path) -> None:
    kiosk = plant.kiosk("K1")
    kiosk.receives("1")
    plant.takes(kiosk)
    plant.books()
    kiosk.receives("2")
    plant.takes(kiosk)
    manifest = export_plant(plant.engine, P, tmp_path / "export", START)
    assert manifest.position == 1
    assert manifest.last == kiosk.entries[0].digest
    heads = rows_of(tmp_path / "export" / "heads.ndjson.gz")
    assert heads == [{"device": "K1", "epoch": 1, "sequence": 1, "digest": kiosk.entries[0].digest}]


def test_the_ledger_is_cut_into_files_and_positions_go_on(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.export.SEGMENT_EVENTS_MAX", 2)
    kiosk = plant.kiosk("K1")
    for _ in range(5):
        kiosk.receives("1")
    plant.takes(kiosk)
    plant.books()
    export_plant(plant.engine, P, tmp_path / "export", START)
    positions = [
        [row["position"] for row in rows_of(tmp_path / "export" / f"ledger-{number:06d}.ndjson.gz")]
        for number in (1, 2, 3)
    ]
    assert positions == [[1, 2], [3, 4], [5]]


def test_an_empty_plant_is_an_export_too(plant: Plant, tmp_path: Path) -> None:
    manifest = export_plant(plant.engine, P, tmp_path / "export", START)
    assert manifest.position == 0
    assert rows_of(tmp_path / "export" / "balances.ndjson.gz") == []
    assert plant.rows(discrepancies) == []


def test_a_folder_with_something_in_it_is_refused(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(ExportError, match="not empty"):
        export_plant(plant.engine, P, tmp_path / "mine", START)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
