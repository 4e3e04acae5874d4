"""A `[[scanner]]` table says two things: what the driver needs, and what the scanner is for (`scanner_duty.py`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from domain.scanner_duty import ScannerDuty
from domain.settings import SettingsError, SettingsProblem, convert_settings
from drivers.code_buffer import Framing

CAMERA = "camera"
"""The kind of scanner that is the page's camera (`drivers/scanners/camera.py`), and its name unless it has a table."""

CameraScan = Literal["without_scanner", "always", "never"]
"""When the page offers to scan with its camera: while no other scanner is there, at any time, or not at all."""

_DUTY_KEYS = frozenset(ScannerDuty.__struct_fields__)


def duties_in(tables: Sequence[Mapping[str, Any]]) -> dict[str, ScannerDuty]:
    """Return what the scanners of a settings file are for, by name. Raises SettingsError."""
    duties: dict[str, ScannerDuty] = {}
    for table in tables:
        own = {key: value for key, value in table.items() if key in _DUTY_KEYS}
        if own:
            name = str(table.get("name", ""))
            duties[name] = convert_settings(own, ScannerDuty, source=f"scanner {name!r}")
    return duties


def without_duties(tables: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return the tables with only what the drivers know."""
    return tuple({key: value for key, value in table.items() if key not in _DUTY_KEYS} for table in tables)


def with_camera(
    tables: Sequence[Mapping[str, Any]], wanted: CameraScan, names_taken: Sequence[str] = ()
) -> tuple[dict[str, Any], ...]:
    """Add the page's camera to the scanners of a settings file, where codes are read with it. Raises SettingsError.

    A table of its own (`kind = "camera"`) gives it another name, or a task. A name that another device has already is
    left to that one.
    """
    own = [dict(table) for table in tables if table.get("kind") == CAMERA]
    others = [dict(table) for table in tables if table.get("kind") != CAMERA]
    if len(own) > 1:
        problem = SettingsProblem(key="kind", reason="a page has one camera: keep one table of this kind")
        raise SettingsError("scanner", [problem])
    if wanted == "never":
        return tuple(others)
    taken = [*names_taken, *(table.get("name") for table in others)]
    name = CAMERA if CAMERA not in taken else f"page-{CAMERA}"
    return (*others, *(own or [{"kind": CAMERA, "name": name}]))


def closed_by_pauses(tables: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the scanners that close a code with whatever comes first: Enter, Tab or a pause."""
    any_of_them = Framing().terminator
    return frozenset(
        str(table.get("name", "")) for table in tables if table.get("terminator", any_of_them) == any_of_them
    )
