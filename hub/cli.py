"""`noac hub`: run the hub, and what is done beside it: enrol kiosks, import reference data, fold again."""

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from sqlalchemy import Engine, select

from domain.names import Names
from domain.place import PlaceId, Station
from domain.settings import SettingsError, convert_settings
from hub.app import alone, serve, upgraded
from hub.cli_copies import backup_command, export_command, restore_command, verify_command
from hub.cli_session import HubRefused, database, one_plant, refusals
from hub.cli_users import token_command, user_command
from hub.enrolment import EnrolmentError, credentials_text, enrol_kiosk, known_station, provision_lines
from hub.importer import ImportReport, importers, run_import
from hub.refold import refold
from hub.settings import HubSettings, read_settings
from hub.store.database import reading, writing
from hub.store.devices import Device, device_of, revoke
from hub.store.schema import version_of
from hub.store.tables import devices


@click.group(name="hub", invoke_without_command=True)
@click.option("--config", type=click.Path(path_type=Path), help="The hub's settings file (TOML).")
@click.option("--data", type=click.Path(path_type=Path), help="The data folder, instead of the file's.")
@click.option("--database", help="The database's URL, instead of the file's.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port, instead of the file's; 0 takes a free one."
)
@click.option("--plant", "plants", multiple=True, help="A plant, instead of the file's; may be repeated.")
@click.option("--verbose", is_flag=True, help="Say more on standard error.")
@click.pass_context
def command(  # noqa: PLR0917 (click gives them by name)
    ctx: click.Context,
    config: Path | None,
    data: Path | None,
    database: str | None,
    port: int | None,
    plants: tuple[str, ...],
    verbose: bool,  # noqa: FBT001 (click)
) -> None:
    """Run the plant's hub: it keeps every kiosk's facts and shows the board."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    given = {"data_folder": data, "database": database, "port": port, "plants": list(plants) or None}
    ctx.obj = settings = _settings(config, {key: value for key, value in given.items() if value is not None})
    if ctx.invoked_subcommand is None:
        with refusals():
            serve(settings, announce=lambda address: click.echo(f"noac hub: {address}"))


@command.command(name="enrol")
@click.argument("device")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.option(
    "--station", help="What the place of work is called, where reference data do not name the kiosk."
)
@click.option("--station-en", default="", help="The same in English.")
@click.option("--warehouse", default="", help="The warehouse it belongs to.")
@click.option("--place", help="The place the kiosk stands at; the receiving area if left out.")
@click.option("--receiving", help="Where goods arrive.")
@click.option("--quarantine", help="Where rejected goods wait.")
@click.option("--lost-and-found", help="Where stocktake differences go.")
@click.option(
    "--document-type", "document_types", multiple=True, help="A document it may write; all if none."
)
@click.option(
    "--number-code", default="", help="Two characters for every number it makes; a free one if left out."
)
@click.option("--hub", "hub_url", help="The address the kiosk finds the hub at.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The credentials file to write.")
@click.option("--replace", is_flag=True, help="End the old key of a kiosk that is enrolled already.")
@click.pass_obj
def enrol_command(  # noqa: PLR0917 (click gives them by name)
    settings: HubSettings,
    device: str,
    plant: str | None,
    hub_url: str | None,
    out: Path,
    replace: bool,  # noqa: FBT001 (click)
    **station: str | tuple[str, ...] | None,
) -> None:
    """Give a kiosk its key, number code and station, written to a credentials file."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, log), writing(engine) as connection:
        at = known_station(connection, named, device) or _station(named, device, station)
        given_code = station["number_code"]
        if isinstance(given_code, str) and given_code:
            at = msgspec.structs.replace(at, number_code=given_code.upper())
        enrolled = enrol_kiosk(connection, log, device, at, datetime.now(UTC), replace=replace)
        address = hub_url or f"http://{settings.host}:{settings.port}"
        _write_secret(out, credentials_text(enrolled, address))
    click.echo(
        f"{named}/{device}: number code {enrolled.number_code}, epoch {enrolled.epoch}, credentials in {out}"
    )


@command.command(name="revoke")
@click.argument("device")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.pass_obj
def revoke_command(settings: HubSettings, device: str, plant: str | None) -> None:
    """Stop a kiosk from reading; what it still sends is kept, parked and shown."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _), writing(engine) as connection:
        if not revoke(connection, named, device):
            _unknown(named, device)
    click.echo(f"{named}/{device} is revoked")


@command.command(name="devices")
@click.pass_obj
def devices_command(settings: HubSettings) -> None:
    """List the enrolled kiosks."""
    with refusals(), database(settings) as (engine, _), reading(engine) as connection:
        for row in connection.execute(select(devices).order_by(devices.c.plant, devices.c.device)):
            state = (
                "revoked" if row.revoked else f"last seen {row.last_seen or 'never'}, {row.pending} waiting"
            )
            click.echo(f"{row.plant}/{row.device}  code {row.number_code}  epoch {row.epoch}  {state}")


@command.command(name="import")
@click.argument("kind", type=click.Choice(list(importers())))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.option("--dry-run", is_flag=True, help="Only check.")
@click.pass_obj
def import_command(
    settings: HubSettings,
    kind: str,
    file: Path,
    plant: str | None,
    dry_run: bool,  # noqa: FBT001 (click)
) -> None:
    """Take reference data from a CSV or Excel file: all of it, or, with one error, nothing."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, log):
        data = file.read_bytes()
        with writing(engine) as connection:
            report = run_import(connection, log, plant=named, kind=kind, data=data, dry_run=dry_run)
    _show(report)
    if report.errors:
        sys.exit(1)


@command.command(name="rebuild")
@click.option("--plant", help="The plant; all of them if left out.")
@click.pass_obj
def rebuild_command(settings: HubSettings, plant: str | None) -> None:
    """Drop the projections and fold the ledger again. Stop the hub first."""
    with refusals(), alone(settings), database(settings) as (engine, _):
        for named in [one_plant(settings, plant)] if plant else settings.plants:
            click.echo(f"{named}: {refold(engine, named)} events folded")


@command.command(name="migrate")
@click.pass_obj
def migrate_command(settings: HubSettings) -> None:
    """Bring an older NOAC's database to this one's shape, as a start of the hub does. Stop the hub first."""
    with refusals(), alone(settings):
        for done in upgraded(settings):
            click.echo(done)
        with database(settings) as (engine, _), reading(engine) as connection:
            version = version_of(connection)
    click.echo(f"the database is up to date: schema version {version} / 数据库已是最新：结构版本 {version}")


@command.command(name="provision")
@click.argument("device")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The snapshot file to write.")
@click.pass_obj
def provision_command(settings: HubSettings, device: str, plant: str | None, out: Path) -> None:
    """Write everything a kiosk needs to know, for one that has not seen the hub yet."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _):
        found = _enrolled(engine, named, device)
        beside = out.with_name(f"{out.name}.part")
        with beside.open("wb") as file:
            count = sum(
                file.write(line + b"\n") > 0 for line in provision_lines(engine, found, datetime.now(UTC))
            )
        beside.replace(out)
    click.echo(f"{out}: {count - 1} records for {named}/{device}")


def _settings(config: Path | None, given: dict[str, object]) -> HubSettings:
    try:
        settings = read_settings(config) if config else HubSettings()
        if not given:
            return settings
        held: dict[str, object] = msgspec.to_builtins(settings, enc_hook=str)
        plain = {key: str(value) if isinstance(value, Path) else value for key, value in given.items()}
        return convert_settings({**held, **plain}, HubSettings, source=str(config or "command line"))
    except SettingsError as error:
        raise HubRefused(f"the settings are wrong / 设置有误\n{error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise HubRefused(f"the settings file cannot be read / 设置文件无法读取: {config}: {error}") from error


def _enrolled(engine: Engine, plant: str, device: str) -> Device:
    with reading(engine) as connection:
        found = device_of(connection, plant, device)
    if found is None:
        _unknown(plant, device)
    return found


def _unknown(plant: str, device: str) -> NoReturn:
    raise HubRefused(f"{plant}/{device} is not enrolled / 未登记: noac hub devices lists those that are")


def _station(plant: str, device: str, given: dict[str, str | tuple[str, ...] | None]) -> Station:
    """Make a station of what the command line says. Raises EnrolmentError where something is missing."""
    texts = {key: value for key, value in given.items() if isinstance(value, str)}
    types = given["document_types"]
    missing = [
        f"--{name.replace('_', '-')}"
        for name in ("station", "receiving", "quarantine", "lost_and_found")
        if not texts.get(name)
    ]
    if missing:
        raise EnrolmentError(
            f"reference data name no station for {device}: import stations, or give {', '.join(missing)}"
        )
    return Station(
        place=PlaceId(texts.get("place") or texts["receiving"]),
        names=Names(zh=texts["station"], en=texts["station_en"]),
        plant=plant,
        warehouse=texts["warehouse"],
        number_code=texts["number_code"].upper(),
        receiving=PlaceId(texts["receiving"]),
        quarantine=PlaceId(texts["quarantine"]),
        lost_and_found=PlaceId(texts["lost_and_found"]),
        document_types=types if isinstance(types, tuple) else (),
    )


def _write_secret(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    beside.replace(path)


def _show(report: ImportReport) -> None:
    for problem in report.problems:
        where = f"row {problem.row}" if problem.row else "file"
        column = f", {problem.column}" if problem.column else ""
        click.echo(f"{where}{column}: {problem.en} / {problem.zh}", err=True)
    if report.ignored_columns:
        click.echo(f"columns not used / 未使用的列: {', '.join(report.ignored_columns)}", err=True)
    did = "written / 已写入" if report.written else "nothing written / 未写入"
    click.echo(
        f"{report.kind}: {report.rows} rows, {report.new} new, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.errors} errors: {did}"
    )


for _made in (
    export_command,
    backup_command,
    verify_command,
    restore_command,
    user_command,
    token_command,
):
    command.add_command(_made)
