"""`noac hub export`: a plant's books as files; and the copies it is brought back from."""

from datetime import UTC, datetime
from pathlib import Path

import click

from hub.cli_session import database, one_plant, refusals
from hub.export import export_plant
from hub.settings import HubSettings


@click.command(name="export")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), required=True, help="An empty or new folder."
)
@click.option("--plant", help="The plant; may be left out where there is one.")
@click.pass_obj
def export_command(settings: HubSettings, folder: Path, plant: str | None) -> None:
    """Write a plant's books as plain files that anyone can check: `noac verify FOLDER`."""
    named = one_plant(settings, plant)
    with refusals(), database(settings) as (engine, _):
        manifest = export_plant(engine, named, folder, datetime.now(UTC))
    click.echo(f"{folder}: {named} through position {manifest.position}, {len(manifest.files)} files")
