"""The hub as a process: it starts or says why not, stops cleanly, and loses nothing it answered."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from domain.log import Head
from domain.wire import (
    DEVICE_HEADER,
    MAC_HEADER,
    Accepted,
    Acknowledgement,
    encode_upload,
    request_mac,
)
from hub.app import HubStartError, listen, refuse_forbidden
from hub.store.database import open_database, reading
from hub.store.event_log import head_of
from tests.hub.plant import Kiosk, P

pytestmark = pytest.mark.slow
_START_WAIT_S = 30


def noac(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "noac", "hub", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "noac", "hub", "--data", str(folder), "--port", "0", "--plant", P]
    with (folder.parent / "hub.log").open("w") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert "http://" in line, (folder.parent / "hub.log").read_text()
        yield process, line.split()[-1]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_START_WAIT_S)
        assert process.stdout
        process.stdout.close()


STATION = ("--station", "收货门", "--receiving", "RCV", "--quarantine", "QUA", "--lost-and-found", "LF")


def enrol(folder: Path, name: str, *more: str, plant: str = P) -> dict[str, Any]:
    out = folder.parent / f"{plant}-{name}.toml"
    done = noac("--data", folder, "--plant", plant, "enrol", name, *STATION, "--out", out, *more)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_mode & 0o077 == 0
    return msgspec.toml.decode(out.read_bytes(), type=dict[str, Any])


def send(address: str, kiosk: Kiosk, key: str, first: int) -> Acknowledgement:
    upload = kiosk.upload(first)
    body = encode_upload(upload.header, upload.bodies)
    mac = request_mac(bytes.fromhex(key), "POST", "/sync/v1/upload", body)
    request = urllib.request.Request(
        f"{address}/sync/v1/upload", body, {DEVICE_HEADER: f"{P}/{kiosk.name}", MAC_HEADER: mac}
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return msgspec.json.decode(response.read(), type=Acknowledgement)


@pytest.mark.fault("H1")
def test_a_hub_killed_at_any_moment_keeps_what_it_answered(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    kiosk, key, promised = Kiosk(name="K1"), "", Head()
    for round_ in range(3):
        with running(folder) as (process, address):
            key = key or enrol(folder, "K1")["key"]
            for _ in range(5 + round_):
                first = kiosk.head.sequence + 1
                kiosk.receives("1")
                answer = send(address, kiosk, key, first)
                assert answer.verdict == Accepted()
                promised = answer.accepted
            os.killpg(process.pid, signal.SIGKILL)
    engine = open_database(f"sqlite:///{folder / 'hub.sqlite'}")
    with reading(engine) as connection:
        assert head_of(connection, P, "K1", 1) == promised == kiosk.head
    engine.dispose()


def test_a_hub_told_to_stop_ends_soon_and_without_complaint(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with running(folder) as (process, address):
        with urllib.request.urlopen(f"{address}/api/v1/health", timeout=10) as response:
            assert response.status == 200
        began = time.monotonic()
        process.terminate()
        assert process.wait(20) == 0
        assert time.monotonic() - began < 10
    assert "Traceback" not in (tmp_path / "hub.log").read_text()


def test_a_plant_of_kiosks_keeps_its_connections_between_two_uploads(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with running(folder) as (_, address), ExitStack() as stack:
        where = urlsplit(address)
        kiosks = [stack.enter_context(closing(HTTPConnection(where.netloc, timeout=20))) for _ in range(600)]
        for kiosk in kiosks * 2:
            kiosk.request("GET", "/api/v1/health")
            with kiosk.getresponse() as answer:
                assert answer.read()
                assert not answer.will_close


@pytest.mark.fault("A6")
def test_a_stranger_gets_no_answer_from_the_exchange(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with running(folder) as (_, address), pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}/sync/v1/changes?cursor=", timeout=10)
    assert caught.value.code == 401


def test_enrolment_writes_what_a_kiosk_needs_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = enrol(folder, "K1")
    assert (first["plant"], first["device"], first["epoch"]) == (P, "K1", 1)
    assert len(bytes.fromhex(first["key"])) == 32
    assert first["station"]["names"] == {"zh": "收货门"}
    second = enrol(folder, "K2")
    assert second["number_code"] != first["number_code"]
    again = noac("--data", folder, "--plant", P, "enrol", "K1", "--out", tmp_path / "x.toml")
    assert (again.returncode, "--replace" in again.stderr) == (2, True)
    replaced = enrol(folder, "K1", "--replace")
    assert replaced["epoch"] == 2
    assert replaced["key"] != first["key"]


def test_no_two_kiosks_of_the_hub_number_their_documents_alike_in_whatever_plant(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first, other = enrol(folder, "K1"), enrol(folder, "K1", plant="P9")
    assert other["number_code"] != first["number_code"]
    asked = (*STATION, "--number-code", first["number_code"], "--out", tmp_path / "x.toml")
    taken = noac("--data", folder, "--plant", "P9", "enrol", "K2", *asked)
    assert (taken.returncode, "is taken" in taken.stderr) == (2, True)


def test_a_snapshot_for_a_kiosk_names_it_and_holds_its_station(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    enrol(folder, "K1")
    out = tmp_path / "snapshot.ndjson"
    done = noac("--data", folder, "--plant", P, "provision", "K1", "--out", out)
    assert done.returncode == 0, done.stderr
    head, *changes = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert (head["plant"], head["device"], head["generation"]) == (P, "K1", 1)
    assert "station" in {change["kind"] for change in changes}


def test_a_port_in_use_is_said_in_both_languages(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = noac("--data", tmp_path / "data", "--port", port)
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "无法使用" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = noac("--data", tmp_path / "file" / "data", "--port", "0")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "无法写入" in done.stderr


@pytest.mark.fault("B1")
def test_a_locked_database_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    enrol(folder, "K1")
    with sqlite3.connect(folder / "hub.sqlite", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        done = noac("--data", folder, "--port", "0")
        holder.execute("ROLLBACK")
    holder.close()
    assert done.returncode == 2
    assert "locked" in done.stderr
    assert "数据库" in done.stderr


def test_a_wrong_key_in_the_settings_is_named_with_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('prot = 8080\ntime_zone = "Asia/Shanghia"\n')
    done = noac("--config", tmp_path / "hub.toml")
    assert done.returncode == 2
    assert "did you mean 'port'" in done.stderr


def test_the_example_settings_are_what_holds_without_any() -> None:
    from hub.settings import HubSettings, read_settings

    example = Path(__file__).parents[2] / "config" / "hub.example.toml"
    assert read_settings(example) == HubSettings()


def test_packages_that_break_the_sockets_are_refused() -> None:
    with pytest.raises(HubStartError, match="eventlet"):
        refuse_forbidden(lambda name: name == "eventlet")
    refuse_forbidden(lambda _name: False)


def test_a_free_port_is_taken_where_none_is_named() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0
