"""`noac kiosk`: run a kiosk, or check its log."""

import logging
import sys
from pathlib import Path

import click
import msgspec

from domain.settings import SettingsError
from kiosk.boot import StartError
from kiosk.settings import KioskSettings, identity_of, read_settings
from kiosk.start import start
from kiosk.store.errors import StoreError, StoreRefusedError
from kiosk.store.log import Origin
from kiosk.store.store import Store


class StartRefused(click.ClickException):
    """Why the kiosk did not start, in one line; exit code 2 as for a wrong command line."""

    exit_code = 2


@click.command(name="kiosk")
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's settings file.")
@click.option("--provision", type=click.Path(path_type=Path), help="Reference data from a file (NDJSON).")
@click.option("--port", type=click.IntRange(0, 65535), help="Serve the page on this port.")
@click.option("--verify", is_flag=True, help="Check every entry of the log, then end.")
@click.option("--verbose", is_flag=True, help="Say more on standard error.")
def command(config: Path, provision: Path | None, port: int | None, verify: bool, verbose: bool) -> None:  # noqa: FBT001 (click)
    """Run a kiosk: scanners in, labels out, with or without the hub."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )

    def adjust(settings: KioskSettings) -> KioskSettings:
        if provision is not None:
            settings = msgspec.structs.replace(settings, provision=provision)
        return settings if port is None else msgspec.structs.replace(settings, port=port)

    try:
        if verify:
            settings = read_settings(config)
            identity = identity_of(settings, str(config))
            _verify(
                settings.data, Origin(plant=identity.plant, device=identity.device, boot_id="", software="")
            )
            return
        start(config, adjust)
    except SettingsError as error:
        raise StartRefused(f"设置有误 / the settings are wrong\n{error}") from error
    except StartError as error:
        raise StartRefused(str(error)) from error


def _verify(folder: Path, origin: Origin) -> None:
    try:
        store = Store(folder, origin)
    except (StoreError, StoreRefusedError, OSError) as error:
        raise StartRefused(f"数据目录不可用 / the data folder cannot be used: {folder}: {error}") from error
    try:
        damages = store.log.damages()
        for damage in damages:
            click.echo(f"damaged: epoch {damage.epoch} {damage.reason}")
        head = store.log.head
        click.echo(
            f"epoch {store.log.epoch}: {head.sequence} entries, {len(damages)} damaged, head {head.digest}"
        )
    finally:
        store.close()
    if damages:
        sys.exit(1)
