"""`noac hub export`, `backup`, `verify`, `restore`: a plant's books as files, and back."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from drivers.photo import PhotoFolder
from hub.app import alone
from hub.backup import back_up, plants_in, prove
from hub.cli_session import HubRefused, database, one_plant, refusals
from hub.export import export_plant
from hub.inspection import FINDINGS_MAX, inspect_books
from hub.photo_copies import Copied, copy_new, damaged_in, in_backup, missing_in
from hub.photos import photo_folder
from hub.recovery import latest_of, moment, put_back
from hub.settings import HubSettings

_FOLDER = click.Path(path_type=Path)


@click.command(name="export")
@click.option("--to", "folder", type=_FOLDER, required=True, help="An empty or new folder.")
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.pass_obj
def export_command(settings: HubSettings, folder: Path, plant: str | None) -> None:
    """Write a plant's books as plain files that anyone can check: `noac verify FOLDER`."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _):
        manifest = export_plant(engine, named, folder, datetime.now(UTC))
    click.echo(f"{folder}: {named} through position {manifest.position}, {len(manifest.files)} files")


@click.command(name="backup")
@click.option("--to", "folder", type=_FOLDER, help="The folder, instead of the settings'.")
@click.pass_obj
def backup_command(settings: HubSettings, folder: Path | None) -> None:
    """Add a backup of every plant and prove it; the hub may run meanwhile. Exit code 1: one does not count."""
    if folder is None:
        folder = _set_folder(settings)
    is_bad = False
    with refusals(), database(settings) as (engine, _):
        for plant in settings.plants:
            done = back_up(engine, plant, folder, datetime.now(UTC), keep=settings.backup.keep)
            if done.problem:
                is_bad = True
                click.echo(f"{plant}: this backup does not count / 此备份无效: {done.problem}", err=True)
            else:
                click.echo(f"{plant}: proven through position {done.position}, {done.events_new} new events")
            is_bad |= not _back_up_photos(settings, plant, folder)
    if is_bad:
        sys.exit(1)


@click.command(name="verify")
@click.argument("folder", type=_FOLDER, required=False)
@click.pass_obj
def verify_command(settings: HubSettings, folder: Path | None) -> None:
    """Check the newest backups in FOLDER from the first byte to the last; without FOLDER the database itself.

    Exit code 1: something is not as it should be.
    """
    with refusals():
        if folder is not None:
            _verify_backups(folder)
            return
        with database(settings) as (engine, _):
            found = {plant: inspect_books(engine, plant) for plant in settings.plants}
            for plant in settings.plants:
                missing = missing_in(engine, plant, photo_folder(settings.data_folder, plant))
                if missing:
                    click.echo(f"{plant}: {len(missing)} photos not here / 缺照片 {len(missing)}")
    broken = [
        digest
        for plant in settings.plants
        for digest in _say_damaged(plant, photo_folder(settings.data_folder, plant))
    ]
    for plant, findings in found.items():
        for finding in findings:
            click.echo(f"{plant}: {finding}", err=True)
        more = " or more" if len(findings) == FINDINGS_MAX else ""
        click.echo(f"{plant}: {len(findings)}{more} findings / 问题数 {len(findings)}")
    if any(found.values()) or broken:
        sys.exit(1)


@click.command(name="restore")
@click.option("--from", "folder", type=_FOLDER, required=True, help="The folder the backups are in.")
@click.option("--at", help="A day or moment: the newest backup from then, instead of the newest.")
@click.option("--replace", is_flag=True, help="Set the database there is aside, and take its place.")
@click.pass_obj
def restore_command(
    settings: HubSettings,
    folder: Path,
    at: str | None,
    replace: bool,  # noqa: FBT001 (click)
) -> None:
    """Put the hub back from its backups. Kiosks then bring by themselves what the backup lacks. Stop the hub first."""
    try:
        before = moment(at, settings.zone) if at else None
    except ValueError as error:
        raise click.UsageError(f"--at {at} is neither a day (2026-11-22) nor a moment") from error
    with refusals(), alone(settings):
        done = put_back(settings.database_url, folder, datetime.now(UTC), at=before, replace=replace)
    for plant, position in done.positions.items():
        click.echo(f"{plant}: restored through position {position}")
        with refusals():
            copied = copy_new(in_backup(folder, plant), photo_folder(settings.data_folder, plant))
        _say_copied(plant, copied)
    if done.set_aside:
        click.echo(f"the database before is kept / 原数据库保留于: {done.set_aside}")
    click.echo(f"generation {done.generation}: start the hub, the kiosks begin afresh by themselves")


def _back_up_photos(settings: HubSettings, plant: str, folder: Path) -> bool:
    """Add a plant's new photos to its backups, and say what came of it. One that fails makes no backup worthless."""
    try:
        copied = copy_new(photo_folder(settings.data_folder, plant), in_backup(folder, plant))
    except OSError as error:
        click.echo(f"{plant}: photos not copied / 照片未备份: {error}", err=True)
        return False
    _say_copied(plant, copied)
    return not copied.damaged


def _say_copied(plant: str, copied: Copied) -> None:
    if copied.photos:
        click.echo(f"{plant}: {copied.photos} photos / 照片 {copied.photos}")
    for digest in copied.damaged:
        _say_one_damaged(plant, digest)


def _say_damaged(plant: str, folder: PhotoFolder) -> Sequence[str]:
    damaged = tuple(damaged_in(folder))
    for digest in damaged:
        _say_one_damaged(plant, digest)
    return damaged


def _say_one_damaged(plant: str, digest: str) -> None:
    click.echo(f"{plant}: photo {digest} is not what its name says / 照片已损坏", err=True)


def _set_folder(settings: HubSettings) -> Path:
    """Return the settings' folder; it must be there, for a disk that is not mounted would be written beside."""
    if not settings.backup.folder:
        raise click.UsageError("--to names the folder, or `folder` under [backup] in the settings")
    folder = Path(settings.backup.folder)
    if not folder.is_dir():
        raise HubRefused(f"the backup folder {folder} is not there; is its disk mounted? / 备份文件夹不存在")
    return folder


def _verify_backups(folder: Path) -> None:
    if not plants_in(folder):
        raise HubRefused(f"{folder} holds no proven backup / 没有已验证的备份")
    broken: list[str] = []
    for plant, manifest in latest_of(folder).items():
        prove(folder / plant, manifest)
        click.echo(f"{plant}: proven through position {manifest.position}, made {manifest.made_at:%F %T} UTC")
        broken += _say_damaged(plant, in_backup(folder, plant))
    if broken:
        sys.exit(1)
