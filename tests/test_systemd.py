"""The units say what systemd understands, and start commands that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import noac

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
TIMERS = sorted(SYSTEMD.glob("*.timer"))


@pytest.mark.needs("systemd-analyze")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in (*UNITS, *TIMERS):
        # Only the programs' paths are exchanged: they exist on an installed machine
        text = re.sub(r"(?m)^(ExecStart(?:Pre)?)=\S+", r"\1=/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no"]
        + [str(tmp_path / unit.name) for unit in (*UNITS, *TIMERS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = [
        line for line in checked.stderr.splitlines() if any(unit.name in line for unit in (*UNITS, *TIMERS))
    ]
    assert told == []
    assert checked.returncode == 0, checked.stderr


def test_what_a_kiosk_may_open_later_has_its_driver_loaded_before_it_starts() -> None:
    # systemd finds the number behind such a name when it starts the unit, and only where the driver is there
    allowed = set(
        re.findall(r"(?m)^DeviceAllow=char-(\S+) rw$", (SYSTEMD / "noac-kiosk.service").read_text())
    )
    always = {"input", "ttyS", "gpiochip"}  # part of every kernel of Debian and Raspberry Pi OS
    brings = {"cdc_acm": "ttyACM", "usbserial": "ttyUSB", "usblp": "usb", "snd": "alsa"}
    lines = (SYSTEMD / "noac.modules-load.conf").read_text().splitlines()
    loaded = [line for line in lines if line and not line.startswith("#")]
    assert allowed == always | {brings[module] for module in loaded}


def test_the_browser_is_told_not_to_put_its_own_questions_over_the_page() -> None:
    told = json.loads((SYSTEMD / "noac.policies.json").read_text())
    assert not told["TranslateEnabled"]
    assert not told["PasswordManagerEnabled"]
    unit = (SYSTEMD / "noac-kiosk-browser.service").read_text()
    (page,) = re.findall(r"(?m)^Environment=NOAC_KIOSK_URL=(\S+)$", unit)
    assert [f"{one}/" for one in told["VideoCaptureAllowedUrls"]] == [page]


def test_every_timer_starts_a_unit_that_exists() -> None:
    assert [timer.stem for timer in TIMERS] == ["noac-hub-backup"]
    assert {timer.with_suffix(".service") for timer in TIMERS} <= set(UNITS)


def test_the_nightly_backup_is_a_command_the_hub_has() -> None:
    from hub.cli import command

    text = (SYSTEMD / "noac-hub-backup.service").read_text()
    (asked,) = re.findall(r"(?m)^ExecStart=\S+/noac hub --config \S+ (\S+)$", text)
    assert asked in command.commands


def test_every_unit_starts_a_command_that_exists() -> None:
    started = {
        found[1] for unit in UNITS for found in re.finditer(r"ExecStart=\S+/noac (\S+)", unit.read_text())
    }
    assert started == {"hub", "kiosk"}
    assert started <= set(noac.SUBCOMMANDS)


@pytest.mark.needs("systemd-analyze")
def test_systemd_understands_the_users(tmp_path: Path) -> None:
    program = shutil.which("systemd-sysusers")
    if program is None:
        pytest.skip("systemd-sysusers is missing: apt-get install systemd")
    (tmp_path / "etc").mkdir()
    checked = subprocess.run(
        [program, "--dry-run", f"--root={tmp_path}", "--inline", *users()],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert checked.returncode == 0, checked.stderr
    assert "noac-kiosk" in checked.stderr + checked.stdout


def users() -> list[str]:
    lines = (SYSTEMD / "noac.sysusers.conf").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_user_of_a_unit_is_made() -> None:
    wanted = {found[1] for unit in UNITS for found in re.finditer(r"(?m)^User=(\S+)", unit.read_text())}
    assert wanted == {line.split()[1] for line in users() if line.startswith("u")}
