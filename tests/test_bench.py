"""The benches: each runs as a whole at a tiny size, and what they report can be read by a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.benches import drain, floor, hub, kiosk, labels, poison, queries, rebuild, storm
from bench.cli import bench_names, command
from bench.hub_eyes import Reached, behind_ms
from bench.measurement import Report, Result, percentile, result, to_json, to_text
from drivers.language import language_names

REPORTS = Path(__file__).parents[1] / "docs" / "reports"
TINY_KIOSK = kiosk.Sizes(
    check_ins=12, items=400, lots=100, scans=6, serial_scans=3, browser_scans=0, starts=1, floor_times=5
)
TINY_HUB = hub.Sizes(items=400, kiosks=2, events_per_kiosk=260, floor_rows=400, with_postgresql=False)


def said(_words: str) -> None:
    """Progress goes nowhere."""


def check(report: dict[str, Any]) -> None:
    assert list(report) == ["bench", "commit", "machine", "seed", "results"]
    assert report["commit"]
    assert "cores" in report["machine"]
    assert isinstance(report["seed"], int)
    assert report["results"]
    for one in report["results"]:
        assert list(one) == ["metric", "value", "unit", "target", "floor", "ratio", "ok"]
        assert (one["ok"] is None) == (one["target"] is None)
        assert (one["ratio"] is None) == (not one["floor"])
    names = [one["metric"] for one in report["results"]]
    assert len(names) == len(set(names)), "each figure has a name of its own"


def as_report(name: str, results: tuple[Result, ...]) -> dict[str, Any]:
    made = Report(bench=name, commit="c0ffee", machine="2 cores", seed=1, results=results)
    assert to_text(made).count("\n") == len(results) + 2
    return json.loads(to_json(made))


def test_the_kiosk_bench_measures_scans_starts_and_memory_and_loses_no_line(tmp_path: Path) -> None:
    report = as_report("kiosk", kiosk.run(tmp_path, 1, said, TINY_KIOSK))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["lines confirmed and not in the log after a kill"]["value"] == 0
    assert found["scan to stored and screen pushed, p99"]["target"] == 20
    assert found["a bundle's check-in, p99"]["target"] == 20
    assert 0 < found["start to ready, median"]["value"] < 60


def test_the_label_bench_prints_in_every_language_and_at_a_kiosk(tmp_path: Path) -> None:
    sizes = labels.Sizes(rounds=1, batch=5, scans=3, floor_times=5)
    report = as_report("labels", labels.run(tmp_path, 1, said, sizes))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    for language in language_names():
        assert found[f"5 bundle tickets to {language}"]["value"] > 0
        assert found[f"{language}, 8 dots per mm: bytes of a label, mean"]["value"] > 100
    assert found["scan to the label's first byte at the printer, p99"]["target"] == 100


def test_the_floor_bench_sees_every_check_in_on_the_board_and_asks_a_kiosk(tmp_path: Path) -> None:
    sizes = floor.Sizes(
        pairs=3, every_s=0.5, rounds=5, week=12, weeks=3, scans=3, floor_times=5, with_postgresql=False
    )
    report = as_report("floor", floor.run(tmp_path, 1, said, sizes))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["check-ins uploaded meanwhile"]["value"] == 3 * (5 + 3)
    week, cut = 1 + 23 + 22, 1
    told = 3 * (2 * 5 - 1 + 2 * 3 - 1)
    assert found["events in the ledger at the end"]["value"] >= 3 * week + cut + told
    assert found["check-in to the board of lines, p99"]["target"] == 1_000
    assert found["a station's own answer, the hub there, p99"]["target"] == 50
    assert found["the same without the hub, p99"]["value"] > 0


def test_the_storm_bench_drains_every_queue_and_opens_pages_meanwhile(tmp_path: Path) -> None:
    sizes = storm.Sizes(items=400, kiosks=12, events_per_kiosk=400)
    report = as_report("storm", storm.run(tmp_path, 1, said, sizes))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["answers a kiosk would have given up"]["value"] == 0
    assert 0 < found["from the first upload to the last booked event"]["value"] < 5


def test_the_drain_bench_empties_a_long_log_while_lines_are_scanned(tmp_path: Path) -> None:
    sizes = drain.Sizes(items=400, events=2_000, scans_alone=5, floor_times=5)
    report = as_report("drain", drain.run(tmp_path, 1, said, sizes))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["drained and booked"]["value"] > 0
    assert found["scans while draining"]["value"] > 0


@pytest.mark.fault("H3")
def test_the_poison_bench_measures_how_long_a_bad_line_holds_up_the_next(tmp_path: Path) -> None:
    sizes = poison.Sizes(items=400, uploads=4, with_postgresql=False)
    report = as_report("poison", poison.run(tmp_path, 1, said, sizes))
    check(report)
    assert sum(one["target"] == 1 for one in report["results"]) == 2


def test_the_rebuild_bench_finds_the_same_rows_as_the_live_ones(tmp_path: Path) -> None:
    sizes = rebuild.Sizes(items=400, kiosks=3, events_per_kiosk=300, floor_rows=400, with_postgresql=False)
    report = as_report("rebuild", rebuild.run(tmp_path, 1, said, sizes))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["SQLite: tables that differ from the live ones"]["value"] == 0
    assert found["SQLite: rebuild of all projections"]["value"] > 0


def test_the_queries_bench_asks_a_growing_ledger_what_people_ask(tmp_path: Path) -> None:
    sizes = queries.Sizes(
        movements=(600, 2_000),
        items=60,
        month_movements=500,
        cells=200,
        times=10,
        month_times=2,
        with_postgresql=False,
    )
    report = as_report("queries", queries.run(tmp_path, 1, said, sizes))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["SQLite, 2,000 movements: stock of one item, p95"]["target"] == 20
    assert found["SQLite, 2,000 movements: a month of 60 items, p95"]["target"] == 1_000


def test_the_hub_bench_measures_booked_events_and_the_board(tmp_path: Path) -> None:
    report = as_report("hub", hub.run(tmp_path, 1, said, TINY_HUB))
    check(report)
    found = {one["metric"]: one for one in report["results"]}
    assert found["SQLite: durable and booked"]["target"] == 10_000
    assert found["SQLite: durable and booked"]["value"] > 0
    assert found["SQLite: board behind the durable commit, p99"]["target"] == 500


def test_benches_are_listed_and_a_wrong_name_is_answered_with_the_right_ones() -> None:
    listed = CliRunner().invoke(command, [])
    assert listed.output.split() == list(bench_names())
    assert {"hub", "kiosk"} <= set(bench_names())
    wrong = CliRunner().invoke(command, ["kisok"])
    assert wrong.exit_code == 2
    assert "kiosk" in wrong.output


def test_a_target_is_a_ceiling_or_a_floor_and_the_ratio_is_to_the_machine() -> None:
    assert result("wait", 20, "ms", target=20, floor=4).ok is True
    assert result("wait", 20.1, "ms", target=20, floor=4).ok is False
    assert result("wait", 20, "ms", target=20, floor=4).ratio == 5
    assert result("rate", 9_999, "events/s", target=10_000, better="higher").ok is False
    assert result("rate", 1, "events/s").ok is None


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(one) for one in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([7.0], 0.99)) == (51, 100, 7)


def test_what_is_seen_late_or_never_counts_as_late() -> None:
    stored = [Reached(position=10, moment_s=1.0), Reached(position=20, moment_s=1.5)]
    shown = [Reached(position=5, moment_s=1.1), Reached(position=15, moment_s=1.2)]
    first, never = behind_ms(stored, shown)
    assert first == pytest.approx(200)
    assert never > 1_000


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*-bench-*.json")), ids=lambda path: path.name)
def test_the_kept_reports_follow_the_contract(path: Path) -> None:
    check(json.loads(path.read_text(encoding="utf-8")))
