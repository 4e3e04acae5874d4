"""Spoiling a kiosk's file by one bit, in an entry of which a proven backup of the hub holds a copy."""

import contextlib
import random
import sqlite3
from dataclasses import dataclass

from demo.morning import Door
from demo.site import DEVICES, PLANT, Site

FOUND_BYTES = 200
"""So much of an entry lies in one piece in the file; what is longer goes on elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """Which entry was spoilt, and which byte of the file."""

    sequence: int
    byte: int


class NothingToSpoilError(Exception):
    """There is no entry yet that may be spoilt without destroying the only copy of it."""


def spoil(site: Site, door: Door) -> Spoilt:
    """Turn one bit; the kiosk is off. Raises NothingToSpoilError, OSError."""
    path = site.card_folder(door) / "kiosk.db"
    epoch, safe = _safe(site, door)
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = file.execute(
            "SELECT sequence, body FROM entry WHERE epoch = ? AND sequence <= ? "
            "AND NOT EXISTS (SELECT 1 FROM damaged WHERE epoch = entry.epoch AND sequence = entry.sequence) "
            "ORDER BY sequence DESC",
            (epoch, safe),
        ).fetchall()
    content = bytearray(path.read_bytes())
    for sequence, body in rows:
        start = content.find(body[:FOUND_BYTES])
        if start >= 0 and content.find(body[:FOUND_BYTES], start + 1) < 0:
            byte = start + random.randrange(min(len(body), FOUND_BYTES))
            content[byte] ^= 1 << random.randrange(8)
            path.write_bytes(content)
            return Spoilt(sequence=sequence, byte=byte)
    raise NothingToSpoilError("no entry of this kiosk is in a backup yet")


def _safe(site: Site, door: Door) -> tuple[int, int]:
    """Return the newest epoch and through where a proven backup holds it."""
    with contextlib.closing(sqlite3.connect(f"file:{site.hub_database}?mode=ro", uri=True)) as hub:
        row = hub.execute(
            "SELECT epoch, sequence FROM safe_heads WHERE plant = ? AND device = ? ORDER BY epoch DESC",
            (PLANT, DEVICES[door]),
        ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
