"""The print queue in the kiosk's file: what the screen asks of it costs the same after a year as on the first day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from domain.events.labels import LabelRequested
from drivers.job import Counted
from tests.kiosk.test_facts import steps_of
from tests.terminal import Terminal

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def printed(terminal: Terminal, batch: str, labels: int, state: str = "printed") -> None:
    """So many labels of a batch, in the file as their events leave them."""
    rows: list[tuple[str, str, str, str, str, str, bytes]] = []
    for place in range(1, labels + 1):
        job = f"{batch}.{place}"
        body = msgspec.json.encode(
            LabelRequested(job=job, template="roll", data={"code": f"C{job}"}, printer="door")
        )
        created = (BEGIN + timedelta(minutes=place)).isoformat()
        rows.append((job, "door", state, "", state, created, body))
    with terminal.store.connection.transaction():
        terminal.store.connection.change_many(
            "INSERT INTO job (job_id, printer, state, detail, reported, created, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def steps(terminal: Terminal) -> dict[str, int]:
    jobs = terminal.store.jobs
    return {
        "batches": steps_of(terminal.store, jobs.batches),
        "batch": steps_of(terminal.store, lambda: jobs.batch("K9")),
        "of_batch": steps_of(terminal.store, lambda: jobs.of_batch("K9")),
        "oldest": steps_of(terminal.store, lambda: jobs.oldest("door")),
    }


def test_what_is_shown_and_printed_costs_the_same_however_many_labels_were_printed(
    terminal: Terminal,
) -> None:
    for batch in range(30):
        printed(terminal, f"A{batch}", 10)
    printed(terminal, "K9", 10, "waiting")
    before = steps(terminal)
    for batch in range(400):
        printed(terminal, f"B{batch}", 40)
    for batch in range(30):
        printed(terminal, f"C{batch}", 10)
    after = steps(terminal)
    assert all(after[name] <= 1.2 * before[name] + 200 for name in before), (before, after)


def test_a_batch_is_found_by_what_stands_before_the_last_dot(terminal: Terminal) -> None:
    printed(terminal, "A1.2", 3)
    printed(terminal, "A1", 2)
    batches = [(one.first.batch, one.total, one.out) for one in terminal.store.jobs.batches()]
    assert batches == [("A1", 2, 2), ("A1.2", 3, 3)]


def test_batches_whose_labels_were_asked_for_by_turns_are_each_shown_once(terminal: Terminal) -> None:
    for place in (1, 2, 3):
        for batch in "AB":
            with terminal.store.connection.transaction():
                body = msgspec.json.encode(LabelRequested(job=f"{batch}.{place}", template="roll", data={}))
                terminal.store.connection.change(
                    "INSERT INTO job (job_id, printer, state, detail, reported, created, body)"
                    " VALUES (?, 'door', 'waiting', '', '', ?, ?)",
                    (f"{batch}.{place}", BEGIN.isoformat(), body),
                )
    assert [(one.first.batch, one.total) for one in terminal.store.jobs.batches()] == [("B", 3), ("A", 3)]


def test_how_far_a_job_is_by_the_printers_count_is_kept_until_it_is_finished(terminal: Terminal) -> None:
    printed(terminal, "A", 1, "waiting")
    jobs = terminal.store.jobs
    assert jobs.mark("A.1", "sending", "", Counted(printed_before=7, copies_out=2))
    terminal.restarts()
    jobs = terminal.store.jobs
    [left] = jobs.interrupted("door", frozenset({"sending"}))
    assert (left.printed_before, left.copies_out) == (7, 2)
    assert jobs.mark("A.1", "waiting", "resumed", Counted(printed_before=7, copies_out=2))
    oldest = jobs.oldest("door")
    assert oldest is not None
    assert oldest.copies_out == 2
    assert jobs.mark("A.1", "printed", "")
    assert terminal.store.connection.rows("SELECT * FROM job_count") == []


def test_a_file_of_an_older_version_keeps_what_its_printers_had_counted(terminal: Terminal) -> None:
    printed(terminal, "A", 1, "sending")
    connection = terminal.store.connection
    connection.change(
        "CREATE TABLE job_counter (job_id TEXT PRIMARY KEY, printed_before INTEGER NOT NULL) WITHOUT ROWID"
    )
    connection.change("INSERT INTO job_counter VALUES ('A.1', 41)")
    connection.row("PRAGMA user_version=8")
    terminal.restarts()
    [left] = terminal.store.jobs.interrupted("door", frozenset({"sending"}))
    assert (left.printed_before, left.copies_out) == (41, 0)
