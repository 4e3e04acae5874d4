"""What every command of `noac hub` needs: its database, its plant, and one way of saying why it did not do as asked."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from hub.app import HubStartError, opened
from hub.backup import NoBackupError
from hub.chained import BrokenFileError
from hub.enrolment import EnrolmentError
from hub.export import ExportError
from hub.recovery import RestoreRefusedError
from hub.settings import HubSettings
from hub.store.database import StoreError
from hub.store.event_log import EventLog

USAGE_EXIT = 2


class HubRefused(click.ClickException):
    """Why the hub did not start or do as asked: a line in each language, and exit code 2."""

    exit_code = USAGE_EXIT


@contextmanager
def refusals() -> Generator[None]:
    """Say what went wrong as the command line says it."""
    try:
        yield
    except (HubStartError, EnrolmentError, ExportError, NoBackupError, RestoreRefusedError) as error:
        raise HubRefused(str(error)) from error
    except BrokenFileError as error:
        raise HubRefused(f"a file is broken / 文件已损坏: {error}") from error
    except StoreError as error:
        raise HubRefused(f"the database cannot be used / 数据库无法使用: {error}") from error
    except DatabaseError as error:
        told = "the database is damaged; noac hub restore puts it back from a backup"
        raise HubRefused(f"{told} / 数据库已损坏，请用备份恢复: {error.orig}") from error
    except OSError as error:
        raise HubRefused(f"a file cannot be used / 文件无法使用: {error}") from error


@contextmanager
def database(settings: HubSettings) -> Generator[tuple[Engine, EventLog]]:
    """Open the settings' database for one command."""
    with opened(settings) as parts:
        yield parts


def one_plant(settings: HubSettings, given: str | None) -> str:
    """Return the plant that is meant; it may be left out where there is one."""
    plants: Sequence[str] = settings.plants
    if given is None and len(plants) > 1:
        raise click.UsageError(f"--plant is one of {', '.join(plants)}")
    named = given or next(iter(plants))
    if named not in plants:
        raise click.UsageError(f"--plant {named} is not among the settings' plants: {', '.join(plants)}")
    return named
