"""The command: `noac hub`, `noac kiosk`, `noac demo`, `noac verify`.

What a subcommand needs is imported when it is asked for, so `noac --help` answers at once and a kiosk needs
nothing of what only the hub uses.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from domain.settings import SettingsError

_OWN_PACKAGES = frozenset(
    {"domain", "labels", "drivers", "updates", "kiosk", "hub", "demo", "bench", "verify"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcommand:
    """Where a subcommand is (`module:attribute`), what it does, and the extra that brings what it needs."""

    where: str
    summary: str
    extra: str


SUBCOMMANDS: dict[str, Subcommand] = {
    "hub": Subcommand(
        where="hub.cli:command",
        summary="Run the plant's hub: it keeps every kiosk's facts and shows the board.",
        extra="hub",
    ),
    "kiosk": Subcommand(
        where="kiosk.cli:command",
        summary="Run a kiosk: scanners in, labels out, with or without the hub.",
        extra="kiosk",
    ),
    "demo": Subcommand(
        where="demo.cli:command",
        summary="Watch a morning at goods-in on this machine, then take over by hand.",
        extra="kiosk,hub",
    ),
    "verify": Subcommand(
        where="noac:verify_export",
        summary="Check an export of a hub: a second opinion on every fact and every balance.",
        extra="hub",
    ),
    "update": Subcommand(
        where="updates.cli:command",
        summary="Install releases from signed bundles, beside the one that works; see how it went, go back.",
        extra="kiosk",
    ),
    "bench": Subcommand(
        where="bench.cli:command",
        summary="Measure kiosk or hub against what this machine can do.",
        extra="kiosk,hub",
    ),
    "code": Subcommand(
        where="kiosk.code_cli:command",
        summary="Say what a code means, and what GS1 asks of one that is GS1's.",
        extra="kiosk",
    ),
    "printer-emulator": Subcommand(
        where="drivers.emulator:command",
        summary="Run a label printer that is only a window: TCP in, pictures out.",
        extra="kiosk",
    ),
}


class SettingsRefused(click.ClickException):
    """A settings file with a mistake in it: its lines, and exit code 2 as for a wrong command line."""

    exit_code = 2


class _Noac(click.Group):
    """A group that knows its subcommands by name and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        subcommand = SUBCOMMANDS.get(cmd_name)
        return None if subcommand is None else _load(cmd_name, subcommand)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, subcommand.summary) for name, subcommand in SUBCOMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise SettingsRefused(str(error)) from error


def _load(name: str, subcommand: Subcommand) -> click.Command:
    module_name, attribute = subcommand.where.split(":")
    try:
        command = getattr(import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if not missing or missing in _OWN_PACKAGES:
            raise
        raise click.ClickException(
            f"noac {name} needs {missing}, which is not installed: pip install 'noac[{subcommand.extra}]'"
        ) from error
    if not isinstance(command, click.Command):
        raise TypeError(f"{subcommand.where} is not a click command")
    return command


def _version() -> str:
    try:
        return version("noac")
    except PackageNotFoundError:
        return "from a source tree that is not installed"


def _show_version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click)
    if value:
        click.echo(f"noac {_version()}")
        ctx.exit()


@click.command(
    help="Check EXPORT, a folder that `noac hub export` wrote. Ends with 1 where something is not as it should be, "
    "with 2 where it is no export. The same program runs alone, with nothing but Python: python verify.py EXPORT"
)
@click.argument("export", type=click.Path(path_type=Path))
@click.option(
    "--witness",
    type=click.Path(path_type=Path),
    help="The manifest.json of an older export, kept elsewhere: this one must go on from there.",
)
@click.option("--lang", type=click.Choice(["en", "zh"]), help="One language instead of both.")
def verify_export(*, export: Path, witness: Path | None, lang: str | None) -> None:
    """Hand the command line on to the checker, which knows nothing of us."""
    arguments = [str(export)]
    arguments += [] if witness is None else ["--witness", str(witness)]
    arguments += [] if lang is None else ["--lang", lang]
    sys.exit(import_module("verify").main(arguments))


@click.group(cls=_Noac, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def main() -> None:
    """NOAC: the next operation is the customer. Shop-floor kiosks, their hub, and a live board."""


if __name__ == "__main__":
    sys.exit(main())
