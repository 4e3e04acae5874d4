"""A floor on which things may be broken: the plant, its people, the count, the diary and the page, started together."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.diary import Diary
from demo.goods import Package
from demo.lorries import ROWS, packages
from demo.morning import DOORS, Door
from demo.people import Worker
from demo.site import Site
from demo.troubles import Durations, Troubles
from demo.web import TroublePage


class Floor:
    """Everything `noac demo --chaos` runs. Entering it starts it; leaving it ends it, also after half a start."""

    def __init__(
        self, folder: Path, diary: Diary, *, seed: int, beat_s: float, durations: Durations | None = None
    ) -> None:
        self.site = Site(folder, has_plugs=True)
        self.diary = diary
        self.workers: dict[Door, Worker] = {}
        self._seed, self._beat_s, self._durations = seed, beat_s, durations
        self._ending = ExitStack()
        self.troubles: Troubles
        self.page: TroublePage

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._ending.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ending.close()

    def _start(self) -> None:
        end = self._ending.callback
        end(self.site.close)
        self.site.start(ROWS)
        for number, door in enumerate(DOORS):
            worker = Worker(
                door,
                self.site,
                packages(door, self._seed + number),
                beat_s=self._beat_s,
                confirmed=self._confirmed,
            )
            self.workers[door] = worker
            end(worker.close)
        self.troubles = Troubles(self.site, self.workers, self.diary, self._durations)
        self.page = TroublePage(self.site, self.workers, self.troubles, self.diary)
        self.page.start()
        end(self.page.stop)
        for one in (self.troubles.tally, self.troubles.spares):
            one.start()
            end(one.stop)
        end(self.troubles.close)
        for worker in self.workers.values():
            end(worker.stop)

    def _confirmed(self, door: Door, package: Package) -> None:
        self.troubles.tally.confirm(door, package)

    def begin_work(self) -> None:
        """Let the people begin."""
        for worker in self.workers.values():
            worker.start()

    def end_work(self) -> None:
        """Let the people put down what they have."""
        for worker in self.workers.values():
            worker.stop()
