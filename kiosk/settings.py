"""What stands in a kiosk's settings file, and in the credentials the hub gave it. See config/kiosk.example.toml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from domain.names import Language
from domain.place import Station
from domain.settings import SettingsError, SettingsProblem, parse_settings
from kiosk.scanner_tables import CameraScan
from kiosk.sound import SoundSettings
from kiosk.speech import SpeechSettings
from labels.words import Languages

SETTINGS_BYTES_MAX = 1_000_000


class HubTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[hub]` table: where the hub is, and the file with the key (hexadecimal) if it is not in the credentials."""

    url: str = ""
    key_file: Path | None = None


class BuddyTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[buddy]` table: the one kiosk that keeps copies for us while the hub is away, and whose copies we keep.

    `address`: where it takes ours (empty: none are given). `port`: where we take its copies, on `host` (0: we take
    none); `keep_mb`: how much room they may take here.
    """

    neighbour: str = ""
    address: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    keep_mb: Annotated[int, Meta(ge=1, le=10_000)] = 64


class CameraTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[camera]` table: what the camera of the browser that shows the kiosk is for.

    `enabled`: photos are taken with it. `scan`: when codes are read with it.
    """

    enabled: bool = False
    scan: CameraScan = "without_scanner"


class LabelTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[label]` table: what labels speak (`both`, `zh-CN`, `en`), and how good their codes must be to be printed.

    `grade_min`: on the scale of ISO/IEC 15416 and 15415, 4 best. `dot_gain`: by how many dots this kiosk's printers
    print a bar wider than it is; a code that would fall below the grade by it is printed, and noted in the kiosk's log.
    """

    languages: Languages = "both"
    grade_min: Annotated[float, Meta(ge=0, le=4)] = 1.5
    dot_gain: Annotated[float, Meta(ge=0, le=2)] = 1.0


class KioskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kiosk's settings file. Names of files are relative to the file they stand in.

    `port`: where the page is served on 127.0.0.1 (0: a free one). `page` false: no page at all, for benches.
    `ballast_mb`: room kept free on the card for work, for when something else has filled it.
    `provision`: reference data from a file, for a kiosk that never saw the hub.
    """

    data: Path
    plant: str = ""
    device: str = ""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8001
    page: bool = True
    credentials: Path | None = None
    provision: Path | None = None
    samples: Path | None = None
    language: Language = "zh-CN"
    repeat_window_s: Annotated[float, Meta(ge=0, le=10)] = 0.4
    idle_lock_s: Annotated[float, Meta(ge=5, le=86_400)] = 120
    retention_days: Annotated[int, Meta(ge=1, le=3650)] = 40
    practice: bool = False
    ballast_mb: Annotated[int, Meta(ge=0, le=10_000)] = 64
    station: Station | None = None
    hub: HubTable = HubTable()
    buddy: BuddyTable = BuddyTable()
    camera: CameraTable = CameraTable()
    label: LabelTable = LabelTable()
    sound: SoundSettings = SoundSettings()
    speech: SpeechSettings = SpeechSettings()
    scanner: tuple[dict[str, Any], ...] = ()
    scale: tuple[dict[str, Any], ...] = ()
    lamp: tuple[dict[str, Any], ...] = ()
    printer: tuple[dict[str, Any], ...] = ()


class CredentialsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `noac hub enrol` writes for one kiosk. `key` is hexadecimal; keep the file readable by the kiosk alone."""

    plant: str
    device: str
    key: str
    hub: str = ""
    number_code: str = ""
    epoch: int = 1
    station: Station | None = None


class Identity(Struct, frozen=True, kw_only=True):
    """Who the kiosk is, from settings and credentials together. No key: no hub."""

    plant: str
    device: str
    epoch: int
    station: Station | None
    hub_url: str
    key: bytes


def read_settings(path: Path) -> KioskSettings:
    """Read a settings file. Raises SettingsError, also for a file that cannot be read."""
    settings = parse_settings(_text(path), KioskSettings, source=str(path))
    folder = path.parent

    def beside(name: Path | None) -> Path | None:
        return folder / name if name else None

    return msgspec.structs.replace(
        settings,
        data=folder / settings.data,
        credentials=beside(settings.credentials),
        provision=beside(settings.provision),
        samples=beside(settings.samples),
        hub=msgspec.structs.replace(settings.hub, key_file=beside(settings.hub.key_file)),
        scanner=tuple(_script_beside(table, folder) for table in settings.scanner),
        scale=tuple(_script_beside(table, folder) for table in settings.scale),
    )


def _script_beside(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A virtual device's script is a file beside the settings like any other."""
    script = table.get("script")
    return {**table, "script": str(folder / script)} if isinstance(script, str) else dict(table)


def identity_of(settings: KioskSettings, source: str) -> Identity:
    """Put settings and credentials together. Raises SettingsError where plant or device are nowhere, or differ."""
    given = (
        parse_settings(_text(settings.credentials), CredentialsFile, source=str(settings.credentials))
        if settings.credentials
        else None
    )
    plant = settings.plant or (given.plant if given else "")
    device = settings.device or (given.device if given else "")
    missing = [name for name, value in (("plant", plant), ("device", device)) if not value]
    if missing:
        raise SettingsError(
            source, [SettingsProblem(key=name, reason="this key is missing") for name in missing]
        )
    if given and (given.plant, given.device) != (plant, device):
        reason = f"the credentials are for {given.plant}/{given.device}, not for {plant}/{device}"
        raise SettingsError(source, [SettingsProblem(key="credentials", reason=reason)])
    key_text = _text(settings.hub.key_file).strip() if settings.hub.key_file else given.key if given else ""
    return Identity(
        plant=plant,
        device=device,
        epoch=given.epoch if given else 1,
        station=settings.station or (given.station if given else None),
        hub_url=settings.hub.url or (given.hub if given else ""),
        key=_key(key_text, source),
    )


def _key(text: str, source: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        problem = SettingsProblem(key="key", reason="the hub's key is not hexadecimal")
        raise SettingsError(source, [problem]) from error


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(SETTINGS_BYTES_MAX)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is not UTF-8 text"
        raise SettingsError(str(path), [SettingsProblem(key="", reason=f"{reason}")]) from error
