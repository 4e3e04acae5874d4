"""Starting and stopping a real kiosk: one clear line when it cannot, and nothing left when it ends."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from domain.settings import SettingsError
from kiosk.settings import identity_of, read_settings
from tests.kiosk.process import KioskProcess, entries_of, write_settings
from tests.world import KEEPER, badge_code

ROOT = Path(__file__).parents[2]


def start(settings: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "noac", "kiosk", "--config", str(settings), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)


def test_it_works_without_ever_having_seen_the_hub_and_ends_on_sigterm(tmp_path: Path) -> None:
    kiosk = KioskProcess(tmp_path, write_settings(tmp_path))
    kiosk.scan(badge_code(KEEPER))
    assert kiosk.stop() == 0
    types = [entry.envelope.type for entry in entries_of(tmp_path)]
    assert types[0] == "KioskStarted"
    assert "SignedOn" in types
    verified = start(tmp_path / "running.toml", "--verify")
    assert verified.returncode == 0
    assert "0 damaged" in verified.stdout


@pytest.mark.fault("K7")
def test_a_second_process_is_refused_in_clear_words(tmp_path: Path) -> None:
    kiosk = KioskProcess(tmp_path, write_settings(tmp_path))
    try:
        second = start(tmp_path / "running.toml")
        assert second.returncode == 2
        assert "another kiosk has the data folder" in second.stderr
        assert "已被另一个终端进程使用" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        assert kiosk.stop() == 0


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, page=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = start(settings, "--port", str(port))
    assert refused.returncode == 2
    assert f"{port}: 已被占用 / is in use" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.fault("K6")
def test_a_wrong_key_is_named_with_the_nearest_right_one(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, 'langage = "en"')
    refused = start(settings)
    assert refused.returncode == 2
    assert "langage" in refused.stderr
    assert "did you mean 'language'?" in refused.stderr


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"generation":1,"cursor":"c","plant":"P9"}', "P9"),
        ("{", "line 1"),
        (
            '{"generation":1,"cursor":"c","plant":"P1"}\n{"kind":"item","key":"i","body":{"id":3}}',
            "reference data",
        ),
    ],
)
def test_reference_data_that_are_none_are_refused(tmp_path: Path, line: str, reason: str) -> None:
    settings = write_settings(tmp_path)
    (tmp_path / "reference.ndjson").write_text(line + "\n", encoding="utf-8")
    refused = start(settings)
    assert refused.returncode == 2
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr


def test_credentials_say_who_the_kiosk_is(tmp_path: Path) -> None:
    (tmp_path / "credentials.toml").write_text(
        'plant = "P1"\ndevice = "K7"\nkey = "00ff"\nhub = "http://127.0.0.1:8000"\nepoch = 3\n',
        encoding="utf-8",
    )
    settings = tmp_path / "kiosk.toml"
    settings.write_text('data = "data"\ncredentials = "credentials.toml"\n', encoding="utf-8")
    identity = identity_of(read_settings(settings), "kiosk.toml")
    assert (identity.device, identity.key, identity.epoch) == ("K7", b"\x00\xff", 3)
    settings.write_text('data = "data"\ncredentials = "credentials.toml"\ndevice = "K8"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="K7"):
        identity_of(read_settings(settings), "kiosk.toml")


def test_the_example_settings_can_be_read() -> None:
    settings = read_settings(ROOT / "config" / "kiosk.example.toml")
    assert identity_of(settings, "example").device == "K1"
