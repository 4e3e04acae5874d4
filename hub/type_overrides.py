"""What the factory has otherwise in its documents: read from a folder, checked, and told to every kiosk."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Engine, select

from domain.document import document_types
from domain.override import TypeOverride, in_force, mistakes
from domain.settings import SettingsError, SettingsProblem, parse_settings
from hub.store.database import writing
from hub.store.event_log import EventLog
from hub.store.reference import Record, write_records
from hub.store.tables import reference

FILE_BYTES_MAX = 100_000


def read_overrides(folder: Path) -> Mapping[str, TypeOverride]:
    """Read every file of the folder, named after its type's code. Raises SettingsError with a file's mistakes."""
    found: dict[str, TypeOverride] = {}
    if not folder.is_dir():
        raise SettingsError(str(folder), [SettingsProblem(key="", reason="there is no such folder")])
    for path in sorted(folder.glob("*.toml")):
        found[path.stem] = _read(path)
    _see_that_prefixes_differ(folder, found)
    return found


def _read(path: Path) -> TypeOverride:
    source = str(path)
    if path.stat().st_size > FILE_BYTES_MAX:
        raise SettingsError(source, [SettingsProblem(key="", reason="this file is far too large")])
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(source, [SettingsProblem(key="", reason="this is not UTF-8")]) from error
    given = parse_settings(text, TypeOverride, source=source)
    if wrong := list(mistakes(path.stem, given)):
        raise SettingsError(source, wrong)
    return given


def _see_that_prefixes_differ(folder: Path, found: Mapping[str, TypeOverride]) -> None:
    used = Counter(kind.prefix for kind in in_force(found).values())
    twice = sorted(prefix for prefix, times in used.items() if times > 1)
    if twice:
        codes = ", ".join(code for code, kind in in_force(found).items() if kind.prefix == twice[0])
        reason = f"{twice[0]!r} begins the numbers of {codes}: each type needs its own"
        raise SettingsError(str(folder), [SettingsProblem(key="prefix", reason=reason)])


def with_pins_required(overrides: Mapping[str, TypeOverride]) -> Mapping[str, TypeOverride]:
    """Return the overrides of a factory whose people must have a PIN, except where a document's file says otherwise."""
    return {
        code: replace(given, pin_required=True) if given.pin_required is None else given
        for code in document_types()
        if (given := overrides.get(code, TypeOverride()))
    }


def tell_overrides(
    engine: Engine, log: EventLog, plants: Sequence[str], overrides: Mapping[str, TypeOverride]
) -> None:
    """Write what is in force now as reference data; what is no longer turned round is gone."""
    for plant in plants:
        with writing(engine) as connection:
            held = connection.execute(
                select(reference.c.key).where(
                    reference.c.plant == plant,
                    reference.c.kind == "document_type",
                    reference.c.body_json.is_not(None),
                )
            ).scalars()
            write_records(connection, log, plant, list(_records(overrides, [*held])))


def _records(overrides: Mapping[str, TypeOverride], held: Sequence[str]) -> Iterator[Record]:
    for code in sorted({*overrides, *held}):
        yield Record(kind="document_type", key=code, body=overrides.get(code))
