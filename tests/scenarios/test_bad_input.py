"""What can go wrong at the door and in the office: a clear answer in both languages, and nothing is lost by it.

tests/README.md says which tests elsewhere show the rest.
"""

from __future__ import annotations

import queue
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import msgspec
import pytest
import socketio
import xlsxwriter
from click.testing import CliRunner
from sqlalchemy import select

from domain.events.documents import LineRecorded
from domain.log import event_of
from domain.wire import Accepted, Refusal
from hub.cli import command as hub_command
from hub.store import database
from hub.store.database import StoreBusyError
from hub.store.tables import events
from kiosk.screen import Tone
from tests.hub.plant import Kiosk, Plant
from tests.hub.test_app import enrol, running, send
from tests.kiosk.process import KioskProcess, entries_of, write_settings
from tests.kiosk.test_process import start
from tests.terminal import Terminal
from tests.world import KEEPER, LEADER, ORDER, badge_code, order_code, place_code

ROLL = "]C1" + "10LOT7\x1d240F-2041\x1d" + "3103025500" + "3111000800"
DAMAGED_ROLL = "]C110LOT7\x1d241F-2041\x1d3103"
LOCK_WAIT_MS = 200
PAGE_BYTES = 4096
WAIT_S = 20.0

BAD_CODES = {
    "unknown": ("HELLO-42", "problem.unknown_code"),
    "damaged house code": (place_code("RM-A-01")[:-1] + "0", "problem.unreadable_code"),
    "cut house code": (place_code("RM-A-01")[:-3], "problem.unreadable_code"),
    "damaged element string": (DAMAGED_ROLL, "problem.unreadable_code"),
    "foreign GTIN": ("5901234123457", "problem.unknown_item"),
    "control characters": ("RM\x00\x07\x1b[2J", "problem.control_characters"),
    "long QR": ("]Q1https://example.com/" + "a" * 3980, "problem.code_too_long"),
    "markup": ("<img src=x onerror=alert(1)>", "problem.unknown_code"),
    "blank": ("   ", "problem.empty_code"),
}


@pytest.mark.parametrize("badge", [badge_code(KEEPER), badge_code(LEADER)], ids=["zh-CN", "en"])
@pytest.mark.parametrize(("code", "says"), BAD_CODES.values(), ids=list(BAD_CODES))
@pytest.mark.fault("S6", "S7", "S8", "A1")
def test_a_code_that_is_none_of_ours_is_refused_in_words_and_the_work_goes_on(
    tmp_path: Path, badge: str, code: str, says: str
) -> None:
    terminal = Terminal(tmp_path)
    try:
        terminal.scans(badge, order_code(ORDER), place_code("RM-A-01"), ROLL)
        terminal.scans(code)
        assert (terminal.tone, terminal.says) == (Tone.REFUSED, says)
        for sentence in terminal.spoken():
            assert "⟦" not in sentence
            assert all(character >= " " and character != "\x7f" for character in sentence)
        assert terminal.screen.answer
        assert len(terminal.screen.answer.scanned) <= 60
        refused = [one for one in terminal.entries() if one.envelope.type == "ScanRefused"]
        assert [one.envelope.raw.text for one in refused if one.envelope.raw] == [code], "kept as it came"
        terminal.scans(ROLL)
        assert terminal.tone is Tone.STORED
        assert len(terminal.events(LineRecorded)) == 2
        assert terminal.store.log.damages() == []
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("file", "english", "chinese"),
    [
        ("empty.xlsx", "The file is empty", "文件是空的"),
        ("wrong.xlsx", "The column “单位 / unit” is missing", "缺少列“单位 / unit”"),
        ("wrong.csv", "columns not used", "未使用的列: 计量单拉"),
    ],
)
def test_a_file_that_cannot_be_imported_is_explained_in_both_languages_and_changes_nothing(
    tmp_path: Path, file: str, english: str, chinese: str
) -> None:
    write_workbook(tmp_path / "empty.xlsx", [])
    write_workbook(tmp_path / "wrong.xlsx", [["编号", "名称", "计量单拉"], ["A-1", "布", "KGM"]])
    (tmp_path / "wrong.csv").write_text("编号,名称,计量单拉\nA-1,布,KGM\n", encoding="utf-8")
    (tmp_path / "right.csv").write_text("编号,名称,单位\nA-1,布,KGM\n", encoding="utf-8")
    refused = noac_hub(tmp_path, "import", "items", str(tmp_path / file))
    assert refused.exit_code == 1
    assert english in refused.output
    assert chinese in refused.output
    assert "nothing written / 未写入" in refused.output
    done = noac_hub(tmp_path, "import", "items", str(tmp_path / "right.csv"))
    assert done.exit_code == 0
    assert "1 new, 0 changed, 0 unchanged" in done.output


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def noac_hub(folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(hub_command, ["--data", str(folder / "hub"), "--plant", "P1", *arguments])


@pytest.mark.fault("K7")
def test_a_kiosk_whose_file_another_program_holds_does_not_start_and_says_so(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    kiosk = KioskProcess(tmp_path, settings)
    kiosk.scan(badge_code(KEEPER))
    assert kiosk.stop() == 0
    before = [entry.body for entry in entries_of(tmp_path)]
    with closing(sqlite3.connect(tmp_path / "data" / "kiosk.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        refused = start(settings)
        holder.execute("ROLLBACK")
    assert refused.returncode == 2
    assert "数据目录不可用 / the data folder cannot be used" in refused.stderr
    assert "locked" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert [entry.body for entry in entries_of(tmp_path)] == before


class Watcher:
    """Sees what a browser is shown."""

    def __init__(self, kiosk: KioskProcess) -> None:
        self._pushed: queue.Queue[str] = queue.Queue()
        self._client = socketio.Client(reconnection=False)
        self._client.on("screen", lambda message: self._pushed.put(message["html"]))
        self._client.connect(kiosk.ready.split()[-1], transports=["websocket"], wait_timeout=10)

    def waits_for(self, *words: str) -> str:
        """Return the first screen that says all this."""
        deadline, html = time.monotonic() + WAIT_S, ""
        while time.monotonic() < deadline:
            html = self._pushed.get(timeout=WAIT_S).replace("\u2060", "")
            if all(word in html for word in words):
                return html
        raise AssertionError(f"never shown: {words}; last: {html}")

    def close(self) -> None:
        self._client.disconnect()


@contextmanager
def no_more_room(pid: int) -> Iterator[None]:
    """No file may be written beyond its first page by a process or its children: to them, a disk that is full."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    pids = (pid, *map(int, children))
    unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    for one in pids:
        resource.prlimit(one, resource.RLIMIT_FSIZE, (PAGE_BYTES, unlimited[1]))
    try:
        yield
    finally:
        for one in pids:
            resource.prlimit(one, resource.RLIMIT_FSIZE, unlimited)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("badge", "words", "way_out"),
    [
        (badge_code(KEEPER), "不能再信任", "先用纸单"),
        (badge_code(LEADER), "cannot be trusted", "Go on with paper"),
    ],
    ids=["zh-CN", "en"],
)
@pytest.mark.fault("D2", "D3")
def test_a_disk_that_takes_no_more_is_said_on_screen_and_nothing_that_was_green_is_lost(
    tmp_path: Path, badge: str, words: str, way_out: str
) -> None:
    kiosk = KioskProcess(tmp_path, write_settings(tmp_path, page=True))
    watcher = Watcher(kiosk)
    confirmed = 0
    try:
        kiosk.scan(badge, order_code(ORDER), place_code("RM-A-01"))
        kiosk.scan(roll(confirmed))
        watcher.waits_for("tone-stored", "L0<")
        confirmed += 1
        with no_more_room(kiosk.process.pid):
            kiosk.scan(roll(confirmed))
            watcher.waits_for("tone-fault", words, way_out)
        kiosk.scan(roll(confirmed))
        watcher.waits_for("tone-stored", "L1<")
        confirmed += 1
    finally:
        kiosk.stop()
        watcher.close()
    recorded = [event_of(entry.envelope) for entry in entries_of(tmp_path)]
    lots = [str(one.values["lot"]) for one in recorded if isinstance(one, LineRecorded)]
    assert lots == [f"L{number}" for number in range(confirmed)]


def roll(number: int) -> str:
    """Return the code of a roll of one gram, with a lot of its own."""
    return f"]C110L{number}\x1d240F-2041\x1d31030000013111000001"


@pytest.mark.fault("B1")
def test_a_hub_whose_database_another_program_holds_stores_nothing_and_takes_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", LOCK_WAIT_MS)
    file = tmp_path / "hub.sqlite"
    plant = Plant(f"sqlite:///{file}")
    try:
        kiosk = plant.kiosk("K1")
        kiosk.receives("5")
        with closing(sqlite3.connect(file, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusyError, match="locked"):
                plant.takes(kiosk)
            holder.execute("ROLLBACK")
        assert plant.rows(events) == []
        assert plant.takes(kiosk).accepted == kiosk.head
    finally:
        plant.close()


@pytest.mark.slow
@pytest.mark.fault("B3")
def test_a_hub_on_a_full_disk_asks_to_wait_keeps_what_it_answered_and_goes_on_with_room(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    kiosk = Kiosk(name="K1")
    with running(folder) as (hub, address):
        key = enrol(folder, "K1")["key"]
        kiosk.receives("1")
        promised = send(address, kiosk, key, 1).accepted
        kiosk.receives("2")
        with no_more_room(hub.pid), pytest.raises(HTTPError) as refused:
            send(address, kiosk, key, promised.sequence + 1)
        with refused.value as answer:
            assert answer.code == HTTPStatus.SERVICE_UNAVAILABLE
            assert msgspec.json.decode(answer.read(), type=Refusal).code == "busy"
            assert int(answer.headers["Retry-After"]) >= 1
        answered = send(address, kiosk, key, promised.sequence + 1)
        assert answered.verdict == Accepted()
        assert answered.accepted == kiosk.head
    engine = database.open_database(f"sqlite:///{folder / 'hub.sqlite'}")
    with database.reading(engine) as connection:
        bodies = connection.execute(select(events.c.body).order_by(events.c.position)).scalars().all()
    engine.dispose()
    assert [bytes(body) for body in bodies] == [entry.body for entry in kiosk.entries]
