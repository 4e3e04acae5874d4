"""What can be set for the hub, and what holds when nothing is."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from domain.pay import BonusRule, PaidOn
from domain.settings import parse_settings
from hub.rights.sessions import Limits

PLANT_PATTERN = "^[A-Za-z0-9_-]{1,40}$"

SOCKETS_CEILING = 800
"""Above this a worker with threads stalls: each socket takes four."""


class BackupSettings(Struct, frozen=True, kw_only=True):
    """Where `noac hub backup` writes when it is not told (empty: nowhere); `keep`: how many can be gone back to."""

    folder: str = ""
    keep: Annotated[int, Meta(ge=1, le=10_000)] = 400


class SignOnSettings(Struct, frozen=True, kw_only=True):
    """How long somebody stays signed on to the hub's pages: without doing anything, and in all."""

    idle_minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 30
    hours_max: Annotated[int, Meta(ge=1, le=24 * 7)] = 12

    @property
    def limits(self) -> Limits:
        """Return both as times."""
        return Limits(idle=timedelta(minutes=self.idle_minutes), most=timedelta(hours=self.hours_max))


class HubSettings(Struct, frozen=True, kw_only=True):
    """The hub's settings file (TOML); every key may be left out.

    `database`: a SQLAlchemy URL (`postgresql+psycopg://…`); empty means a SQLite file in the data folder. `time_zone`
    says when "today" begins. `sockets_max`: live boards and kiosks connected at once. `lease_days`: how long a kiosk
    may work without having heard the hub. `documents`: a folder of files that say what the factory has otherwise in its
    documents, `TK.toml` for the type TK; empty: everything as declared. `quality`: a file that says how months are
    scored and who answers for what was found late (`config/quality.example.toml`); empty: the defaults. `pin_required`:
    whoever approves, countersigns or takes back at a kiosk must have a PIN (a document's file may say otherwise); else
    it is asked of those who have one.

    `paid_on`: pieces are paid once finished (`finish`), or once the next operation took them over (`acceptance`).
    `bonus`: what is paid on top of a month's pieces, each by a formula of its own. `wages_at_kiosks`: workers see at a
    kiosk, and on its slips, what their pieces come to; otherwise they see the pieces alone.

    `open_board`: whoever reaches the hub may look at the board and the pages
    behind its numbers; otherwise only who is signed on and has the right `board.see`. Nobody writes without sign-on.
    """

    data_folder: Path = Path("/var/lib/noac-hub")
    database: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    sockets_max: Annotated[int, Meta(ge=1, le=SOCKETS_CEILING)] = 400
    plants: Annotated[tuple[Annotated[str, Meta(pattern=PLANT_PATTERN)], ...], Meta(min_length=1)] = ("P1",)
    time_zone: str = "Asia/Shanghai"
    lease_days: Annotated[int, Meta(ge=1, le=366)] = 35
    open_board: bool = True
    pin_required: bool = False
    sign_on: SignOnSettings = SignOnSettings()
    backup: BackupSettings = BackupSettings()
    documents: str = ""
    quality: str = ""
    paid_on: PaidOn = PaidOn.FINISH
    bonus: tuple[BonusRule, ...] = ()
    wages_at_kiosks: bool = True

    def __post_init__(self) -> None:
        if self.database and not self.database.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("database is a URL that begins with sqlite:/// or postgresql+psycopg://")
        if len({one.name for one in self.bonus}) < len(self.bonus):
            raise ValueError("each bonus has a name of its own")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"time_zone {self.time_zone!r} is not known on this machine") from error

    @property
    def database_url(self) -> str:
        """Return where the database is."""
        return self.database or f"sqlite:///{self.data_folder / 'hub.sqlite'}"

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone in which the plants live."""
        return ZoneInfo(self.time_zone)


def read_settings(path: Path) -> HubSettings:
    """Read a settings file. Raises SettingsError with every mistake in it, OSError if it cannot be read."""
    return parse_settings(path.read_text(encoding="utf-8"), HubSettings, source=str(path))
