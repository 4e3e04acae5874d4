"""Scans kept in a file of their own while nothing else works: one line each, on the card before it is confirmed.

The next good start takes them into the log, each once, and they go to the hub from there.
"""

import logging
import os
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from domain.events.kept import KeptReason, ScanKept
from domain.log import RawScan, open_entry
from kiosk.store.log import Fact
from kiosk.store.store import Store

KEPT_NAME = "kept-scans.ndjson"
KEPT_BYTES_MAX = 16 * 1024 * 1024
DETAIL_CHARS_MAX = 200
TAIL_SEARCHED = 200
"""Entries at the log's end looked through besides as many as were kept: were they taken before a power cut?"""

_LOG = logging.getLogger(__name__)


class KeptScan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scan as it came. `event_id` is made when it is scanned, so that it comes in once however often it is read."""

    event_id: str
    text: str
    device: str
    symbology: str | None = None
    event_time: datetime
    monotonic_ms: int = 0
    reason: KeptReason
    detail: str = ""


def keep(folder: Path, scan: KeptScan) -> None:
    """Write a scan to the medium. Raises OSError, and then it is not kept."""
    path = folder / KEPT_NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_DSYNC | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size >= KEPT_BYTES_MAX:
            raise OSError(f"{path} is full")
        # A line cut by a power failure ends where it ends: it was not confirmed, and must not spoil the next.
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        line = (b"\n" if torn else b"") + msgspec.json.encode(scan) + b"\n"
        if os.write(descriptor, line) != len(line):
            raise OSError(f"{path} did not take the whole line")
    finally:
        os.close(descriptor)


def kept_facts(folder: Path, store: Store) -> tuple[Fact, ...]:
    """Return what was kept and is not in the log yet. Raises OSError, StoreError."""
    scans = _read(folder / KEPT_NAME)
    if not scans:
        return ()
    known = recent_event_ids(store, len(scans))
    place = store.facts.station().place
    return tuple(
        Fact(
            event=ScanKept(reason=scan.reason, detail=scan.detail[:DETAIL_CHARS_MAX]),
            event_id=scan.event_id,
            event_time=scan.event_time,
            monotonic_ms=scan.monotonic_ms,
            read_point=place,
            raw=RawScan(text=scan.text, device=scan.device, symbology=scan.symbology),
        )
        for scan in scans
        if scan.event_id not in known
    )


def recent_event_ids(store: Store, count: int) -> frozenset[str]:
    """Return the events at the log's end, where `count` of them may have been added last. Raises StoreError."""
    log, looked = store.log, count + TAIL_SEARCHED
    after = max(0, log.head.sequence - looked)
    return frozenset(open_entry(body).envelope.event_id for body in log.bodies_after(after, looked))


def put_away(folder: Path, now: datetime) -> None:
    """Put the file away once its scans are in the log; it is never deleted by us."""
    path = folder / KEPT_NAME
    if path.exists():
        path.rename(folder / f"kept-scans-{now:%Y%m%dT%H%M%S%f}.taken")


def _read(path: Path) -> list[KeptScan]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    scans: list[KeptScan] = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            scans.append(msgspec.json.decode(line, type=KeptScan))
        except msgspec.MsgspecError:
            _LOG.error("%s, line %d was cut off and never confirmed", path, number)
    return scans
