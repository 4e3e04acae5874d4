"""The checker's word: what it says of a right export, of a wrong one, of none; and what only a witness sees."""

from __future__ import annotations

import copy
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import verify
from tests.conftest import GOLDEN_DIR
from tests.verify.story import Rows, exported, moved, packed, told, write
from verify import check

PROGRAM = Path(verify.__file__)
LINES_MAX = 400


def codes(folder: Path, witness: Path | None = None) -> set[str]:
    return {one.code for one in check(folder, witness)[1]}


def changed(rows: Rows, name: str, **changes: Any) -> Rows:
    """Return the rows with one row of a file changed, named by its number from 0."""
    found = copy.deepcopy(rows)
    (number,) = (int(one[1:]) for one in changes if one[1:].isdigit())
    found[f"{name}.ndjson"][number] |= changes[f"_{number}"]
    return found


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=60)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_right_export_has_no_findings_packed_or_not(tmp_path: Path, suffix: str) -> None:
    states, found = check(write(tmp_path / "export", exported(told(suffix=suffix))))
    assert list(found) == []
    assert set(states) == {"booked", "booked_with_exception", "parked", "known"}


def test_it_runs_alone_on_a_copy_of_the_one_file_and_says_so_in_both_languages(tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes(PROGRAM.read_bytes())
    folder = write(tmp_path / "export", exported(told()))
    done = run(str(alone), str(folder), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("33 events, 0 findings · 33 个事件，0 处问题")
    assert run(str(alone), str(folder), "--lang", "zh", cwd=tmp_path).stdout.startswith("33 个事件")


def test_it_imports_nothing_of_the_project_and_stays_small() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    imported = {
        line.split()[1].partition(".")[0]
        for line in text.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= sys.stdlib_module_names
    assert text.count("\n") <= LINES_MAX


def test_a_finding_is_one_line_with_file_line_position_and_law(tmp_path: Path) -> None:
    rows = told()
    rows["balances.ndjson"][0]["value"] = "999"
    done = run(str(PROGRAM), str(write(tmp_path / "export", exported(rows))), "--lang", "en", cwd=tmp_path)
    assert done.returncode == 1
    world, first, last = done.stdout.splitlines()
    assert world.startswith("balances:0 i-cotton KGM L2: ")
    assert first.startswith("balances.ndjson:1 LOST/i-cotton/")
    assert " L3: the movements make it" in first
    assert last.startswith("33 events, 2 findings"), "the balance, and the world that no longer sums to zero"


def test_what_an_attacker_wrote_reaches_no_terminal_as_a_command(tmp_path: Path) -> None:
    rows = told()
    rows["heads.ndjson"][0]["device"] = "\x1b]0;owned\x07\n"
    done = run(str(PROGRAM), str(write(tmp_path / "export", exported(rows))), cwd=tmp_path)
    assert done.returncode == 1
    assert {"\x1b", "\x07"} & {*done.stdout} == set()


@pytest.mark.parametrize(
    "text", [None, "", "[]", '{"format":"other"}', '{"format":"noac-export","version":2,"digest":""}']
)
def test_what_is_no_export_ends_with_2(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "export").mkdir()
    if text is not None:
        (tmp_path / "export" / "manifest.json").write_text(text)
    done = run(str(PROGRAM), "export", cwd=tmp_path)
    assert done.returncode == 2
    assert "manifest.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_at_most_a_hundred_findings_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    rows = told()
    rows["movements.ndjson"] *= 12
    folder = write(tmp_path / "export", exported(rows))
    done = run(str(PROGRAM), str(folder), cwd=tmp_path)
    assert len(done.stdout.splitlines()) == 101
    assert len(check(folder)[1]) > 100


def test_several_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = told(ledger_rows=5, suffix=".gz")
    rows["ledger-000003.ndjson.gz"][2]["digest"] = "0" * 64
    folder = write(tmp_path / "export", exported(rows))
    alone = check(folder, processes=1)
    monkeypatch.setattr(verify, "ALONE_LINES_MAX", 0)
    states, found = check(folder, processes=2)
    assert (states, sorted(found)) == (alone[0], sorted(alone[1]))
    assert {"digest", "link"} <= {one.code for one in found}


# --- laws, one by one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("ledger-000001", {"_3": {"device": "K9"}}, "sender"),
        ("ledger-000001", {"_3": {"received_at": "yesterday"}}, "digest"),
        ("dispositions", {"_4": {"state": "parked", "code": "bad_fact"}}, "parked"),
        ("dispositions", {"_4": {"state": "perhaps"}}, "state"),
        ("dispositions", {"_4": {"state": "known"}}, "state"),
        ("movements", {"_0": {"value": "20.400001"}}, "effect"),
        ("movements", {"_0": {"value": "1e3"}}, "shape"),
        ("balances", {"_0": {"value": "0.000001"}}, "world"),
        ("discrepancies", {"_1": {"amount": "21.5"}}, "shortage"),
        ("discrepancies", {"_1": {"closed_at": None}}, "shortage"),
        ("discrepancies", {"_0": {"closed_at": "2026-11-22T08:00:00Z"}}, "times"),
        ("discrepancies", {"_0": {"kind": "unknown_item", "key": "i-new"}}, "open"),
        ("heads", {"_0": {"sequence": 99}}, "head"),
        ("labels", {"_0": {"state": "unknown"}}, "label"),
        ("labels", {"_2": {"reason": ""}}, "serial"),
        ("reference", {"_2": {"revision": 1}}, "order"),
    ],
)
def test_each_law_is_held(tmp_path: Path, name: str, changes: dict[str, Any], code: str) -> None:
    assert code in codes(write(tmp_path / "export", exported(changed(told(), name, **changes))))


@pytest.mark.fault("U6")
def test_a_line_taken_back_twice_or_by_another_amount_is_found_unless_the_hub_said_so(tmp_path: Path) -> None:
    rows = told()
    number = [one["code"] for one in rows["dispositions.ndjson"]].index("reversed_twice")
    rows["dispositions.ndjson"][number] |= {"state": "booked", "code": ""}
    assert codes(write(tmp_path / "export", exported(rows))) == {"undone", "effect"}


@pytest.mark.fault("N2", "N9")
def test_the_same_event_booked_a_second_time_is_found(tmp_path: Path) -> None:
    rows = told()
    number = [one["state"] for one in rows["dispositions.ndjson"]].index("known")
    rows["dispositions.ndjson"][number] |= {"state": "booked", "detail": ""}
    assert "twice" in codes(write(tmp_path / "export", exported(rows)))


def test_amounts_are_exact_to_the_last_place() -> None:
    assert verify.quantity("0.100000") + verify.quantity("0.2") == verify.quantity("0.3")
    assert repr(verify.quantity("21.40")) == repr(verify.quantity("21.4"))
    for text in ("1e3", " 1", "0x1", "NaN", "1.0000001", "", "١"):
        with pytest.raises(ValueError, match="no quantity"):
            verify.quantity(text)


def test_a_movement_is_read_from_the_golden_entries_as_it_is_written_there() -> None:
    said = json.loads((GOLDEN_DIR / "wire" / "04-LineRecorded-1.json").read_bytes())
    first = verify.movement_of(said["fact"]["movements"][0])
    assert first[:4] == ("S-HENGLI", "RM-RCV", "i-cotton", "D-118")
    assert first[-4:] == ("KGM", verify.quantity("21.4"), "MTR", verify.quantity("95"))


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_missing_or_not_named_is_found(tmp_path: Path) -> None:
    folder = write(tmp_path / "export", exported(told()))
    (folder / "ledger-000004.ndjson").write_bytes(b"")
    (folder / "heads.ndjson").unlink()
    assert [one.file for one in check(folder)[1] if one.code == "missing"] == [
        "ledger-000004.ndjson",
        "heads.ndjson",
    ]


@pytest.mark.parametrize("keep", [0, 1, 10, 18, 100, -9, -8, -1])
def test_a_packed_file_cut_anywhere_is_found(tmp_path: Path, keep: int) -> None:
    files = exported(told(suffix=".gz"))
    name = "movements.ndjson.gz"
    found = check(write(tmp_path / "export", files | {name: files[name][:keep]}))[1]
    assert {"bytes"} < {one.code for one in found if one.file == name} or keep == 0


def test_bytes_that_unpack_to_the_same_rows_are_told_of_and_nothing_else(tmp_path: Path) -> None:
    files = exported(told(suffix=".gz"))
    name = "movements.ndjson.gz"
    assert codes(
        write(tmp_path / "export", files | {name: gzip.compress(gzip.decompress(files[name]), 9)})
    ) == {"bytes"}


def test_a_row_that_goes_on_without_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "LINE_BYTES_MAX", 4096)
    files = exported(told(suffix=".gz"))
    name = "heads.ndjson.gz"
    assert "chain" in codes(write(tmp_path / "export", files | {name: packed(name, [b" " * 20_000])}))


# --- what only a witness sees ----------------------------------------------------------------------------------------


@pytest.mark.fault("A10")
def test_the_newest_rows_cut_from_every_file_alike_are_seen_by_a_witness_only(tmp_path: Path) -> None:
    now = write(tmp_path / "now", exported(two_receipts(2)))
    cut = write(tmp_path / "cut", exported(two_receipts(1)))
    assert codes(cut) == set(), "nothing in it contradicts anything"
    assert codes(cut, now / "manifest.json") == {"witness"}
    assert codes(now, cut / "manifest.json") == set(), "it goes on from there"


@pytest.mark.fault("A10")
def test_a_log_sealed_anew_with_all_that_follows_from_it_is_seen_by_a_witness_only(tmp_path: Path) -> None:
    then = write(tmp_path / "then", exported(two_receipts(1)))
    forged = write(tmp_path / "forged", exported(two_receipts(2, value="7")))
    assert codes(forged) == set()
    assert codes(forged, then / "manifest.json") == {"witness"}


@pytest.mark.fault("A10")
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("ledger-000001", {"_3": {"received_at": "2026-11-23T00:00:00Z"}}),
        ("dispositions", {"_4": {"state": "booked_with_exception", "code": "unknown_item"}}),
        ("dispositions", {"_4": {"detail": "nothing"}}),
        ("discrepancies", {"_0": {"owner": "nobody"}}),
        ("labels", {"_0": {"requested_at": "2026-11-23T00:00:00Z"}}),
        ("reference", {"_0": {"body": {"id": "i-cotton", "unit": "MTR"}}}),
    ],
)
def test_the_hubs_own_word_is_seen_to_change_by_a_witness_of_the_same_moment(
    tmp_path: Path, name: str, changes: dict[str, Any]
) -> None:
    then = write(tmp_path / "then", exported(told()))
    now = write(tmp_path / "now", exported(changed(told(), name, **changes)))
    assert codes(now) == set(), "named in docs/export.md: what only a witness sees"
    assert codes(now, then / "manifest.json") == {"witness"}


def test_a_witness_of_another_plant_or_that_was_changed_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "export", exported(told()))
    other = write(tmp_path / "other", exported(told(), plant="P2"))
    assert "witness" in codes(folder, other / "manifest.json")
    damaged = tmp_path / "damaged.json"
    damaged.write_text((folder / "manifest.json").read_text().replace("2026-11-22T18", "2026-11-22T17"))
    assert "witness" in codes(folder, damaged)
    damaged.write_text("")
    with pytest.raises(ValueError, match="damaged"):
        check(folder, damaged)


def two_receipts(most: int, value: str = "5") -> Rows:
    """A plant that received once or twice, and nothing else."""
    from tests.verify.story import Told

    t = Told()
    for _ in range(most):
        fact = {"line": 1, "movements": [moved("S-HENGLI", "RM-A-01", value)]}
        t.books(t.says("K1", "LineRecorded", fact))
    return t.rows(12, "")
