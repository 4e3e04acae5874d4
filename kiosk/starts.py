"""Counts starts that came to nothing, so that a kiosk that cannot start does something else than try for ever."""

import logging
import os
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

STARTS_NAME = "starts.json"
FAILED_MAX = 3
"""So many starts in a row never became ready: safe mode."""

SETTLED_S = 60.0
"""A start that lasted so long was a good one."""

BOOTS_UNPUNISHED = 2
PAUSE_S_MIN = 5.0
PAUSE_S_MAX = 60.0

_LOG = logging.getLogger(__name__)


class Starts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Starts of late. `failed` in a row never became ready, `unsettled` in a row did not last, over `boots` boots."""

    boot: str = ""
    failed: int = 0
    unsettled: int = 0
    boots: int = 0

    @property
    def pause_s(self) -> float:
        """Return how long to wait before anything is written: a machine that browns out gets time to stop."""
        if self.boots <= BOOTS_UNPUNISHED:
            return 0.0
        return min(PAUSE_S_MIN * 2 ** min(self.boots - BOOTS_UNPUNISHED - 1, 10), PAUSE_S_MAX)

    def begun(self, boot: str) -> "Starts":
        """Return the count with one more start."""
        return Starts(
            boot=boot,
            failed=self.failed + 1 if boot == self.boot else 1,
            unsettled=self.unsettled + 1,
            boots=self.boots + (boot != self.boot),
        )

    def ready(self) -> "Starts":
        """Return the count when this start became ready."""
        return replace(self, failed=0)

    def settled(self) -> "Starts":
        """Return the count when this start has lasted."""
        return Starts(boot=self.boot)


def read_starts(folder: Path) -> Starts:
    """Return what is known of earlier starts; nothing where it cannot be read."""
    try:
        return msgspec.json.decode((folder / STARTS_NAME).read_bytes(), type=Starts)
    except FileNotFoundError:
        return Starts()
    except (OSError, msgspec.MsgspecError) as error:
        _LOG.warning("the count of starts cannot be read: %s", error)
        return Starts()


def keep_starts(folder: Path, starts: Starts) -> None:
    """Keep the count; a card that does not take it is not the moment to complain about the count."""
    path = folder / STARTS_NAME
    written = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(starts))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        written.replace(path)
    except OSError as error:
        _LOG.warning("the count of starts cannot be kept: %s", error)
