"""The `noac` command answers at once, imports only what is asked for, and names what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import noac
from domain.settings import SettingsError, SettingsProblem

ROOT = Path(noac.__file__).parent


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(noac.main, arguments, prog_name="noac")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def declare(monkeypatch: pytest.MonkeyPatch, name: str, where: str) -> None:
    monkeypatch.setitem(noac.SUBCOMMANDS, name, noac.Subcommand(where=where, summary="Try.", extra="kiosk"))


def test_help_names_every_subcommand() -> None:
    code, output = run("--help")
    assert code == 0
    for name in noac.SUBCOMMANDS:
        assert f"  {name} " in output


def test_help_imports_neither_web_nor_database_nor_hardware() -> None:
    program = (
        "import sys, noac\n"
        "noac.main(['--help'], standalone_mode=False)\n"
        "heavy = {'flask', 'sqlalchemy', 'PIL', 'serial', 'socketio', 'kiosk', 'hub', 'drivers'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", noac.SUBCOMMANDS)
def test_every_subcommand_explains_itself(name: str) -> None:
    code, output = run(name, "--help")
    assert code == 0
    assert output.startswith(f"Usage: noac {name}")


def test_an_unknown_subcommand_is_a_usage_error() -> None:
    code, output = run("kisok")
    assert code == 2
    assert "No such command 'kisok'" in output


def test_a_missing_library_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "needs_a_library.py").write_text("import a_library_nobody_has.inside\n")
    monkeypatch.syspath_prepend(tmp_path)
    declare(monkeypatch, "try", "needs_a_library:command")
    code, output = run("try")
    assert code == 1
    assert "noac try needs a_library_nobody_has" in output
    assert "pip install 'noac[kiosk]'" in output


def test_a_missing_file_of_our_own_is_not_blamed_on_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, "try", "kiosk.never_written:command")
    with pytest.raises(ModuleNotFoundError):
        run("try")


def test_a_settings_mistake_is_told_in_one_line_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @click.command()
    def command() -> None:
        raise SettingsError("kiosk.toml", [SettingsProblem(key="hub.ulr", reason="this key is not known")])

    monkeypatch.setattr(noac, "_load", lambda _name, _subcommand: command)
    code, output = run("kiosk")
    assert code == 2
    assert output == "Error: kiosk.toml: hub.ulr: this key is not known\n"
