"""What a plant keeps for bad days: proven backups of the hub, and here also older copies of the kiosks' cards."""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.diary import Diary
from demo.morning import DOORS, Door
from demo.processes import StartError
from demo.site import Site

EVERY_S = 60.0
CARDS_KEPT = 4
END_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of something, and when it was taken."""

    at: datetime
    folder: Path


class Spares:
    """Takes copies from time to time, and when asked."""

    def __init__(self, site: Site, diary: Diary, may: Callable[[], bool]) -> None:
        """`may` tells whether nothing is broken: only then copies are taken by themselves."""
        self.backup_at: datetime | None = None
        self.backup_position = 0
        self.is_backup_old = True
        """Something exists at the hub alone since the newest backup, which must not be put back before the next one."""
        self.busy = threading.Lock()
        self._site, self._diary, self._may = site, diary, may
        self._cards: dict[Door, list[Copy]] = {door: [] for door in DOORS}
        self._number = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="spares", daemon=True)

    @property
    def backups(self) -> Path:
        """Where the hub's backups are."""
        return self._site.folder / "backups"

    def start(self) -> None:
        """Begin to take copies."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more."""
        self._stopping.set()
        self._thread.join(END_TIMEOUT_S)

    def oldest_card(self, door: Door) -> Copy | None:
        """Return the oldest copy of a kiosk's card that is kept."""
        return self._cards[door][0] if self._cards[door] else None

    def back_up(self) -> None:
        """Back the hub up and prove it. Raises StartError, OSError."""
        began, position = datetime.now(UTC), self._site.ask_hub("health")["plants"][0]["ledger_position"]
        self._site.back_up(self.backups)
        self.backup_at, self.backup_position, self.is_backup_old = began, position, False

    def copy_card(self, door: Door) -> None:
        """Copy a kiosk's card; the oldest copy goes."""
        self._number += 1
        folder = self._site.folder / "cards" / f"{door}-{self._number:06d}"
        began = datetime.now(UTC)
        self._site.copy_card(door, folder)
        self._cards[door].append(Copy(at=began, folder=folder))
        while len(self._cards[door]) > CARDS_KEPT:
            shutil.rmtree(self._cards[door].pop(0).folder)

    def _keep(self) -> None:
        next_s = time.monotonic()
        while not self._stopping.wait(1.0):
            if time.monotonic() < next_s or not self._may():
                continue
            with self.busy:
                if self._may():
                    self._take()
                    next_s = time.monotonic() + EVERY_S

    def _take(self) -> None:
        with contextlib.suppress(
            OSError, ProcessLookupError
        ):  # a plug was pulled meanwhile: the next time, then
            for door in DOORS:
                self.copy_card(door)
        try:
            self.back_up()
        except (StartError, OSError) as error:
            if self._may():
                self._diary.say("bad", f"备份未成功：{error}", f"a backup did not come about: {error}")
