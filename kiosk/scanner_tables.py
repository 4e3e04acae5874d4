"""A `[[scanner]]` table says two things: what the driver needs, and what the scanner is for (`scanner_duty.py`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.scanner_duty import ScannerDuty
from domain.settings import convert_settings

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
